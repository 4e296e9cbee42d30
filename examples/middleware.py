"""Put middleware around a client: your own, and some that come with it.

Needs a running server: `aiaas-mock serve`, with AIAAS_API_KEY and AIAAS_BASE_URL set.
"""

from __future__ import annotations

from pathlib import Path

from aiaas import Client
from aiaas.middleware import (
    Call,
    CircuitBreaker,
    ConcurrencyLimit,
    Hedging,
    Middleware,
    Proceed,
    RatePacing,
    RawResponse,
    ResponseCache,
)


def printed(call: Call, proceed: Proceed) -> RawResponse:
    """Print a line per attempt, with what the cache had to do with it."""
    response = proceed(call)
    how = response.headers.get("Aiaas-Cache", "sent")
    print(f"  {call.operation.name}, attempt {call.attempt}: {response.status}, {how}")
    return response


def main() -> None:
    """Classify the same photos twice; the second time nothing is sent."""
    cache = ResponseCache(ttl_s=600)
    hedging = Hedging(after_percentile=95)
    layers: list[Middleware] = [
        printed,
        cache,
        CircuitBreaker(cooldown_s=5),
        RatePacing(),
        ConcurrencyLimit(8, adaptive=True),
        hedging,
    ]
    photos = sorted((Path(__file__).parent / "photos").glob("*.jpg"))
    with Client(middleware=layers) as client:
        for _ in range(2):
            for photo in photos:
                answer = client.images.classify(photo)
                print(f"{photo.name}: {answer.label} {answer.score:.2f}")
    print(f"{cache.counts.hits} answers from the cache, {hedging.counts.hedges} requests hedged")
    hedging.close()


if __name__ == "__main__":
    main()
