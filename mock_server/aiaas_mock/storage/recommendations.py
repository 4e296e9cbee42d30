"""What the store keeps for recommendations: values, and the tables that keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

MetadataValue = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item of a catalogue.

    Attributes:
        id: Its id, the namespace's own.
        title: What it is called.
        metadata: Values by field.
        available: Whether it may be recommended.
        vector: L2-normalised embedding of its title, packed little-endian float32; None when it
            has no title or the deployment has no model for it.
        updated_at: When it was sent last.
    """

    id: str
    title: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    available: bool = True
    vector: bytes | None = None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUser:
    """What is known of a user beside the events."""

    id: str
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """Something that a user did with an item.

    Attributes:
        id: Its id, once in a namespace.
        type: What was done.
        user: Who did it.
        item: With which item.
        value: How much or how well.
        time: When.
        recommendation_id: The answer that the user saw the item in.
        model: The model that made that answer.
        group: The group of the experiment that the user was in then.
    """

    id: str
    type: str
    user: str
    item: str
    value: float | None = None
    time: datetime
    recommendation_id: str | None = None
    model: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An event, as far as recommending needs it."""

    item: str
    type: str
    value: float | None
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChange:
    """What happened to an item since a revision: it is as given, or gone."""

    item_id: str
    item: StoredItem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """A trained model without its files.

    Attributes:
        id: ``name@version``.
        family: The kind of model.
        created_at: When it was trained.
        job: The job that trained it.
        events: Number of events that it was trained from.
        items: Number of items that it knows.
        report: What training measured, as JSON.
        decision: Why it was promoted or not.
    """

    id: str
    family: str
    created_at: datetime
    job: str
    events: int
    items: int
    report: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExperiment:
    """Models that are tried against each other: groups as (name, model, share)."""

    name: str
    groups: tuple[tuple[str, str, float], ...]
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedCount:
    """Answers that a model gave to a group on a day (UTC, days since 1970)."""

    model: str
    group: str | None
    day: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the answers of a model in a group.

    Attributes:
        model: The model.
        group: The group, None outside of experiments.
        type: Type of event.
        answers: Number of different answers that such events named.
        value: Sum of the events' values.
    """

    model: str
    group: str | None
    type: str
    answers: int
    value: float


class ItemTable(Protocol):
    """Catalogues. Every change of an item gives it the next revision of its namespace."""

    def upsert(self, namespace: str, items: Sequence[StoredItem]) -> int:
        """Add items or replace them, and return how many are new."""
        ...

    def get(self, namespace: str, item_id: str) -> StoredItem | None:
        """Return an item."""
        ...

    def known(self, namespace: str, item_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the ids that are items."""
        ...

    def list(self, namespace: str, *, after: str | None, limit: int) -> Sequence[StoredItem]:
        """Return items in the order of their ids, only those after `after`."""
        ...

    def delete(self, namespace: str, item_id: str) -> bool:
        """Delete an item and say whether it was there."""
        ...

    def count(self, namespace: str) -> int:
        """Return the number of items."""
        ...

    def revision(self, namespace: str) -> int:
        """Return the revision of the last change, 0 before the first.

        Whoever follows the changes asks for it before them: what changes in between comes again.
        """
        ...

    def changes(self, namespace: str, *, since: int) -> Iterator[CatalogueChange]:
        """Yield what changed after a revision; everything after 0."""
        ...

    def fields(self, namespace: str) -> Mapping[str, str]:
        """Return the type of every field of metadata: bool, number, text or texts."""
        ...

    def declare(self, namespace: str, fields: Mapping[str, str]) -> None:
        """Fix the types of fields that are new; those that are there stay as they are."""
        ...


class UserTable(Protocol):
    """What is known of users beside their events."""

    def upsert(self, namespace: str, users: Sequence[StoredUser]) -> int:
        """Add users or replace them, and return how many are new."""
        ...

    def get(self, namespace: str, user_id: str) -> StoredUser | None:
        """Return a user."""
        ...

    def delete(self, namespace: str, user_id: str) -> bool:
        """Delete what is known of a user and say whether there was something."""
        ...


class EventTable(Protocol):
    """Events."""

    def add(self, namespace: str, events: Sequence[StoredEvent]) -> Sequence[bool]:
        """Keep events; tell for each whether it is new (False: its id was there already)."""
        ...

    def list(
        self,
        namespace: str,
        *,
        user: str | None,
        item: str | None,
        type: str | None,
        before: int | None,
        limit: int,
    ) -> Sequence[tuple[int, StoredEvent]]:
        """Return the last that arrived with their places; only those at places under `before`."""
        ...

    def of_user(self, namespace: str, user_id: str, *, limit: int) -> Sequence[Act]:
        """Return the newest acts of a user by their time, the newest first."""
        ...

    def users_by_item(
        self, namespace: str, *, since: datetime | None, until: datetime | None, type: str | None
    ) -> Mapping[str, int]:
        """Return the number of different users per item: one user counts once."""
        ...

    def users_of(
        self, namespace: str, item_ids: Sequence[str], *, limit: int
    ) -> Sequence[tuple[str, str]]:
        """Return different pairs of user and item, for these items, the newest first."""
        ...

    def last_place(self, namespace: str) -> int:
        """Return the place of the last event, 0 when there is none."""
        ...

    def count(self, namespace: str) -> int:
        """Return the number of events."""
        ...

    def batches(
        self, namespace: str, *, types: Sequence[str] | None, after: int, limit: int
    ) -> Sequence[tuple[int, StoredEvent]]:
        """Return events in the order of their arrival, after a place."""
        ...

    def erase_user(self, namespace: str, user_id: str) -> int:
        """Delete all events of a user and return their number."""
        ...

    def outcomes(self, namespace: str, *, since: datetime | None) -> Sequence[Outcome]:
        """Return what became of answers, by model, group and type of event."""
        ...


class RecommenderTable(Protocol):
    """Trained models of a namespace, which of them answers, and experiments."""

    def add(self, namespace: str, model: StoredModel, archive: bytes) -> None:
        """Keep a model with its files in one archive."""
        ...

    def get(self, namespace: str, model_id: str) -> StoredModel | None:
        """Return a model."""
        ...

    def newest(self, namespace: str, name: str) -> StoredModel | None:
        """Return the newest version of a model."""
        ...

    def list(
        self, namespace: str, *, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredModel]]:
        """Return the newest models with their places; only those at places under `before`."""
        ...

    def archive(self, namespace: str, model_id: str) -> bytes | None:
        """Return the files of a model."""
        ...

    def delete(self, namespace: str, model_id: str) -> bool:
        """Delete a model that does not answer and say whether it was there."""
        ...

    def promote(self, namespace: str, model_id: str, *, now: datetime) -> None:
        """Let a model answer from now on; ids of built-in models are taken too."""
        ...

    def promoted(self, namespace: str) -> str | None:
        """Return the id of the model that answers; None when none was ever promoted."""
        ...

    def roll_back(self, namespace: str) -> str | None:
        """Undo the last promotion and return the id of the model that answers now; None when
        there is none before it."""
        ...

    def experiment(self, namespace: str) -> StoredExperiment | None:
        """Return the experiment that runs."""
        ...

    def set_experiment(self, namespace: str, experiment: StoredExperiment | None) -> None:
        """Set the experiment that runs, or end it."""
        ...

    def add_served(self, namespace: str, counts: Sequence[ServedCount]) -> None:
        """Add to the counts of answers."""
        ...

    def served(self, namespace: str, *, since_day: int | None) -> Sequence[ServedCount]:
        """Return the counts of answers by model and group, days added up (`day` is the first)."""
        ...
