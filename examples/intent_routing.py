"""Route what customers write to the desk that handles it; what is unclear goes to a person.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/intent_routing.py [TEXT]...
"""

from __future__ import annotations

import sys

from aiaas import Client, ItemError, TextClassification

MESSAGES = [
    "I think somebody stole my credit card",
    "how much money do I have in my account",
    "what is the exchange rate of euros and dollars",
    "it did the thing again, you know",
    "purple seventeen walks under the noise of Tuesday",
]
DESKS = {"report_lost_card": "fraud desk", "report_fraud": "fraud desk"}
"""Where each class goes; the others are answered by themselves."""


def main(messages: list[str]) -> None:
    """Print where each message goes, and why."""
    with Client() as client:
        for message, answer in zip(messages, client.text.classify_many(messages), strict=True):
            if isinstance(answer, ItemError):
                print(f"refused ({answer.error.code}): {message}")
            else:
                print(f"{desk_for(answer):28}  {answer.score:.2f}  {message}")


def desk_for(answer: TextClassification) -> str:
    """Return who takes care of it."""
    if answer.out_of_scope:
        return "not for us"
    if answer.abstained:
        likely = " or ".join(one.label for one in answer.predictions[:2])
        return f"a person: {likely}?"
    return DESKS.get(answer.label, f"automatic: {answer.label}")


if __name__ == "__main__":
    main(sys.argv[1:] or MESSAGES)
