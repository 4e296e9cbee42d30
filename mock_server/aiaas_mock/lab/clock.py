"""The clock of a namespace: it may stand still, jump ahead and run on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from aiaas_mock.context import Clock

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(3000, 1, 1, tzinfo=UTC)
"""No clock goes beyond, so that what is added to a time never leaves the calendar."""

_NONE: Final = timedelta(0)


class BeyondTime(Exception):
    """The clock would show a time before `FIRST` or after `LAST`."""


class SteeredClock:
    """Shows the machine's time until it is steered.

    Args:
        machine: Gives the time of the machine.
    """

    __slots__ = ("_frozen", "_machine", "_offset")

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._offset = _NONE
        self._frozen: datetime | None = None

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    @property
    def ahead_s(self) -> float:
        """Seconds that it is ahead of the machine's clock."""
        return (self.now() - self._machine()).total_seconds()

    def now(self) -> datetime:
        """Return the time, in UTC."""
        if self._frozen is not None:
            return self._frozen
        return self._machine() + self._offset

    def freeze(self, instant: datetime | None = None) -> None:
        """Stand still, at once or at an instant.

        Raises:
            BeyondTime: The instant is out of bounds.
        """
        self._frozen = self.now() if instant is None else _within(instant.astimezone(UTC))

    def advance(self, by: timedelta) -> None:
        """Jump ahead; a clock that stands still stands still there.

        Raises:
            BeyondTime: The new time is out of bounds.
        """
        ahead = _within(self.now() + by)
        if self._frozen is not None:
            self._frozen = ahead
        else:
            self._offset += by

    def resume(self) -> None:
        """Run on from where it stands."""
        if self._frozen is not None:
            self._offset = self._frozen - self._machine()
            self._frozen = None

    def reset(self) -> None:
        """Show the machine's time."""
        self._offset, self._frozen = _NONE, None

    def copy(self) -> tuple[timedelta, datetime | None]:
        """Return how it is steered."""
        return self._offset, self._frozen

    def restore(self, copied: tuple[timedelta, datetime | None]) -> None:
        """Be steered as when `copied` was made."""
        self._offset, self._frozen = copied


def _within(instant: datetime) -> datetime:
    if not FIRST <= instant <= LAST:
        raise BeyondTime
    return instant
