"""Faults that are answers: refusals as the contract has them, and a proxy's."""

from __future__ import annotations

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from aiaas.contract.headers import RATE_LIMIT, RETRY_AFTER, RETRY_AFTER_MS, SHOULD_RETRY
from aiaas.contract.problems import PROBLEMS, ProblemDetail
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.contract import fault_kinds as kinds

_DETAIL: Final = "A fault rule of the lab made this."
_CODES: Final = {500: "internal_error", 503: "overloaded", 404: "not_found", 422: "invalid_request"}
"""Which of several codes with one status is meant."""


class PlainRefusal(Exception):
    """A status that is none of the contract's, as something on the way would answer it."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers

    @property
    def text(self) -> str:
        """What stands in the body."""
        known = self.status in HTTPStatus._value2member_map_
        return HTTPStatus(self.status).phrase if known else "Unknown"


def waits(retry_after_s: float | None) -> dict[str, str]:
    """Return the headers that ask a client to wait."""
    if retry_after_s is None:
        return {}
    return {
        RETRY_AFTER: str(math.ceil(retry_after_s)),
        RETRY_AFTER_MS: str(math.ceil(retry_after_s * 1e3)),
    }


def _status(fault: kinds.Status) -> Exception:
    headers = waits(fault.retry_after_s)
    code = _CODES.get(fault.status) or next(
        (kind.code for kind in PROBLEMS.values() if kind.status == fault.status), None
    )
    if code is None:
        return PlainRefusal(fault.status, headers)
    return ApiError(code, _DETAIL, headers=headers)


def _rate_limit(fault: kinds.RateLimit) -> Exception:
    return ApiError("rate_limited", _DETAIL, headers=waits(fault.retry_after_s))


def _quota(fault: kinds.Quota) -> Exception:
    headers = {
        **waits(fault.reset_s),
        SHOULD_RETRY: "false",
        RATE_LIMIT: f'"quota";r=0;t={fault.reset_s}',
    }
    return ApiError("rate_limited", f"The quota is used up. {_DETAIL}", headers=headers)


def _auth_expired(fault: kinds.AuthExpired) -> Exception:
    headers = {"WWW-Authenticate": 'Bearer realm="aiaas"'}
    return ApiError("expired_token", _DETAIL, headers=headers)


def _validation(fault: kinds.Validation) -> Exception:
    finding = ProblemDetail(param=fault.param, code="value_error", detail=_DETAIL)
    return ApiError("invalid_request", _DETAIL, param=fault.param, errors=(finding,))


def _overloaded(fault: kinds.Overloaded) -> Exception:
    return ApiError("overloaded", _DETAIL, headers=waits(fault.retry_after_s))


REFUSALS: Final[dict[type, Callable[[Any], Exception]]] = {
    kinds.Status: _status,
    kinds.RateLimit: _rate_limit,
    kinds.Quota: _quota,
    kinds.AuthExpired: _auth_expired,
    kinds.Forbidden: lambda fault: ApiError("insufficient_scope", _DETAIL),
    kinds.Validation: _validation,
    kinds.Overloaded: _overloaded,
    kinds.Internal: lambda fault: ApiError("internal_error", _DETAIL),
    kinds.Deadline: lambda fault: ApiError("deadline_exceeded", _DETAIL),
}
"""Makes the refusal of a kind."""
