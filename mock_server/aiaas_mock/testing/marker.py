"""The marker ``aiaas``: what a test wants of its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest

NAME: Final = "aiaas"
USAGE: Final = (
    f"{NAME}(seed=None, frozen=None, faults=(), strict=False): what a test wants of its namespace "
    "of the mock cloud: the seed of what is drawn, the instant at which the clock stands, rules "
    "of faults, and whether requests that no operation fits fail the test."
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a test wants of its namespace.

    Attributes:
        seed: Root seed of everything that is drawn.
        frozen: Instant at which the clock stands, with its time zone.
        faults: Rules of what goes wrong, as the control plane has them.
        strict: Whether requests that no operation fits fail the test.
    """

    seed: int | None = None
    frozen: datetime | None = None
    faults: tuple[Mapping[str, object], ...] = ()
    strict: bool = False


def wishes_of(item: pytest.Item) -> Wishes:
    """Read the markers of a test: those of the function come before those of its class.

    Raises:
        pytest.UsageError: One of them makes no sense.
    """
    given: dict[str, Any] = {}
    for mark in item.iter_markers(NAME):
        if mark.args:
            raise _wrong(item, f"its arguments are named; got {mark.args[0]!r}")
        given = {**mark.kwargs, **given}
    known = tuple(Wishes.__dataclass_fields__)
    for name in given:
        if name not in known:
            raise _wrong(item, f"there is no {name!r}; there are {', '.join(known)}")
    try:
        return Wishes(**{name: _READERS[name](value) for name, value in given.items()})
    except ValueError as error:
        raise _wrong(item, str(error)) from None


def _seed(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError(f"'seed' is a whole number from 0; got {value!r}")


def _frozen(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = "no instant"
    if read is None or (isinstance(read, datetime) and read.tzinfo is not None):
        return read
    raise ValueError(
        f"'frozen' is an instant with its time zone, such as '2026-03-01T12:00:00Z'; got {value!r}"
    )


def _faults(value: object) -> tuple[Mapping[str, object], ...]:
    rules = tuple(value) if isinstance(value, list | tuple) else (value,)
    for rule in rules:
        if not isinstance(rule, Mapping) or "fault" not in rule:
            raise ValueError(
                "'faults' is a list of rules such as "
                f"{{'fault': {{'kind': 'status', 'status': 503}}, 'times': 2}}; got {rule!r}"
            )
    return rules


def _strict(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"'strict' is True or False; got {value!r}")


_READERS: Final[Mapping[str, Any]] = {
    "seed": _seed,
    "frozen": _frozen,
    "faults": _faults,
    "strict": _strict,
}


def _wrong(item: pytest.Item, reason: str) -> pytest.UsageError:
    return pytest.UsageError(f"{item.nodeid}: the marker '{NAME}': {reason}")
