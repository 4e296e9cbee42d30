"""The example that redacts a log lets nothing past it."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from pydantic import BaseModel

from aiaas.testing import Call, FakeCloud, item_error, redacted

PATH: Final = Path(__file__).parents[3] / "examples" / "redact_logs.py"
ADDRESS: Final = "ada@example.com"


class Kept(logging.Handler):
    """Formats what reaches it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("redact_logs", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fake() -> FakeCloud:
    def redact(call: Call) -> list[BaseModel]:
        texts = call.fields["inputs"]
        assert all(text.strip() for text in texts)
        return [redacted(text, {ADDRESS: "email"} if ADDRESS in text else {}) for text in texts]

    fake = FakeCloud()
    fake.on("text.redact").answers(redact)
    return fake


@pytest.fixture
def log() -> logging.Logger:
    log = logging.Logger("shop")
    log.propagate = False
    return log


@pytest.fixture(params=["one by one", "in batches"])
def kept(
    request: pytest.FixtureRequest, example: ModuleType, fake: FakeCloud, log: logging.Logger
) -> Kept:
    kept = Kept()
    if request.param == "in batches":
        log.addHandler(example.RedactingHandler(fake.client(), kept))
    else:
        kept.addFilter(example.Redacted(fake.client()))
        log.addHandler(kept)
    return kept


def test_tracebacks_and_stacks_are_redacted(log: logging.Logger, kept: Kept) -> None:
    try:
        raise ValueError(f"no account for {ADDRESS}")
    except ValueError:
        log.exception("failed for %s", 17, stack_info=True)
    (line,) = kept.lines
    assert line.startswith("failed for 17\nTraceback")
    assert "ValueError: no account for [EMAIL]" in line
    assert "Stack (most recent call last)" in line
    assert ADDRESS not in line
    assert ADDRESS not in repr(vars(kept.records[0]))


def test_an_empty_message_stays_empty(log: logging.Logger, kept: Kept) -> None:
    log.info("")
    log.error("to %s", ADDRESS)
    assert kept.lines == ["", "to [EMAIL]"]


def test_what_cannot_be_redacted_is_left_out(
    log: logging.Logger, kept: Kept, fake: FakeCloud, example: ModuleType
) -> None:
    fake.on("text.redact").answers(item_error("text_too_long", "Too long."))
    log.error("to %s", ADDRESS)
    fake.on("text.redact").fails("invalid_request")
    log.info("")
    log.error("to %s", ADDRESS)
    assert kept.lines == [example.LEFT_OUT, "", example.LEFT_OUT]
