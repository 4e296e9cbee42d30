"""How streams end in OpenAI's protocol when something goes wrong."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import httpx

from aiaas_mock.inference.backend import ModelUnavailable

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

PATH: Final = "/compat/openai/v1/chat/completions"
LONG: Final[dict[str, Any]] = {
    "model": "letters",
    "messages": [{"role": "user", "content": ""}],
    "max_tokens": 1024,
    "stream": True,
    "seed": 1,
}


async def test_the_deadline_ends_a_stream_with_openais_error(
    open_texts: Open, engines: Any, log_lines: list[dict[str, Any]]
) -> None:
    async with open_texts() as client:
        await client.post(PATH, json={**LONG, "max_tokens": 1})  # the model is loaded
        log_lines.clear()
        engines.step_s = 0.002
        answer = await client.post(PATH, json=LONG, headers={"Aiaas-Deadline-Ms": "150"})
    first, *_, last = answer.text.strip().split("\n\n")
    assert (answer.status_code, '"role":"assistant"' in first) == (200, True)
    error = json.loads(last.removeprefix("data: "))["error"]
    assert (error["code"], error["type"]) == ("deadline_exceeded", "server_error")
    line = next(line for line in log_lines if line.get("operation") == "openai.chat")
    assert (line["status"], line["code"]) == (504, "deadline_exceeded")


async def test_a_failure_before_the_first_piece_has_its_own_status(
    open_texts: Open, engines: Any
) -> None:
    engines.failure = ModelUnavailable("on fire")
    async with open_texts() as client:
        answer = await client.post(PATH, json=LONG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_unavailable")
    assert "fire" not in answer.text
