"""A rule that a request brings in a header: ``X-Mock-Fault: status=503;times=1``."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import ValidationError

from aiaas_mock.http.faults import invalid_request
from aiaas_mock.lab.contract.fault_kinds import KINDS, kind_of
from aiaas_mock.lab.contract.faults import FaultRule

HEADER: Final = "X-Mock-Fault"
"""Request: the fault that is made of it."""

_OF_RULE: Final = frozenset({"id", "probability", "times", "after"})
_MAIN: Final = {
    kind_of(kind): next((name for name in kind.model_fields if name != "kind"), None)
    for kind in KINDS
}
"""The field that the value of a kind stands for: the first it has."""


def read_rule(text: str) -> FaultRule:
    """Read a rule: a kind, which may have a value, then further fields of fault or rule.

    Raises:
        ApiError: It is none.
    """
    first, *rest = [part.strip().partition("=") for part in text.split(";")]
    kind, _, value = first
    fault: dict[str, Any] = {"kind": kind}
    main = _MAIN.get(kind)
    if value and main is not None:
        fault[main] = _value(value)
    rule: dict[str, Any] = {"fault": fault}
    for name, _, value in rest:
        (rule if name in _OF_RULE else fault)[name] = _value(value)
    try:
        return FaultRule.model_validate_json(json.dumps(rule))
    except ValidationError as error:
        raise invalid_request(error) from error


def _value(text: str) -> Any:
    """Read a number as a number, and anything else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
