"""Keep personal data out of a log: records are redacted in batches before they are written.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/redact_logs.py
"""

from __future__ import annotations

import logging
import logging.handlers
import sys

from aiaas import AiaasError, Client, ItemError

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
            (record.msg,) = redacted(self._client, [record.getMessage()])
            record.args = None
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
        messages = redacted(self._client, [record.getMessage() for record in records])
        for record, message in zip(records, messages, strict=True):
            record.msg, record.args = message, None
            if self.target is not None:
                self.target.handle(record)


def redacted(client: Client, messages: list[str]) -> list[str]:
    """Return messages without personal data; one that cannot be redacted is left out."""
    try:
        answers = client.text.redact_many(messages)
    except AiaasError:
        return [LEFT_OUT] * len(messages)  # rather no message than one with a card number
    return [LEFT_OUT if isinstance(one, ItemError) else one.text for one in answers]


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
        log.error("no answer from %s", "10.0.0.7")  # serious: the batch is written now
        log.removeHandler(batched)
        batched.close()


if __name__ == "__main__":
    main()
