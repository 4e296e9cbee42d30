"""Tag the pictures of an archive; a customer's application, small but with all that can go wrong.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/contract_testing/tagger.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import aiaas

PURPOSE = "archive"
"""What files of the archive are stored for."""
RETRIES = aiaas.Retry(max_attempts=3, initial_delay_s=0.05, max_retry_after_s=1)
"""Pictures can wait, whoever looks at the archive cannot."""


@dataclass(frozen=True)
class Tagged:
    """What the archive shows beside a picture.

    Attributes:
        filename: Name of the picture.
        tags: What is to be seen on it, the likeliest first; empty when nobody knows yet.
        note: Why there are no tags.
    """

    filename: str
    tags: tuple[str, ...] = ()
    note: str = ""


class Tagger:
    """Tags pictures, and goes on without tags while the service is away.

    Args:
        client: A client of the deployment.
        least_score: How sure the model must be.
        page_size: How many files are listed at a time.
    """

    def __init__(
        self, client: aiaas.Client, *, least_score: float = 0.2, page_size: int = 20
    ) -> None:
        self._client = client.with_options(retries=RETRIES)
        self._least_score = least_score
        self._page_size = page_size

    def tag(self, filename: str, picture: bytes) -> Tagged:
        """Tag one picture."""
        try:
            answer = self._client.images.classify(picture)
        except aiaas.InvalidInputError:
            return Tagged(filename, note="not a picture")
        except (aiaas.APIConnectionError, aiaas.ServerError, aiaas.RateLimitError):
            return Tagged(filename, note="to be tagged later")
        likely = [one.label for one in answer.predictions if one.score >= self._least_score]
        return Tagged(filename, tuple(likely), note="" if likely else "nothing recognised")

    def tag_archive(self) -> Iterator[Tagged]:
        """Tag every picture of the archive, page by page."""
        for file in self._client.files.list(purpose=PURPOSE, limit=self._page_size):
            with self._client.files.content(file.id) as content:
                picture = b"".join(content)
            yield self.tag(file.filename, picture)


if __name__ == "__main__":
    with aiaas.Client() as client:
        for tagged in Tagger(client).tag_archive():
            print(tagged.filename, ", ".join(tagged.tags) or tagged.note)
