"""The settings of a training: what may be chosen, and what is when nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from aiaas_mock.zoo.errors import ZooError

Setting = str | int | float | bool
Report = Callable[[str, float], None]
"""Told what is done and which share of the training is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every training has.

    Attributes:
        half_life_visits: See `Recency`; 0 for no difference between old and new.
        floor: See `Recency`.
        seed: Of all that is drawn by chance.
    """

    half_life_visits: float = 0.5
    floor: float = 0.02
    seed: int = 7

    def kept(self) -> dict[str, Setting]:
        """Return the settings as a manifest keeps them."""
        return asdict(self)


SettingsT = TypeVar("SettingsT", bound=Settings)


def chosen(kind: type[SettingsT], given: Mapping[str, Setting]) -> SettingsT:
    """Return the settings of a family with those that are given.

    Raises:
        ZooError: There is no such setting, or it is of another type.
    """
    known = {field.name: field for field in fields(kind)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise ZooError("bad_settings", f"no setting {name!r}; there is {', '.join(known)}")
        wanted = type(known[name].default)
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            raise ZooError("bad_settings", f"setting {name!r} must be of type {wanted.__name__}")
        values[name] = value
    return kind(**values)
