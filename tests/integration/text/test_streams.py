"""How streams of events end: done, a failure half-way, the deadline, a client that leaves."""

import asyncio
import json
import re
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.inference.backend import ModelUnavailable

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
LogLines = list[dict[str, Any]]
PATH = "/v1/text/generate"
LONG = {"prompt": "", "max_tokens": 1024, "stream": True, "seed": 1}


class Connection:
    """A client that reads pieces as they come, and may leave at any moment.

    Attributes:
        status: Of the answer's head; 0 before it came.
        pieces: What came of the body.
    """

    def __init__(self, client: httpx.AsyncClient, body: dict[str, Any], **headers: str) -> None:
        self._app = client._transport.app  # type: ignore[attr-defined]  # to hang up on it
        self._body = [json.dumps(body).encode()]
        sent = {**client.headers, "content-type": "application/json", **headers}
        self._headers = [(n.lower().encode(), v.encode()) for n, v in sent.items()]
        self._left = anyio.Event()
        self._changed = anyio.Event()
        self.status = 0
        self.pieces: list[bytes] = []

    async def run(self) -> None:
        """Send the request, and take in the answer until it ends or the client leaves."""
        scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b""}
        await self._app({**scope, "headers": self._headers}, self._receive, self._send)

    async def wait_for_pieces(self, count: int) -> None:
        """Wait until some pieces came."""
        while len(self.pieces) < count:
            await self._changed.wait()

    def hang_up(self) -> None:
        """Leave."""
        self._left.set()

    def last_event(self) -> tuple[str, dict[str, Any]]:
        """Return type and data of the last event."""
        found = re.fullmatch(rb"event: (\w+)\ndata: (.*)\n\n", self.pieces[-1])
        assert found is not None
        return found[1].decode(), json.loads(found[2])

    async def _receive(self) -> dict[str, Any]:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["body"]:
            self.pieces.append(message["body"])
        self._changed.set()
        self._changed = anyio.Event()


def request_line(lines: LogLines) -> dict[str, Any]:
    (line,) = [line for line in lines if line["event"] == "request"]
    return line


async def test_events_come_one_by_one_while_the_model_works(open_texts: Open, engines: Any) -> None:
    engines.step_s = 0.001
    async with open_texts() as client, anyio.create_task_group() as group:
        connection = Connection(client, {**LONG, "max_tokens": 100})
        group.start_soon(connection.run)
        await connection.wait_for_pieces(1)
        steps = len(engines.runs_of("letters"))
        assert steps <= 3
        await connection.wait_for_pieces(101)
    assert connection.last_event()[0] == "done"


@pytest.mark.parametrize("step_s", [0.0, 0.002])
async def test_a_client_that_leaves_stops_the_model_at_once(
    open_texts: Open, engines: Any, log_lines: LogLines, step_s: float
) -> None:
    async with open_texts() as client:
        engines.step_s = step_s
        connection = Connection(client, LONG)
        running = asyncio.ensure_future(connection.run())
        await connection.wait_for_pieces(20 if step_s else 2)
        connection.hang_up()
        await running
        steps = len(engines.runs_of("letters"))
        await anyio.sleep(0.05)
        assert len(engines.runs_of("letters")) <= steps + 1  # one may have been under way
        assert steps < 1024
        again = await client.post(PATH, json={**LONG, "max_tokens": 1})
    assert again.status_code == 200
    line, _ = [line for line in log_lines if line["event"] == "request"]
    assert (line["status"], line["model"], line["inputs"]) == (499, "letters@1", 1)


async def test_the_deadline_ends_a_stream_with_its_problem(
    open_texts: Open, engines: Any, log_lines: LogLines
) -> None:
    async with open_texts() as client:
        await client.post(PATH, json={**LONG, "max_tokens": 1})  # the model is loaded
        log_lines.clear()
        engines.step_s = 0.002
        connection = Connection(client, LONG, **{"aiaas-deadline-ms": "150"})
        await connection.run()
        kind, problem = connection.last_event()
        steps = len(engines.runs_of("letters"))
        await anyio.sleep(0.05)
        assert len(engines.runs_of("letters")) <= steps + 1
    assert connection.status == 200
    assert (kind, problem["code"], problem["status"]) == ("error", "deadline_exceeded", 504)
    assert 1 < len(connection.pieces) < 150
    line = request_line(log_lines)
    assert (line["status"], line["code"]) == (504, "deadline_exceeded")
    assert problem["request_id"] == line["request_id"]


async def test_a_deadline_before_the_first_event_is_a_plain_refusal(
    open_texts: Open, engines: Any
) -> None:
    engines.step_s = 0.2
    async with open_texts() as client:
        await client.post(PATH, json={**LONG, "max_tokens": 1})  # the model is loaded
        headers = {"Aiaas-Deadline-Ms": "50"}
        response = await client.post(PATH, json=LONG, headers=headers)
    assert (response.status_code, response.json()["code"]) == (504, "deadline_exceeded")
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_model_that_is_not_there_is_a_plain_refusal(open_texts: Open, engines: Any) -> None:
    engines.failure = ModelUnavailable("on fire")
    async with open_texts() as client:
        response = await client.post(PATH, json=LONG)
    assert (response.status_code, response.json()["code"]) == (503, "model_unavailable")


async def test_a_defect_half_way_is_told_without_its_cause_and_logged_with_it(
    open_texts: Open, engines: Any, log_lines: LogLines
) -> None:
    engines.failure, engines.fails_after = RuntimeError("matrix of the wrong shape"), 10
    async with open_texts() as client:
        response = await client.post(PATH, json=LONG)
        usage = (await client.get("/v1/usage")).json()
        metrics = (await client.get("/metrics")).text
    assert response.status_code == 200
    assert response.text.count("event: token") == 10
    assert "event: done" not in response.text
    last = response.text.strip().rpartition("\n\n")[2]
    assert last.startswith("event: error\ndata: ")
    problem = json.loads(last.partition("data: ")[2])
    assert (problem["code"], problem["status"]) == ("internal_error", 500)
    assert "matrix" not in response.text
    line = next(line for line in log_lines if line.get("operation") == "text.generate")
    assert (line["level"], line["status"], line["code"]) == ("error", 500, "internal_error")
    assert "matrix" in str(line["exc_info"])
    assert 'aiaas_requests_total{operation="text.generate",status="500"} 1.0' in metrics
    assert "text.generate" in json.dumps(usage)


async def test_a_stream_is_counted_logged_and_timed_to_its_end(
    open_texts: Open, engines: Any, log_lines: LogLines
) -> None:
    async with open_texts() as client:
        engines.step_s = 0.001
        response = await client.post(PATH, json={**LONG, "max_tokens": 30})
        metrics = (await client.get("/metrics")).text
    assert response.text.rpartition("event: ")[2].startswith("done\n")
    line = next(line for line in log_lines if line.get("operation") == "text.generate")
    assert (line["status"], line["inputs"], line["batch_size"]) == (200, 1, 1)
    assert line["duration_ms"] > 30
    assert 'aiaas_requests_total{operation="text.generate",status="200"} 1.0' in metrics


async def test_a_stream_holds_its_place_in_the_model_until_it_ends(
    open_texts: Open, engines: Any
) -> None:
    async with open_texts(max_inputs=1) as client:
        await client.post(PATH, json={**LONG, "max_tokens": 1})
        engines.step_s = 0.002
        connection = Connection(client, LONG)
        running = asyncio.ensure_future(connection.run())
        await connection.wait_for_pieces(20)
        shed = await client.post(PATH, json=LONG)
        connection.hang_up()
        await running
        after = await client.post(PATH, json={**LONG, "max_tokens": 1})
    assert (shed.status_code, shed.json()["code"]) == (503, "overloaded")
    assert after.status_code == 200


async def test_a_stream_does_not_keep_other_requests_waiting(open_texts: Open) -> None:
    async with open_texts() as client, anyio.create_task_group() as group:
        connection = Connection(client, LONG)
        group.start_soon(connection.run)
        await connection.wait_for_pieces(1)
        assert (await client.get("/healthz")).status_code == 200
        assert len(connection.pieces) < 900
        connection.hang_up()


def test_a_stopping_server_ends_the_streams_that_it_has_begun(
    serve: Callable[..., ServerProcess], text_models: Path, api_key: str
) -> None:
    server = serve("--models", str(text_models), "--warm", "letters", "--engine", "null")
    server.wait_for_log('"ready"')
    body = {**LONG, "model": "letters", "temperature": 1.0, "seed": 3}
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.stream("POST", f"{server.url}{PATH}", json=body, headers=headers) as response:
        pieces = response.iter_text()
        text = next(pieces)
        server.signal(signal.SIGTERM)
        text += "".join(pieces)
    assert response.headers["transfer-encoding"] == "chunked"
    *_, last = text.strip().split("\n\n")
    assert last.startswith("event: done\n")
    assert text.count("event: token") > 1
    assert server.wait() == 0
