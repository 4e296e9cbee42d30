"""Logs: JSON lines for machines, columns for a terminal, traces without values."""

import subprocess
import sys

import orjson
import pytest

LOG = """
import logging, structlog
from aiaas_mock.cli.logs import configure_logs
configure_logs({form!r}, {level!r})
log = structlog.get_logger("test")
log.debug("quiet")
log.info("hello", number=1, thing=object)
secret_value = "not-to-be-logged"
try:
    raise RuntimeError("broken")
except RuntimeError as error:
    log.error("failed", exc_info=error)
logging.getLogger("uvicorn.error").warning("from %s", "uvicorn")
logging.getLogger("uvicorn.error").info("not this")
"""


def lines(form: str, level: str = "info") -> list[str]:
    """Log in a process of its own, since logging is set up for a whole process."""
    done = subprocess.run(
        [sys.executable, "-c", LOG.format(form=form, level=level)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize("form", ["json", "auto"])
def test_every_line_is_json_with_level_and_time(form: str) -> None:
    hello, failed, foreign = (orjson.loads(line) for line in lines(form))
    assert (hello["event"], hello["level"], hello["number"]) == ("hello", "info", 1)
    assert hello["timestamp"].endswith("Z")
    assert hello["thing"] == "<class 'object'>"
    assert (foreign["event"], foreign["level"]) == ("from uvicorn", "warning")
    assert "RuntimeError: broken" in failed["exception"]
    assert "Traceback" in failed["exception"]
    assert "not-to-be-logged" not in failed["exception"]


def test_the_level_decides_what_is_logged() -> None:
    assert [orjson.loads(line)["event"] for line in lines("json", "error")] == ["failed"]
    assert orjson.loads(lines("json", "debug")[0])["event"] == "quiet"


def test_a_terminal_gets_columns() -> None:
    assert "hello" in lines("console")[0]
    assert not lines("console")[0].startswith("{")
