"""What all tables are made of: columns of text, counters, and moments as numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Dialect, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

metadata: Final = MetaData()


class Words(TypeDecorator[str]):
    """Text that is the same in every database.

    It is ordered by code points: PostgreSQL would order it as the machine's language does. And
    PostgreSQL has no place for U+0000, which a caller may put in any id that is asked for.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type for a kind of database."""
        collation = "C" if dialect.name == "postgresql" else None
        length = self.impl_instance.length  # type: ignore[attr-defined]  # of String
        return dialect.type_descriptor(String(length, collation=collation))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what is done to a value on its way in: nothing where nothing is needed."""
        return _without_nul if dialect.name == "postgresql" else None


def place() -> Column[int]:
    """Return a counter of rows: clocks give equal times, so that they cannot order them."""
    # BigInteger would not count up in SQLite.
    return Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def to_us(moment: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the moment, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def maybe_to_us(moment: datetime | None) -> int | None:
    """Return microseconds since 1970, or None."""
    return None if moment is None else to_us(moment)


def maybe_from_us(microseconds: int | None) -> datetime | None:
    """Return the moment, or None."""
    return None if microseconds is None else from_us(microseconds)


def _without_nul(value: Any) -> Any:
    return value.replace("\0", _REPLACEMENT) if isinstance(value, str) and "\0" in value else value
