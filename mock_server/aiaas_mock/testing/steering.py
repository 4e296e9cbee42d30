"""What of a namespace can be steered: clock, limits, snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiaas_mock.testing.control import Control


class MockClock:
    """The clock of a namespace.

    Args:
        control: Where it is asked for.

    Example:
        >>> aiaas_mock.clock.freeze("2026-03-01T12:00:00Z")
        >>> aiaas_mock.clock.advance(3600)
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime:
        """The time in the namespace."""
        return _instant(self._control.ask("GET", "clock"))

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._control.ask("GET", "clock")["frozen"])

    def freeze(self, instant: datetime | str | None = None) -> datetime:
        """Stop it, at once or at an instant, and return what it shows."""
        return self._do("freeze", **({} if instant is None else {"instant": written(instant)}))

    def advance(self, by: float | timedelta) -> datetime:
        """Put it ahead, by seconds or a `timedelta`, and return what it shows."""
        return self._do("advance", by_s=by.total_seconds() if isinstance(by, timedelta) else by)

    def resume(self) -> datetime:
        """Let it run on from where it stands, and return what it shows."""
        return self._do("resume")

    def _do(self, action: str, **fields: object) -> datetime:
        return _instant(self._control.ask("PUT", "clock", {"action": action, **fields}))


class MockLimits:
    """The rate limit of a namespace, for all its keys together.

    Args:
        control: Where it is asked for.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None without a limit of the namespace."""
        left: int | None = self._control.ask("GET", "limits")["remaining"]
        return left

    def set(self, rpm: int, *, remaining: int | None = None) -> None:
        """Allow so many requests a minute, and so many of them now."""
        self._control.ask("PUT", "limits", {"rpm": rpm, "remaining": remaining})

    def clear(self) -> None:
        """Come back to the limit of the deployment."""
        self._control.ask("PUT", "limits", {"rpm": None})


@dataclass(frozen=True, slots=True)
class MockSnapshot:
    """A moment of a namespace.

    Attributes:
        id: ``snap_...``.
    """

    id: str
    _control: Control

    def restore(self) -> None:
        """Come back to it; as often as you like."""
        self._control.ask("POST", f"snapshots/{self.id}/restore")

    def drop(self) -> None:
        """Forget it."""
        self._control.ask("DELETE", f"snapshots/{self.id}")


def written(instant: datetime | str) -> str:
    """Return an instant as the wire has it.

    Raises:
        ValueError: It has no time zone.
    """
    read = instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)
    if read.tzinfo is None:
        raise ValueError(f"{instant!s} has no time zone; write {read.isoformat()}Z for UTC")
    return read.isoformat()


def _instant(clock: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(clock["now"])
