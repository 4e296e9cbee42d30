"""Sort reviews by how much they complain, in English and Chinese, and say what is complained about.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/review_triage.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from aiaas import Client, ItemError, TextSentiment

REVIEWS = [
    "The battery lasts for days and the screen is wonderful. I love it!",
    "It broke after a week, and nobody answers my letters. Never again.",
    "质量太差了，用了两天就坏了，非常失望。",
    "很好用，物流也很快，下次还会买。",
    "Arrived late, but the coat itself is warm and beautiful.",
    "Worst purchase of the year. The zip was broken when I opened the parcel.",
]


def main(reviews: list[str]) -> None:
    """Print the reviews, the worst first, and the worst sentence of each."""
    with Client() as client:
        answers = client.text.sentiment_many(reviews, level="sentence")
    read: list[tuple[float, str, TextSentiment]] = []
    for review, answer in zip(reviews, answers, strict=True):
        if isinstance(answer, ItemError):
            print(f"review {answer.index + 1} was left out: {answer.error.detail}", file=sys.stderr)
        else:
            read.append((praise_in(answer), review, answer))
    for praise, review, answer in sorted(read, key=lambda one: one[0]):
        print(f"{praise:.2f}  {answer.language}  {answer.label:8}  {review}")
        sentences = answer.sentences or ()
        if answer.label == "negative" and len(sentences) > 1:
            worst = max(sentences, key=lambda one: one.score if one.label == "negative" else 0.0)
            print(f"{'':20}  because: {worst.text}")


def praise_in(answer: TextSentiment) -> float:
    """Return the probability that a text is praise."""
    return next((one.score for one in answer.scores if one.label == "positive"), 0.0)


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines() if len(sys.argv) > 1 else REVIEWS
    main([line for line in lines if line.strip()])
