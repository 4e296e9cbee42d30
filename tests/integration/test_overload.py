"""Deadlines, a full queue, defects: what a request gets when it cannot be answered."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import numpy as np

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.case import Multipart
from aiaas_mock.conformance.material import ANKLE_BOOT
from aiaas_mock.inference.backend import (
    Array,
    DeadlineExceeded,
    Inference,
    ModelUnavailable,
    Overloaded,
)

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
LogLines = list[dict[str, Any]]
CLASSIFY = "/v1/images/classify"
PNG = {"Content-Type": "image/png"}


def uniform(inputs: Array) -> Inference:
    return Inference(
        np.full((len(inputs), 2), 0.5, np.float32), queue_s=0.0, batch_size=len(inputs)
    )


def raising(error: Exception) -> Callable[[Array], Any]:
    async def infer(inputs: Array) -> Inference:
        raise error

    return infer


async def test_a_deadline_of_a_millisecond_for_64_pictures_is_exceeded(
    live: ServerProcess, api_key: str
) -> None:
    form = Multipart((ANKLE_BOOT,) * 64)
    headers = {
        "Authorization": f"Bearer {api_key}",
        "Content-Type": form.media_type or "",
        "Aiaas-Deadline-Ms": "1",
    }
    async with httpx.AsyncClient(base_url=live.url) as client:
        response = await client.post(CLASSIFY, content=form.content, headers=headers)
    assert response.status_code == 504
    assert response.json()["code"] == "deadline_exceeded"


async def test_a_deadline_of_nought_is_exceeded_at_once(open_stub: Open) -> None:
    async def never(inputs: Array) -> Inference:
        await anyio.sleep_forever()
        raise AssertionError

    async with open_stub(never) as client:
        response = await client.post(
            CLASSIFY, content=ANKLE_BOOT, headers={**PNG, "Aiaas-Deadline-Ms": "0"}
        )
    assert response.status_code == 504


async def test_the_servers_own_limit_holds_when_the_client_allows_more(open_stub: Open) -> None:
    async def never(inputs: Array) -> Inference:
        await anyio.sleep_forever()
        raise AssertionError

    async with open_stub(never, request_timeout_s=0.02) as client:
        response = await client.post(
            CLASSIFY, content=ANKLE_BOOT, headers={**PNG, "Aiaas-Deadline-Ms": "60000"}
        )
    assert response.status_code == 504


async def test_a_deadline_that_passes_in_the_queue_is_the_same_error(open_stub: Open) -> None:
    async with open_stub(raising(DeadlineExceeded())) as client:
        response = await client.post(CLASSIFY, content=ANKLE_BOOT, headers=PNG)
    assert (response.status_code, response.json()["code"]) == (504, "deadline_exceeded")


async def test_a_refusal_says_when_to_come_back_and_is_counted(open_stub: Open) -> None:
    async with open_stub(raising(Overloaded(3.4))) as client:
        response = await client.post(CLASSIFY, content=ANKLE_BOOT, headers=PNG)
        metrics = (await client.get("/metrics")).text
    assert (response.status_code, response.json()["code"]) == (503, "overloaded")
    assert response.headers["retry-after"] == "3"
    assert "aiaas_shed_total 1.0" in metrics.splitlines()


async def test_a_full_queue_sheds_some_requests_and_answers_the_others(open_app: Open) -> None:
    form = Multipart((ANKLE_BOOT,) * 40, {"top_k": 1})  # several blocks, let in or shed as one
    responses: list[httpx.Response] = []
    async with open_app(max_queue=64, warm=("imagenet-mobilenet-v2",)) as client:

        async def send() -> None:
            headers = {"Content-Type": form.media_type or ""}
            responses.append(await client.post(CLASSIFY, content=form.content, headers=headers))

        async with anyio.create_task_group() as group:
            for _ in range(24):
                group.start_soon(send)
        metrics = (await client.get("/metrics")).text
        again = await client.post(CLASSIFY, content=ANKLE_BOOT, headers=PNG)
    shed = [response for response in responses if response.status_code == 503]
    assert shed
    assert {response.json()["code"] for response in shed} == {"overloaded"}
    assert all(int(response.headers["retry-after"]) >= 1 for response in shed)
    assert f"aiaas_shed_total {len(shed):.1f}" in metrics.splitlines()
    answered = [response for response in responses if response.status_code == 200]
    assert len(answered) + len(shed) == 24
    assert answered
    assert again.status_code == 200


async def test_when_one_part_of_a_request_is_shed_its_other_parts_leave_the_queue(
    open_stub: Open,
) -> None:
    left: list[int] = []
    waiting = anyio.Event()

    async def infer(inputs: Array) -> Inference:
        if not waiting.is_set():
            waiting.set()
            try:
                await anyio.sleep_forever()
            finally:
                left.append(len(inputs))
        raise Overloaded(1.0)

    async with open_stub(infer) as client:
        form = Multipart((ANKLE_BOOT,) * 32)
        headers = {"Content-Type": form.media_type or ""}
        response = await client.post(CLASSIFY, content=form.content, headers=headers)
        assert response.status_code == 503
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await anyio.lowlevel.checkpoint()
    assert left == [16]


async def test_a_model_that_cannot_be_loaded_is_unavailable_and_the_log_says_why(
    open_stub: Open, log_lines: LogLines
) -> None:
    async with open_stub(raising(ModelUnavailable("the disk is on fire"))) as client:
        response = await client.post(CLASSIFY, content=ANKLE_BOOT, headers=PNG)
    assert (response.status_code, response.json()["code"]) == (503, "model_unavailable")
    assert "fire" not in response.text
    (line,) = [line for line in log_lines if line.get("status") == 503]
    assert line["level"] == "error"
    assert "fire" in str(line["exc_info"].__cause__)


async def test_a_defect_gives_its_id_to_the_client_and_its_trace_to_the_log(
    open_stub: Open, log_lines: LogLines
) -> None:
    async with open_stub(raising(RuntimeError("matrix of the wrong shape"))) as client:
        response = await client.post(CLASSIFY, content=ANKLE_BOOT, headers=PNG)
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "internal_error"
    assert "matrix" not in response.text
    assert "Traceback" not in response.text
    (line,) = [line for line in log_lines if line.get("status") == 500]
    assert line["request_id"] == problem["request_id"]
    assert isinstance(line["exc_info"], RuntimeError)


async def test_a_client_that_hangs_up_takes_its_inputs_out_of_the_model(
    open_stub: Open, log_lines: LogLines, api_key: str
) -> None:
    left = anyio.Event()
    started = anyio.Event()

    async def infer(inputs: Array) -> Inference:
        started.set()
        try:
            await anyio.sleep_forever()
        finally:
            left.set()
        return uniform(inputs)

    async with open_stub(infer) as client:
        app = client._transport.app  # type: ignore[attr-defined]  # to play a client that leaves
        messages = iter([{"type": "http.request", "body": ANKLE_BOOT, "more_body": False}])

        async def receive() -> dict[str, Any]:
            if (message := next(messages, None)) is not None:
                return message
            await started.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError("nobody is there to send to")

        with anyio.fail_after(5):
            await app(asgi_scope(api_key), receive, send)
        assert left.is_set()
    assert [line["status"] for line in log_lines if line["event"] == "request"] == [499]


def asgi_scope(api_key: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": CLASSIFY,
        "query_string": b"",
        "headers": [
            (b"authorization", f"Bearer {api_key}".encode()),
            (b"content-type", b"image/png"),
        ],
    }
