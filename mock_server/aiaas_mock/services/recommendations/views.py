"""What is in memory of namespaces: their catalogues, and which models answer in them.

Requests are answered from here. Where this process alone changes the store, the services that do
so say what they changed, and nothing is read twice. Where others change it too, what was read
half a second ago is read again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import WeakValueDictionary

from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.popularity import Popularity, Seconds
from aiaas_mock.services.recommendations.profiles import SHARED_AGE_S, Profiles
from aiaas_mock.services.recommendations.titles import TitleVectors
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import (
    CatalogueChange,
    StoredEvent,
    StoredExperiment,
    StoredItem,
    StoredModel,
)

_MOST_NAMESPACES: Final = 256
_AT_A_TIME: Final = 500
"""Items that are taken in before others have their turn, and titles that are embedded at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which models answer in a namespace.

    Attributes:
        promoted: The id of the promoted one, None when none was ever promoted.
        experiment: The experiment that runs.
        found: Models that were asked for, by how they were called.
    """

    promoted: str | None
    experiment: StoredExperiment | None
    found: dict[str, StoredModel] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """What is in memory of a namespace.

    Attributes:
        namespace: Its name.
        catalogue: Its items.
        is_demo: Whether those are the demo's.
        standing: Which models answer.
        popularity: How many users its items have.
    """

    namespace: str
    catalogue: CatalogueView
    is_demo: bool
    standing: Standing
    popularity: Popularity
    last_event: int = 0
    read_at: float = 0.0
    spoils: int = 0
    """How often something changed."""
    spoils_seen: int = -1
    """How often it had when what is here was read."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the store says of a namespace."""

    standing: Standing
    last_event: int
    revision: int
    types: Mapping[str, str]
    changes: Sequence[CatalogueChange]
    catalogue: CatalogueView | None


class NamespaceViews:
    """The views of namespaces that were asked for lately.

    Args:
        store: Where everything is.
        demo: What namespaces without items show.
        titles: Embeds the titles of the demo.
        profiles: The users of all namespaces.
        clock: Tells how old something is.
        most: Most namespaces that are remembered.
        on_catalogue: Called when a catalogue came into memory, where it stays.
    """

    def __init__(
        self,
        store: Store,
        demo: DemoCatalogue,
        titles: TitleVectors,
        profiles: Profiles,
        *,
        clock: Seconds,
        most: int = _MOST_NAMESPACES,
        on_catalogue: Callable[[], object] = lambda: None,
    ) -> None:
        self._store = store
        self._demo = demo
        self._titles = titles
        self._profiles = profiles
        self._clock = clock
        self._most = most
        self._on_catalogue = on_catalogue
        self._views: OrderedDict[str, View] = OrderedDict()
        self._demo_view: CatalogueView | None = None
        self._demo_lock = asyncio.Lock()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def on_items(self, namespace: str) -> None:
        """Note that the items of a namespace have changed."""
        self._spoil(namespace)

    def on_models(self, namespace: str) -> None:
        """Note that other models answer in a namespace."""
        self._spoil(namespace)

    def on_users(self, namespace: str, users: Sequence[str]) -> None:
        """Note that something else is known of users, or nothing any longer."""
        self._profiles.forget(namespace, users)
        self._touch(namespace)

    def on_events(self, namespace: str, events: Sequence[StoredEvent]) -> None:
        """Note that there are new events."""
        if events:
            self._profiles.forget(namespace, list({event.user for event in events}))
            self._touch(namespace)

    def forget(self, namespace: str) -> None:
        """Note that nothing of a namespace is as it was."""
        view = self._views.pop(namespace, None)
        if view is not None:
            view.popularity.stop()
        self._profiles.forget_all(namespace)

    async def close(self) -> None:
        """Stop what counts in the background."""
        for view in self._views.values():
            await view.popularity.close()

    async def of(self, context: RequestContext) -> View:
        """Return the view of the request's namespace."""
        namespace = context.namespace
        view = self._views.get(namespace)
        if view is None or not self._is_good(view):
            lock = self._locks.setdefault(namespace, asyncio.Lock())
            async with lock:
                view = self._views.get(namespace)
                if view is None:
                    view = await self._made(context)
                elif not self._is_good(view):
                    view = await self._refreshed(view, context)
        if namespace in self._views:  # it may have been forgotten meanwhile
            self._views.move_to_end(namespace)
        return view

    def _is_good(self, view: View) -> bool:
        if view.spoils_seen != view.spoils:
            return False
        return not self._store.shared or self._clock() - view.read_at < SHARED_AGE_S

    def _spoil(self, namespace: str) -> None:
        view = self._views.get(namespace)
        if view is not None:
            view.spoils += 1

    def _touch(self, namespace: str) -> None:
        view = self._views.get(namespace)
        if view is not None:
            view.popularity.touch()

    async def _made(self, context: RequestContext) -> View:
        namespace = context.namespace
        view = View(
            namespace=namespace,
            catalogue=CatalogueView(),
            is_demo=False,
            standing=Standing(None, None),
            popularity=Popularity(self._store, namespace, clock=self._clock),
        )
        # Known from here on, so that what changes while it is read spoils it.
        self._views[namespace] = view
        try:
            view = await self._refreshed(view, context)
        except BaseException:
            self._views.pop(namespace, None)
            raise
        while len(self._views) > self._most:
            _, oldest = self._views.popitem(last=False)
            await oldest.popularity.close()
        return view

    async def _refreshed(self, view: View, context: RequestContext) -> View:
        spoils, read_at = view.spoils, self._clock()
        known = None if view.is_demo or not len(view.catalogue) else view.catalogue
        read = await self._store.run(lambda tx: _read(tx, view.namespace, known))
        catalogue = view.catalogue if read.catalogue is None else read.catalogue
        await _take_in(catalogue, read)
        if read.catalogue is not None and len(catalogue):
            self._on_catalogue()
        is_demo = not catalogue.live and bool(self._demo.items)
        if is_demo:
            catalogue = await self._demo_catalogue(context)
        if read.last_event != view.last_event:
            view.popularity.touch()
        # A new one: requests under way must not find themselves in another catalogue.
        fresh = replace(
            view,
            catalogue=catalogue,
            is_demo=is_demo,
            standing=read.standing,
            last_event=read.last_event,
            read_at=read_at,
            spoils_seen=spoils,
        )
        if self._views.get(view.namespace) is view:  # else it was forgotten while it was read
            self._views[view.namespace] = fresh
        return fresh

    async def _demo_catalogue(self, context: RequestContext) -> CatalogueView:
        """Return the demo's items, which all namespaces that show them share."""
        async with self._demo_lock:
            if self._demo_view is None:
                items: list[StoredItem] = []
                shown = list(self._demo.items.values())
                for start in range(0, len(shown), _AT_A_TIME):
                    some = shown[start : start + _AT_A_TIME]
                    vectors = await self._titles.of([item.title for item in some], context)
                    items += [
                        replace(item, vector=vector)
                        for item, vector in zip(some, vectors, strict=True)
                    ]
                self._demo_view = CatalogueView.of(items, self._demo.fields)
                self._on_catalogue()
            return self._demo_view


def _read(transaction: Transaction, namespace: str, known: CatalogueView | None) -> _Read:
    items, recommenders = transaction.items, transaction.recommenders
    revision, types = items.revision(namespace), items.fields(namespace)
    changes: Sequence[CatalogueChange] = ()
    made = None
    if known is None:
        # All at once and on this thread: it takes a second where there are 100,000 items.
        made = CatalogueView(types)
        for change in items.changes(namespace, since=0):
            made.apply(change)
    elif revision != known.revision:
        changes = list(items.changes(namespace, since=known.revision))
    return _Read(
        standing=Standing(recommenders.promoted(namespace), recommenders.experiment(namespace)),
        last_event=transaction.events.last_place(namespace),
        revision=revision,
        types=types,
        changes=changes,
        catalogue=made,
    )


async def _take_in(catalogue: CatalogueView, read: _Read) -> None:
    catalogue.declare(read.types)
    for index, change in enumerate(read.changes, 1):
        catalogue.apply(change)
        if index % _AT_A_TIME == 0:
            await asyncio.sleep(0)
    catalogue.revision = read.revision
