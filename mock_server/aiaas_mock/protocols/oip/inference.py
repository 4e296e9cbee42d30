"""``infer``: a tensor in, a tensor out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, Final

from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.protocols.oip.answers import answer_of, wanted_of
from aiaas_mock.protocols.oip.compression import chosen, compressed, is_worth_it
from aiaas_mock.protocols.oip.requests import InferCall, rows_of
from aiaas_mock.services.tensors import TensorService

_MICROSECOND_S: Final = 1e-6


class Inferrer:
    """Answers ``infer``.

    Args:
        tensors: Runs the models.
        executor: Threads that compress answers.
    """

    def __init__(self, tensors: TensorService, executor: Executor) -> None:
        self._tensors = tensors
        self._executor = executor

    async def infer(self, call: InferCall, context: RequestContext) -> Answer:
        """Run a model on the tensor of a request."""
        ref = self._tensors.find(call.named.model, call.named.version)
        wanted = wanted_of(call.request, ref)
        rows = rows_of(call, self._tensors.takes(ref))
        outputs = await self._tensors.run(ref, rows, _in_time(context, call.request.parameters))
        answer = answer_of(call.request, ref, outputs, wanted)
        encoding = chosen(call.accepted)
        if encoding is None or not is_worth_it(len(answer.body)):
            return answer
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(self._executor, compressed, answer.body, encoding)
        headers = {**(answer.headers or {}), "Content-Encoding": encoding}
        return replace(answer, body=body, headers=headers)


def _in_time(context: RequestContext, parameters: Mapping[str, Any]) -> RequestContext:
    """Apply the time, in microseconds, that a request may wait for its model."""
    timeout_us = parameters.get("timeout", 0)
    if type(timeout_us) is not int or timeout_us < 0:
        raise _bad_timeout()
    if timeout_us == 0:
        return context
    now = asyncio.get_running_loop().time()
    return replace(context, deadline=min(context.deadline, now + timeout_us * _MICROSECOND_S))


def _bad_timeout() -> ApiError:
    return invalid_field(
        "/parameters/timeout", "invalid_value", "The time must be whole microseconds."
    )
