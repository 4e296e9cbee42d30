"""The key is in the request and nowhere else."""

from __future__ import annotations

import pickle
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

import httpx
import pytest
from rich.console import Console
from rich.traceback import Traceback

import aiaas
from aiaas._core.redaction import Secret, redact_headers

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

SECRET = "sk_test_default_0123456789abcdef"  # the key of the cloud's clients


def test_the_key_is_sent_as_a_bearer_token(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(b"x"))
    assert cloud.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_the_key_is_in_no_log(cloud: Cloud, debug_log: pytest.LogCaptureFixture) -> None:
    cloud.answers(httpx.ConnectError("refused"), cloud.problem("overloaded"))
    cloud.run(lambda client: client.images.classify(b"picture-bytes", model="m"))

    ours = [record for record in debug_log.records if record.name == "aiaas"]
    assert len(ours) == 5  # three attempts, two waits
    assert "attempt 3, POST /v1/images/classify -> 200" in ours[-1].getMessage()
    assert SECRET not in debug_log.text
    assert "picture-bytes" not in "".join(record.getMessage() for record in ours)


def test_the_key_is_in_no_traceback_even_with_local_variables(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("invalid_api_key"))
    with pytest.raises(aiaas.AuthenticationError) as info:
        cloud.run(lambda client: client.images.classify(b"x"))

    shown = "".join(traceback.format_exception(info.value))
    assert SECRET not in shown
    assert SECRET.encode() not in pickle.dumps(info.value)

    # Only the SDK's own frames: the test above them has the key in its settings.
    error = info.value.with_traceback(_sdk_frames(info.value))
    console = Console(record=True, width=200, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        trace = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
        console.print(trace)
        assert "locals" in (text := console.export_text())
        assert SECRET not in text


def _sdk_frames(error: BaseException) -> TracebackType | None:
    frame = error.__traceback__
    while frame is not None and "/aiaas/" not in frame.tb_frame.f_code.co_filename:
        frame = frame.tb_next
    return frame


def test_the_key_is_in_no_repr(cloud: Cloud) -> None:
    def look(client: object) -> str:
        return repr(client) + str(client) + repr(vars(client))

    text = cloud.run(look)
    assert SECRET not in text
    assert "http://cloud.test" in text


def test_a_secret_is_neither_shown_nor_pickled() -> None:
    secret = Secret("hidden")
    assert "hidden" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hidden"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_secret_headers_are_masked_whatever_their_case() -> None:
    headers = {"AUTHORIZATION": "Bearer hidden", "Cookie": "hidden", "X-Request-Id": "r"}
    masked = {"authorization": "***", "cookie": "***", "x-request-id": "r"}
    assert redact_headers(headers) == masked
