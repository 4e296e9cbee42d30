"""The one exception by which any room of the server refuses a request."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas.contract.problems import Problem, ProblemDetail, problem


class ApiError(Exception):
    """A refusal with a code of the contract's error table.

    Attributes:
        code: One of `aiaas.contract.problems.PROBLEMS`.
        detail: What was wrong and what to do; never contains a key or a payload.
        param: JSON pointer to the offending value.
        errors: All the mistakes found, when there can be several.
        headers: Headers for the answer, such as ``Retry-After``.
        members: Further members of the problem, where another standard wants them.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        param: str | None = None,
        errors: tuple[ProblemDetail, ...] | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.param = param
        self.errors = errors
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def as_problem(self, request_id: str | None, *, param: str | None = None) -> Problem:
        """Return the wire form; `param` is the place when the exception names none."""
        found = problem(
            self.code,
            self.detail,
            param=param if self.param is None else self.param,
            request_id=request_id,
            errors=self.errors,
        )
        return found.model_copy(update=self.members) if self.members else found


def as_sentence(message: str) -> str:
    """Make a sentence of an exception's message, which by custom is not one."""
    return f"{message[:1].upper()}{message[1:].removesuffix('.')}."
