"""Keep personal data out of a log: records are redacted in batches before they are written.

Tracebacks are redacted too: they repeat what an exception says.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/redact_logs.py
"""

from __future__ import annotations

import copy
import logging
import logging.handlers
import sys

from aiaas import AiaasError, Client, ItemError, RedactedText

LEFT_OUT = "[a message that could not be redacted]"


class Redacted(logging.Filter):
    """Redacts each record by itself: simple, one request a record."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the redacted message in the place of the message and its arguments."""
        # The client logs too; what it says of its own requests would come here again.
        if not record.name.startswith(("aiaas", "httpx", "httpcore")):
            (text,) = redacted(self._client, [whole_text(record)])
            put(record, text)
        return True


class RedactingHandler(logging.handlers.MemoryHandler):
    """Keeps records until there are enough or one is an error, then redacts them in one request."""

    def __init__(self, client: Client, target: logging.Handler, capacity: int = 256) -> None:
        super().__init__(capacity, target=target)
        self._client = client

    def flush(self) -> None:
        """Redact what was kept and write it."""
        self.acquire()
        try:
            records, self.buffer = self.buffer, []
        finally:
            self.release()
        texts = redacted(self._client, [whole_text(record) for record in records])
        for record, text in zip(records, texts, strict=True):
            put(record, text)
            if self.target is not None:
                self.target.handle(record)


def whole_text(record: logging.LogRecord) -> str:
    """Return a record's message, traceback and stack, as a handler would write them."""
    return logging.Formatter().format(copy.copy(record))  # which keeps what it formats


def put(record: logging.LogRecord, text: str) -> None:
    """Have a record say a text and nothing else."""
    record.msg, record.args = text, None
    record.exc_info = record.exc_text = record.stack_info = None


def redacted(client: Client, texts: list[str]) -> list[str]:
    """Return texts without personal data; one that cannot be redacted is left out."""
    filled = [text for text in texts if text.strip()]
    try:
        answers = iter(client.text.redact_many(filled))
    except AiaasError:
        # Rather no message than one with a card number.
        return [LEFT_OUT if text.strip() else text for text in texts]
    return [_said(next(answers)) if text.strip() else text for text in texts]


def _said(answer: RedactedText | ItemError) -> str:
    return LEFT_OUT if isinstance(answer, ItemError) else answer.text


def main() -> None:
    """Log through both."""
    console = logging.StreamHandler(sys.stdout)
    console.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    with Client() as client:
        log = logging.getLogger("shop")
        log.setLevel(logging.INFO)
        log.propagate = False

        filtered = logging.StreamHandler(sys.stdout)
        filtered.setFormatter(console.formatter)
        filtered.addFilter(Redacted(client))
        log.addHandler(filtered)
        log.info("order 17 of %s", "ada@example.com")
        log.removeHandler(filtered)

        batched = RedactingHandler(client, console)
        log.addHandler(batched)
        log.info("paid with %s", "4111 1111 1111 1111")
        log.info("receipt sent to %s", "grace@example.com")
        try:
            raise ConnectionError("no answer from 10.0.0.7")
        except ConnectionError:
            log.exception("receipt not sent")  # serious: the batch is written now
        log.removeHandler(batched)
        batched.close()


if __name__ == "__main__":
    main()
