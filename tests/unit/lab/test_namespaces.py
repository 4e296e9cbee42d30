"""The registry of namespaces: made, evicted, dropped."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.lab.namespace import MOST_SNAPSHOTS, Blueprint, Namespace, Snapshot
from aiaas_mock.lab.namespaces import Namespaces

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BLUEPRINT = Blueprint(machine=lambda: NOON, parts={})


class Erased(list[str]):
    """Notes whose rows were deleted."""

    async def __call__(self, name: str) -> None:
        self.append(name)


@pytest.fixture
def erased() -> Erased:
    return Erased()


@pytest.fixture
def make(erased: Erased) -> Callable[..., Namespaces]:
    def make(*, most: int = 2, **options: object) -> Namespaces:
        return Namespaces(BLUEPRINT, erased, most=most, **options)  # type: ignore[arg-type]

    return make


def names(spaces: Namespaces) -> list[str]:
    return [space.name for space in spaces]


async def test_a_namespace_is_made_once(make: Callable[..., Namespaces]) -> None:
    spaces = make()
    assert spaces.find("a") is None
    assert await spaces.make("a") is await spaces.make("a") is spaces.get("a")


async def test_the_least_recently_used_gives_way(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make()
    for name in ("a", "b"):
        await spaces.make(name)
    spaces.find("a")
    await spaces.make("c")
    assert (names(spaces), erased) == (["a", "c"], ["b"])


async def test_one_that_is_visited_does_not_give_way(make: Callable[..., Namespaces]) -> None:
    spaces = make()
    await spaces.enter("a")
    await spaces.make("b")
    await spaces.make("c")
    assert names(spaces) == ["a", "c"]


async def test_when_all_are_visited_there_is_no_room(make: Callable[..., Namespaces]) -> None:
    spaces = make(most=1)
    await spaces.enter("a")
    with pytest.raises(ApiError, match="overloaded"):
        await spaces.enter("b")


async def test_one_is_visited_before_the_rows_of_another_are_gone(
    make: Callable[..., Namespaces],
) -> None:
    spaces = make(most=1)
    await spaces.make("a")
    entering = asyncio.create_task(spaces.enter("b"))
    await asyncio.sleep(0)
    with pytest.raises(ApiError, match="overloaded"):
        await spaces.enter("c")
    assert (await entering).visits == 1


async def test_those_with_registered_keys_stay(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make(most=1, staying=["shop"])
    for name in ("shop", "default", "a", "b"):
        await spaces.make(name)
    assert names(spaces) == ["shop", "default", "b"]
    for name in ("shop", "default"):
        with pytest.raises(ApiError, match="stays"):
            await spaces.drop(name)
    assert erased == ["a"]


async def test_one_that_is_dropped_is_erased(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make()
    await spaces.make("a")
    await spaces.drop("a")
    assert (names(spaces), erased) == ([], ["a"])
    with pytest.raises(ApiError, match="no namespace 'a'"):
        await spaces.drop("a")


async def test_one_is_dropped_when_its_last_visit_is_over(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make()
    space = await spaces.enter("a")
    await spaces.enter("a")
    dropping = asyncio.create_task(spaces.drop("a"))
    await asyncio.sleep(0)
    space.leave()
    await asyncio.sleep(0)
    assert erased == []
    space.leave()
    await dropping
    assert erased == ["a"]


async def test_one_that_two_drop_is_dropped_once(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make()
    space = await spaces.enter("a")
    dropping = [asyncio.create_task(spaces.drop("a")) for _ in range(2)]
    await asyncio.sleep(0)
    space.leave()
    await asyncio.gather(*dropping)
    assert erased == ["a"]


async def test_one_that_stays_busy_is_not_dropped(
    make: Callable[..., Namespaces], erased: Erased
) -> None:
    spaces = make(drop_wait_s=0.01)
    await spaces.enter("a")
    with pytest.raises(ApiError, match="still under way"):
        await spaces.drop("a")
    assert (names(spaces), erased) == (["a"], [])


def test_the_oldest_of_too_many_snapshots_gives_way() -> None:
    space = Namespace("a", BLUEPRINT)
    for number in range(MOST_SNAPSHOTS + 1):
        space.keep(f"snap_{number}", Snapshot.of({}, {"journal": ()}, made_at=NOON))
    assert len(space.snapshots) == MOST_SNAPSHOTS
    assert "snap_0" not in space.snapshots


def test_a_namespace_has_the_further_parts_of_its_blueprint() -> None:
    class Notes:
        def __init__(self, space: Namespace) -> None:
            self.notes = [space.name]

        def reset(self) -> None:
            self.notes.clear()

        def copy(self) -> tuple[str, ...]:
            return tuple(self.notes)

        def restore(self, copied: tuple[str, ...]) -> None:
            self.notes[:] = copied

    space = Namespace("a", Blueprint(machine=lambda: NOON, parts={"notes": Notes}))
    copied = space.copy()
    space.parts["notes"].reset()
    assert space.copy()["notes"] == ()
    space.restore(copied)
    assert space.copy()["notes"] == ("a",)


async def test_who_cannot_enter_does_not_keep_a_namespace_busy() -> None:
    async def fail(name: str) -> None:
        raise OSError(name)

    spaces = Namespaces(BLUEPRINT, fail, most=1)
    await spaces.make("a")
    with pytest.raises(OSError, match="a"):
        await spaces.enter("b")
    assert spaces.get("b").visits == 0
