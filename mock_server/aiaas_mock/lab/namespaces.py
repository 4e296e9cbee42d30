"""The namespaces of a deployment: made on first use, the idle ones evicted when there are many."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Final

from aiaas_mock.context import DEFAULT_NAMESPACE, Clock
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.namespace import Blueprint, Namespace

_DROP_WAIT_S: Final = 5.0

Erase = Callable[[str], Awaitable[None]]
"""Deletes all rows of a namespace."""


class Namespaces:
    """Finds, makes and drops namespaces.

    Args:
        blueprint: What they are made with.
        erase: Deletes the rows of one.
        most: How many there may be beside those that stay.
        staying: Those that are never dropped: somebody was given a key of theirs.
        drop_wait_s: Seconds that one is given to become idle before it is dropped.

    Attributes:
        nowhere: Where requests are that name none of those there are, until they are admitted.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        erase: Erase,
        *,
        most: int,
        staying: Collection[str] = (),
        drop_wait_s: float = _DROP_WAIT_S,
    ) -> None:
        self._blueprint = blueprint
        self._erase = erase
        self._most = most
        self._staying = frozenset(staying) | {DEFAULT_NAMESPACE}
        self._drop_wait_s = drop_wait_s
        self._settled: dict[str, Namespace] = {}
        self._made: OrderedDict[str, Namespace] = OrderedDict()
        self.nowhere = Namespace("", blueprint)

    def __iter__(self) -> Iterator[Namespace]:
        """Yield those there are, the least recently used first after those that stay."""
        yield from list(self._settled.values())
        yield from list(self._made.values())

    @property
    def most(self) -> int:
        """How many there may be beside those that stay."""
        return self._most

    @property
    def machine(self) -> Clock:
        """Gives the time of the machine."""
        return self._blueprint.machine

    def stays(self, name: str) -> bool:
        """Say whether a namespace is never dropped."""
        return name in self._staying

    def find(self, name: str) -> Namespace | None:
        """Return a namespace if it is there; it counts as used."""
        found = self._made.get(name)
        if found is None:
            return self._settled.get(name)
        self._made.move_to_end(name)
        return found

    def settled(self, name: str) -> Namespace | None:
        """Return a namespace if it is there or stays; those that stay are made now."""
        if name in self._staying and name not in self._settled:
            self._settled[name] = Namespace(name, self._blueprint)
        return self.find(name)

    def get(self, name: str) -> Namespace:
        """Return a namespace that must be there.

        Raises:
            ApiError: It is not.
        """
        found = self.find(name)
        if found is None:
            raise ApiError("not_found", f"There is no namespace {name!r}.", param="/namespace")
        return found

    async def enter(self, name: str) -> Namespace:
        """Begin a visit of a namespace, which is made now if it is not there.

        Raises:
            ApiError: There are as many as there may be, and none is idle.
        """
        space, evicted = self.find(name), None
        if space is None:
            if name not in self._staying and len(self._made) >= self._most:
                evicted = self._pop_idle()
            space = Namespace(name, self._blueprint)
            (self._settled if name in self._staying else self._made)[name] = space
        space.visits += 1  # before anything yields: whoever is visited is not evicted
        if evicted is not None:
            try:
                await self._erase(evicted.name)
            except BaseException:
                space.leave()
                raise
        return space

    async def make(self, name: str) -> Namespace:
        """Return a namespace, made now if it is not there.

        Raises:
            ApiError: There are as many as there may be, and none is idle.
        """
        space = await self.enter(name)
        space.leave()
        return space

    async def drop(self, name: str) -> None:
        """Forget a namespace and delete its rows, as soon as no request is under way in it.

        Raises:
            ApiError: It is not there, stays, or is still busy after a moment.
        """
        space = self.get(name)
        if name in self._staying:
            raise ApiError(
                "invalid_request",
                f"The namespace {name!r} has keys of its own and stays; reset it instead.",
                param="/namespace",
            )
        space.faults.reset()  # or those that they hold up would stay
        try:
            async with asyncio.timeout(self._drop_wait_s):
                await space.until_idle()
        except TimeoutError:
            raise _busy(f"Requests are still under way in {name!r}.") from None
        if self._made.get(name) is not space:  # somebody else dropped it meanwhile
            return
        # From here to the store's queue nothing yields: whoever makes it anew comes after.
        del self._made[name]
        space.journal.reset()  # the room that it took is the others'
        await self._erase(name)

    def _pop_idle(self) -> Namespace:
        for name, space in self._made.items():
            if not space.visits:
                space.journal.reset()  # the room that it took is the others'
                return self._made.pop(name)
        raise _busy(f"There are {self._most} namespaces, and all have requests under way.")


def _busy(detail: str) -> ApiError:
    return ApiError("overloaded", detail, headers={"Retry-After": "1"})
