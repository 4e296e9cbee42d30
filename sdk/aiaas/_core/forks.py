"""Telling objects that they are in a forked child process, before anything else happens there."""

from __future__ import annotations

import os
import weakref
from typing import Final, Protocol


class Forkable(Protocol):
    """What must not go on in a child process as it was: connections, locks, counts of threads."""

    def after_fork(self) -> None:
        """Begin anew; called in the child, where only one thread is."""
        ...


_watched: Final[weakref.WeakSet[Forkable]] = weakref.WeakSet()


def watch(thing: Forkable) -> None:
    """Call `after_fork` of `thing` in every child process, for as long as it is alive."""
    _watched.add(thing)


def _tell() -> None:
    for thing in list(_watched):
        thing.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_tell)
