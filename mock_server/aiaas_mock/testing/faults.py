"""Faults of a namespace: what goes wrong, when, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiaas_mock.testing.control import Control


class MockFaults:
    """The rules by which requests of a namespace fail.

    Args:
        control: Where they are kept.

    Example:
        >>> aiaas_mock.faults.add("status", operation="images.classify", times=2, status=503)
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        kind: str,
        /,
        *,
        operation: str | None = None,
        match: Mapping[str, object] | None = None,
        times: int | None = None,
        after: int | None = None,
        probability: float | None = None,
        **fields: object,
    ) -> str:
        """Have requests fail from now on.

        Args:
            kind: What happens, for instance ``status``, ``latency`` or ``reset``.
            operation: Only to requests for this operation.
            match: What else the requests must have, such as ``nth``, ``header`` or ``key``.
            times: How often; without end when omitted.
            after: How many that fit pass before the first fails.
            probability: Of each request that fits; 1 when omitted.
            fields: What the kind takes, for instance ``status=503``.

        Returns:
            The id of the rule.

        Raises:
            MockControlError: There is no such kind, or a field of it is wrong.
        """
        matched = {**(match or {}), **({"operation": operation} if operation else {})}
        chosen = {
            "match": matched or None,
            "times": times,
            "after": after,
            "probability": probability,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        return self.add_rule({**given, "fault": {"kind": kind, **fields}})

    def add_rule(self, rule: Mapping[str, object]) -> str:
        """Take a rule as the control plane has it, and return its id.

        Raises:
            MockControlError: It is not one.
        """
        return str(self._control.ask("POST", "faults", dict(rule))["id"])

    @contextmanager
    def during(self, kind: str, /, **arguments: Any) -> Iterator[str]:
        """Have requests fail inside a block; it takes what `add` does."""
        rule_id = self.add(kind, **arguments)
        try:
            yield rule_id
        finally:
            self.remove(rule_id)

    def list(self) -> list[dict[str, Any]]:
        """Return all rules."""
        return list(self._control.ask("GET", "faults")["data"])

    def remove(self, rule_id: str) -> None:
        """Forget one rule."""
        self._control.ask("DELETE", f"faults/{rule_id}")

    def clear(self) -> None:
        """Forget all rules."""
        self._control.ask("DELETE", "faults")
