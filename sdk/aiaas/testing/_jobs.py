"""Jobs and what happened to them, right by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiaas.contract.examples import example_of
from aiaas.contract.jobs import RETRIEVE, Job, JobEvent
from aiaas.contract.problems import PROBLEMS, problem
from aiaas.testing._answers import did_you_mean
from aiaas.testing._builders import answer, known_code

_STATUSES: Final = ("queued", "running", "succeeded", "failed", "cancelled")
_WAITING: Final = frozenset({"queued", "running"})


def job(
    status: str = "succeeded",
    *,
    result: Mapping[str, object] | None = None,
    code: str = "internal_error",
    **changes: object,
) -> Job:
    """Make a job whose fields fit its status.

    Args:
        status: ``queued``, ``running``, ``succeeded``, ``failed`` or ``cancelled``.
        result: What came out, if it succeeded; the contract's example when omitted.
        code: Code of the problem, if it failed.
        changes: Other fields, for instance ``kind`` or ``progress``.

    Raises:
        ValueError: There is no such status or code.
        WrongAnswerError: A field does not exist or has a wrong type.

    Example:
        >>> job("running", progress=0.5).done
        False
    """
    if status not in _STATUSES:
        raise ValueError(f"no job is {status!r}.{did_you_mean(status, _STATUSES)}")
    fields = _fitting(status, code)
    if result is not None:
        fields["result"] = dict(result)
    return answer(RETRIEVE, **(fields | changes))


def job_event(
    kind: str, message: str = "", *, number: int = 1, progress: float | None = None
) -> JobEvent:
    """Make something that happened to a job.

    Args:
        kind: ``queued``, ``started``, ``progress``, ``lost``, ``cancelling``, ``succeeded``,
            ``failed`` or ``cancelled``.
        message: What was being done.
        number: Its number, from 1.
        progress: How much was done, 0 to 1; 1 for ``succeeded`` and 0 otherwise when omitted.
    """
    done = float(kind == "succeeded") if progress is None else progress
    time = _example()["created_at"]
    return JobEvent(number=number, kind=kind, time=time, progress=done, message=message)


def ended_as(events: Sequence[Mapping[str, Any]], job_id: str) -> bytes:
    """Return the job that a stream of events ends with, in JSON."""
    last = events[-1]["kind"] if events else "succeeded"
    status = last if last in _STATUSES and last not in _WAITING else "succeeded"
    return job(status, id=job_id).model_dump_json().encode()


def _fitting(status: str, code: str) -> dict[str, object]:
    fields: dict[str, object] = {"status": status}
    if status != "succeeded":
        fields |= {"progress": 0.0, "result": None}
    if status in _WAITING:
        fields["finished_at"] = None
    if status == "queued":
        fields |= {"started_at": None, "attempt": 0}
    if status == "failed":
        fields["error"] = problem(known_code(code), PROBLEMS[code].title)
    if status == "cancelled":
        fields["cancel_requested"] = True
    return fields


def _example() -> dict[str, Any]:
    return example_of(RETRIEVE.name).response or {}
