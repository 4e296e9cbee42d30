"""The overrides of a namespace: which one answers a request?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiaas_mock.errors import ApiError
from aiaas_mock.lab.contract.overrides import Override
from aiaas_mock.lab.matching import Subject, differences
from aiaas_mock.lab.overrides.checking import check

MOST_OVERRIDES: Final = 100


@dataclass(slots=True)
class ActiveOverride:
    """An override and how many requests got its answer."""

    id: str
    override: Override
    used: int = 0


class Overrides:
    """The overrides of one namespace, a `Part` of it.

    Attributes:
        all: The overrides by id, in the order they are tried; empty for none.
    """

    __slots__ = ("_made", "all")

    def __init__(self) -> None:
        self._made = 0
        self.all: dict[str, ActiveOverride] = {}

    def add(self, override: Override) -> ActiveOverride:
        """Take in an override, with nothing counted.

        Raises:
            ApiError: There are too many, or its operation does not answer like this.
        """
        check(override)
        override_id = override.id or self._new_id()
        if override_id not in self.all and len(self.all) >= MOST_OVERRIDES:
            raise ApiError(
                "invalid_request", f"A namespace has at most {MOST_OVERRIDES} overrides."
            )
        active = self.all[override_id] = ActiveOverride(override_id, override)
        return active

    def _new_id(self) -> str:
        """Return an id that no override has: a counter, so that it is the same again."""
        while True:
            self._made += 1
            if (override_id := f"override_{self._made}") not in self.all:
                return override_id

    def get(self, override_id: str) -> ActiveOverride:
        """Return an override.

        Raises:
            ApiError: There is none with this id.
        """
        found = self.all.get(override_id)
        if found is None:
            raise ApiError("not_found", f"There is no override {override_id!r}.", param="/override")
        return found

    def remove(self, override_id: str) -> None:
        """Forget an override.

        Raises:
            ApiError: There is none with this id.
        """
        self.get(override_id)
        del self.all[override_id]

    def choose(self, subject: Subject, *, succeeded: bool) -> ActiveOverride | None:
        """Return what answers a request, and count it.

        Args:
            subject: The request.
            succeeded: Whether the real answer is a success, which can be merged with.
        """
        for active in self.all.values():
            override = active.override
            if override.times is not None and active.used >= override.times:
                continue
            if override.respond.merge is not None and not succeeded:
                continue
            if not any(differences(override.match, subject)):
                active.used += 1
                return active
        return None

    def reset(self) -> None:
        """Forget all overrides."""
        self.all = {}

    def copy(self) -> tuple[tuple[str, Override, int], ...]:
        """Return all overrides and what was counted."""
        return tuple((one.id, one.override, one.used) for one in self.all.values())

    def restore(self, copied: tuple[tuple[str, Override, int], ...]) -> None:
        """Have these overrides, and no others."""
        self.all = {found[0]: ActiveOverride(*found) for found in copied}
