"""What a namespace was asked, and answers of its own that it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiaas_mock.testing.control import Control, MockControlError


class MockRequests:
    """The journal of a namespace: every request and what became of it.

    Args:
        control: Where it is asked for.

    Example:
        >>> aiaas_mock.requests.verify({"operation": "images.classify"}, at_least=2)
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def unmatched(self) -> list[dict[str, Any]]:
        """Return the requests that no operation fits, with the nearest one."""
        return list(self._control.ask("GET", "requests/unmatched")["data"])

    def list(self, **filters: str | int) -> list[dict[str, Any]]:
        """Return the requests in order; ``operation=`` or ``status=`` choose among them."""
        entries: list[dict[str, Any]] = []
        query: dict[str, Any] = dict(filters)
        while True:
            page = self._control.ask("GET", "requests", query=query)
            entries += page["data"]
            if not page.get("has_more"):
                return entries
            query["cursor"] = page["next_cursor"]

    def verify(
        self,
        match: Mapping[str, object] | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        sequence: Sequence[Mapping[str, object]] | None = None,
    ) -> None:
        """Fail unless there were such requests.

        Args:
            match: What they have.
            times: Exactly how many there were.
            at_least: How many there were at least; one when nothing else is said.
            at_most: How many there were at most.
            sequence: What requests one after the other have, instead of `match`.

        Raises:
            AssertionError: There were not; the message has the nearest differences.
            MockControlError: The question is not one.
        """
        __tracebackhide__ = True
        counted = {"at_least": at_least, "at_most": at_most, "exactly": times}
        wanted = {name: count for name, count in counted.items() if count is not None}
        asked = {
            "match": None if match is None else dict(match),
            "times": wanted or None,
            "sequence": None if sequence is None else [dict(one) for one in sequence],
        }
        body = {name: value for name, value in asked.items() if value is not None}
        try:
            self._control.ask("POST", "requests/verify", body)
        except MockControlError as refusal:
            if refusal.status != 406:
                raise
            raise AssertionError(refusal.problem["message"]) from None

    def clear(self) -> None:
        """Forget all requests."""
        self._control.ask("DELETE", "requests")


class MockOverrides:
    """Answers that a namespace gives instead of its own.

    Args:
        control: Where they are kept.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        operation: str,
        body: Mapping[str, object] | None = None,
        *,
        merge: Mapping[str, object] | None = None,
        status: int | None = None,
        match: Mapping[str, object] | None = None,
        times: int | None = None,
        unchecked: bool = False,
    ) -> str:
        """Have an operation answer this, and return the id of the override.

        Args:
            operation: The operation.
            body: The whole answer.
            merge: What changes in the real answer, instead of `body`: a merge patch (RFC 7396), in
                which a name that begins with ``/`` is a JSON pointer.
            status: Status of `body`.
            match: What else such requests have, for instance ``{"body": {"model": "clothing"}}``.
            times: How often; without end when omitted.
            unchecked: Take an answer that breaks the contract.

        Raises:
            MockControlError: It breaks the contract.
        """
        respond = {"body": body, "merge": merge, "status": status}
        override = {
            "match": {**(match or {}), "operation": operation},
            "respond": {name: value for name, value in respond.items() if value is not None},
            "times": times,
            "unchecked": unchecked,
        }
        return str(self._control.ask("POST", "overrides", override)["id"])

    def list(self) -> list[dict[str, Any]]:
        """Return all overrides."""
        return list(self._control.ask("GET", "overrides")["data"])

    def clear(self) -> None:
        """Forget all overrides."""
        self._control.ask("DELETE", "overrides")
