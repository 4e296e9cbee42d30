"""What one operation answers, step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aiaas._core.sse import MEDIA_TYPE as EVENTS
from aiaas.contract.headers import RATE_LIMIT, RETRY_AFTER
from aiaas.contract.problems import MEDIA_TYPE, PROBLEMS, problem
from aiaas.testing._answers import Answer, check, compose, headers_of
from aiaas.testing._builders import known_code
from aiaas.testing._calls import Call
from aiaas.testing._events import as_asked, stream_of, wants_events

if TYPE_CHECKING:
    from typing import Self

    from aiaas.contract._operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer on its way to the client."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Breakdown: TypeAlias = Literal["refused", "dropped", "timed_out"]
"""Why no answer comes."""

Outcome: TypeAlias = Reply | Breakdown


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to the next calls.

    Attributes:
        act: Makes the outcome of a call.
        times: For how many calls; None for one, or for all that come if it is the last step.
        latency_s: How long the call takes on the fake's clock.
    """

    act: Callable[[Call], Outcome]
    times: int | None
    latency_s: float = 0.0


class Stub:
    """What an operation answers. Made by `FakeCloud.on`.

    Steps are taken in the order in which they are written. A step without ``times`` is for one
    call; if it is the last one, for all calls that still come.

    Example:
        >>> fake.on("images.classify").fails(503, times=2).answers(classification("cat"))
    """

    def __init__(self, operation: Operation[Any, Any], where: Mapping[str, object]) -> None:
        self._operation = operation
        self._where = dict(where)
        self._steps: list[Step] = []
        self._taken = 0
        self._lock = threading.Lock()
        self._latency_s = 0.0

    @property
    def operation(self) -> Operation[Any, Any]:
        """The operation that this is about."""
        return self._operation

    @property
    def where(self) -> Mapping[str, object]:
        """Fields that a call must have for this to be about it."""
        return dict(self._where)

    @property
    def limit(self) -> int | None:
        """How many calls there is an answer for; None when there is no end."""
        if not self._steps or self._steps[-1].times is None:
            return None if self._steps else 0
        return sum(step.times or 1 for step in self._steps)

    def answers(self, *answers: Answer, times: int | None = None, **changes: object) -> Self:
        """Answer with success.

        Args:
            answers: Nothing for the contract's own example. For batchable operations the result
                of every input sent, or one for each; for lists the items, which are given page
                by page; else the one answer. Each is a model of the contract, the fields in which
                it differs from the example, or a function of the `Call` that returns those.
            times: For how many calls.
            changes: Fields of the whole answer.

        Raises:
            WrongAnswerError: A deployment cannot answer that; the message names the field.
        """
        check(self._operation, answers, changes)

        def act(call: Call) -> Reply:
            return reply_of(self._operation, call, answers, changes)

        return self._then(act, times)

    def streams(
        self,
        *pieces: str,
        fails: str | None = None,
        cut_off: bool = False,
        times: int | None = None,
        **changes: object,
    ) -> Self:
        """Answer piece by piece; who did not ask for a stream gets the whole at once.

        Args:
            pieces: The text of each token.
            fails: A code of the contract: the deployment fails with it after the pieces.
            cut_off: Whether the connection ends after the pieces, without a word.
            times: For how many calls.
            changes: Fields of the whole answer, which ends the stream.

        Raises:
            ValueError: The operation does not stream, or the contract has no such code.
            WrongAnswerError: A deployment cannot answer that; the message names the field.

        Example:
            >>> fake.on("text.generate").streams("Hel", "lo", finish_reason="stop")
        """
        if "token" not in (self._operation.events or ()):
            raise ValueError(f"{self._operation.name} does not answer piece by piece")
        whole = {"text": "".join(pieces)}
        check(self._operation, (whole,), changes)
        failure = None if fails is None else _failure(fails, None, None)

        def act(call: Call) -> Outcome:
            if not wants_events(self._operation, call):
                early: Outcome | None = "dropped" if cut_off else failure
                return early or reply_of(self._operation, call, (whole,), changes)
            ended = cut_off or failure is not None
            done = None if ended else compose(self._operation, call, (whole,), changes)
            body = stream_of(pieces, done=done, error=failure.body if failure else None)
            return Reply(status=200, media_type=EVENTS, body=body)

        return self._then(act, times)

    def fails(
        self,
        problem: int | str,
        *,
        times: int | None = None,
        detail: str | None = None,
        param: str | None = None,
        retry_after_s: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Answer with a failure.

        Args:
            problem: A code of the contract, for instance ``model_not_found``, or a status. A
                status that no code has, such as 502, is answered with HTML, as proxies do.
            times: For how many calls.
            detail: What is wrong this time.
            param: JSON pointer to the value that is to blame.
            retry_after_s: Seconds that the client is asked to wait.
            headers: More headers of the answer.

        Raises:
            ValueError: The contract has no such code, or it is no status of a failure.
        """
        reply = _failure(problem, detail, param)
        more = dict(headers or {})
        if retry_after_s is not None:
            more[RETRY_AFTER] = f"{retry_after_s:g}"

        def act(call: Call) -> Reply:
            return Reply(
                status=reply.status, media_type=reply.media_type, body=reply.body, headers=more
            )

        return self._then(act, times)

    def rate_limited(self, *, retry_after_s: float = 1.0, times: int | None = None) -> Self:
        """Answer 429 and ask the client to wait."""
        left = {RATE_LIMIT: f'"default";r=0;t={retry_after_s:.0f}'}
        return self.fails("rate_limited", times=times, retry_after_s=retry_after_s, headers=left)

    def times_out(self, *, times: int | None = None) -> Self:
        """Give no answer until the client no longer waits; only the fake's clock moves."""
        return self._then(lambda call: "timed_out", times)

    def drops(self, *, times: int | None = None) -> Self:
        """Take the request and close the connection without an answer."""
        return self._then(lambda call: "dropped", times)

    def refuses(self, *, times: int | None = None) -> Self:
        """Refuse the connection: nothing is sent."""
        return self._then(lambda call: "refused", times)

    def after(self, latency_s: float) -> Self:
        """Let the steps that follow take so many seconds on the fake's clock.

        A client that waits less than that times out.
        """
        self._latency_s = latency_s
        return self

    def take(self) -> Step | None:
        """Return the step for the next call and go on; None when the steps are used up."""
        with self._lock:
            position = self._taken
            for step in self._steps:
                position -= step.times or 1
                if position < 0:
                    break
            else:
                last = self._steps[-1] if self._steps else None
                if last is None or last.times is not None:
                    return None
                step = last
            self._taken += 1
            return step

    def _then(self, act: Callable[[Call], Outcome], times: int | None) -> Self:
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1; got {times}")
        self._steps.append(Step(act, times, self._latency_s))
        return self


def reply_of(
    operation: Operation[Any, Any],
    call: Call,
    answers: Sequence[Answer] = (),
    changes: Mapping[str, object] | None = None,
) -> Reply:
    """Return a success, in the form that the call asks for.

    Raises:
        WrongAnswerError: The contract does not allow it.
    """
    body = compose(operation, call, answers, changes)
    media_type, sent = as_asked(operation, call, body)
    headers = headers_of(operation, body)
    return Reply(status=200, media_type=media_type, body=sent, headers=headers)


def _failure(given: int | str, detail: str | None, param: str | None) -> Reply:
    code = known_code(given) if isinstance(given, str) else _code_of(given)
    if code is None:
        body = f"<html><h1>{given}</h1>{detail or 'Something in between failed.'}</html>"
        return Reply(status=int(given), media_type="text/html", body=body.encode())
    made = problem(code, detail or PROBLEMS[code].title, param=param)
    return Reply(status=made.status, media_type=MEDIA_TYPE, body=made.model_dump_json().encode())


def _code_of(status: int) -> str | None:
    if not 400 <= status <= 599:
        raise ValueError(f"a failure has a status from 400 to 599; got {status}")
    return next((kind.code for kind in PROBLEMS.values() if kind.status == status), None)
