"""Retries, deadlines and a budget: what a client does when a deployment does not answer at once.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/retries.py [PHOTO]
"""

import sys
from pathlib import Path

import aiaas

photo = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "photos" / "cat.jpg"

policy = aiaas.Retry(
    max_attempts=6,
    max_delay_s=5,
    max_retry_after_s=20,  # asked to wait longer than this, raise at once
    budget=aiaas.RetryBudget(capacity=100),  # an outage costs little more than the calls
)

with aiaas.Client(retries=policy, deadline_s=30) as client:
    try:
        answer = client.images.classify(photo)
        print(answer.label, answer.score, answer.rate_limit)
        # One call, one copy of the client: each with options of its own.
        client.images.classify(photo, retries=0, timeout_s=2)
        patient = client.with_options(deadline_s=120, retries=10)
        print(len(list(patient.models.list())), "models")
    except aiaas.CallDeadlineError as error:
        print("not in 30 seconds:", error.last_failure)
    except aiaas.RateLimitError as error:
        print(f"slow down: come back in {error.retry_after_s} s")
    except aiaas.AiaasError as error:
        print(error, "- worth another try" if error.retryable else "- give up", error.hint or "")
