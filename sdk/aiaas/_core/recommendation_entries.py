"""Items, users and events on their way in: checked one by one, written once, counted together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast

from aiaas._core.bulk import Chunk, place_error
from aiaas._core.failures import failure_of
from aiaas._core.recommendation_types import CreatedEvents, Item, UpsertedItems, UpsertedUsers
from aiaas._core.requests import Outgoing, said_of
from aiaas._core.responses import RawResponse, invalid, parse
from aiaas._core.results import Origin, attach
from aiaas.contract._findings import Finding, findings, pointer
from aiaas.contract.answers import ItemError
from aiaas.contract.problems import problem
from aiaas.contract.recommendations import events, items, users
from aiaas.contract.recommendations._common import MAX_BATCH

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from aiaas._core.options import CallOptions
    from aiaas.contract._operation import Operation

AnswerT = TypeVar("AnswerT", CreatedEvents, UpsertedItems, UpsertedUsers)

MAX_ENTRIES: Final = MAX_BATCH
"""Most entries of one request."""

_LONGEST_PREFIX: Final = 48
"""Of ids that the client makes: the position follows, and 64 characters are allowed."""


class Entry(NamedTuple):
    """An item, a user or an event as it will travel.

    Attributes:
        position: Where it is among all that were given.
        content: Its JSON.
    """

    position: int
    content: bytes


@dataclass(frozen=True, slots=True)
class EntryCall(Generic[AnswerT]):
    """An operation that takes a list of entries, and answers how many were new.

    Attributes:
        operation: The row of the operation table.
        field: The field of the request that has the list.
        entry: The model of an entry.
        answer: The model of the answer.
        known: The field of the answer that counts entries which were there before.
    """

    operation: Operation[Any, Any]
    field: str
    entry: type[BaseModel]
    answer: type[AnswerT]
    known: str

    def write(self, given: object, index: int) -> Entry | ItemError:
        """Write an entry, or say what is wrong with it.

        Raises:
            TypeError: It is none.
        """
        try:
            entry = self._checked(given)
        except ValueError as error:
            return self._refused(index, cast("ValidationError", error))
        return Entry(index, entry.model_dump_json(exclude_none=True).encode())

    def request(self, chunk: Chunk[Entry]) -> Outgoing:
        """Make the request for entries that are written already."""
        written = b",".join(entry.content for entry in chunk.inputs)
        return Outgoing(
            operation=self.operation,
            path=self.operation.path,
            content=b'{"%b":[%b]}' % (self.field.encode(), written),
            content_type="application/json",
        )

    def outcome(self, response: RawResponse, chunk: Chunk[Entry]) -> Outcome:
        """Take an answer apart.

        Raises:
            ResponseValidationError: It names an entry that was not sent.
        """
        answer = parse(self.operation, response, self.answer)
        errors = []
        for error in answer.errors:
            if not 0 <= error.index < len(chunk.inputs):
                reason = f"index {error.index} of {len(chunk.inputs)} {self.field}"
                raise invalid(self.operation, response, reason, "errors")
            index = chunk.inputs[error.index].position
            errors.append(place_error(error, index, field=self.field))
        known: int = getattr(answer, self.known)
        return Outcome(len(chunk.inputs), answer.created, known, errors, Origin(response.headers))

    def summed(self, totals: Totals) -> AnswerT:
        """Make one answer of many."""
        answer = self.answer.model_validate(
            {
                "created": totals.created,
                self.known: totals.known,
                "failed": totals.failed,
                "errors": totals.errors,
            }
        )
        if totals.origin is not None:
            attach(answer, totals.origin)
        return answer

    def _checked(self, given: object) -> BaseModel:
        if isinstance(given, self.entry):
            return given
        if isinstance(given, Mapping):
            # Not strict: the time of an event may be a text, as it is in JSON and in files.
            return self.entry.model_validate(dict(given), strict=False)
        if isinstance(given, Item) and self.entry is items.NewItem:
            return _sent_again(given)
        wanted = self.entry.__name__
        raise TypeError(f"pass {wanted} or a mapping of its fields; got {type(given).__qualname__}")

    def _refused(self, index: int, error: ValidationError) -> ItemError:
        first: Finding = findings(error, self.entry)[0]
        param = pointer((self.field, index, *first.place))
        detail = said_of(first, {})
        return ItemError(index=index, error=problem("invalid_request", detail, param=param))


ITEMS: Final = EntryCall(items.UPSERT, "items", items.NewItem, UpsertedItems, "updated")
USERS: Final = EntryCall(users.UPSERT, "users", users.NewUser, UpsertedUsers, "updated")
EVENTS: Final = EntryCall(events.CREATE, "events", events.NewEvent, CreatedEvents, "duplicates")


@dataclass(slots=True)
class Outcome:
    """What became of the entries of one request; its length is their number."""

    sent: int
    created: int
    known: int
    errors: list[ItemError]
    origin: Origin

    def __len__(self) -> int:
        return self.sent


@dataclass(slots=True)
class Totals:
    """What became of all entries.

    Attributes:
        max_errors: How many errors are kept; all are counted.
        raising: Whether the first error is raised instead.
        created: Number of entries that are new.
        known: Number of entries that were there before.
        failed: Number of entries that were refused.
        unsent: How many of those were not even sent.
        requests: Number of requests.
        origin: The answer, if there was only one.
    """

    max_errors: int
    raising: bool = False
    created: int = 0
    known: int = 0
    failed: int = 0
    unsent: int = 0
    requests: int = 0
    origin: Origin | None = None
    _errors: list[ItemError] = field(default_factory=list)
    # Entries are read by one thread while others send those before.
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        if self.max_errors < 0:
            raise ValueError(f"max_errors must be at least 0; got {self.max_errors}")

    @property
    def errors(self) -> tuple[ItemError, ...]:
        """The errors that were kept, in the order of the entries."""
        return tuple(sorted(self._errors, key=lambda error: error.index))

    def check(self, errors: Iterable[ItemError]) -> None:
        """Raise the first error, if errors are to be raised.

        Raises:
            APIStatusError: There is one.
        """
        for error in errors if self.raising else ():
            raise failure_of(error.error, index=error.index)

    def add(self, outcome: Outcome) -> None:
        """Count the entries of a request."""
        with self._lock:
            self.created += outcome.created
            self.known += outcome.known
            self.requests += 1
            self.origin = outcome.origin if self.requests == 1 else None
            self._keep(outcome.errors)
        # The outcomes of all requests are kept until the last is there; their errors need not be.
        outcome.errors = []

    def refuse(self, error: ItemError) -> None:
        """Count an entry that was not sent.

        Raises:
            APIStatusError: Errors are to be raised.
        """
        self.check([error])
        with self._lock:
            self.unsent += 1
            self._keep([error])

    def _keep(self, errors: list[ItemError]) -> None:
        self.failed += len(errors)
        self._errors += errors[: self.max_errors - len(self._errors)]


def entries_of(given: object) -> Iterable[object]:
    """Return the entries, whether one was given or several.

    Raises:
        TypeError: It is neither.
    """
    from pydantic import BaseModel

    if isinstance(given, Mapping | BaseModel):
        return (given,)
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | bytearray):
        return given
    kind = type(given).__qualname__
    raise TypeError(f"pass a mapping of its fields, or a list of such mappings; got {kind}")


def with_ids(given: Iterable[object], prefix: str) -> Iterator[object]:
    """Give ids to events that have none, so that an event that is sent twice counts once."""
    for position, event in enumerate(given):
        made = f"{prefix[:_LONGEST_PREFIX]}-{position}"
        if isinstance(event, events.NewEvent):
            yield event if event.id else event.model_copy(update={"id": made})
        elif isinstance(event, Mapping) and not event.get("id"):
            yield {**event, "id": made}
        else:
            yield event


def options_of(chunk: Chunk[Entry], options: CallOptions) -> CallOptions:
    """Return the options for one of many requests: each is a logical call of its own."""
    key = options.get("idempotency_key")
    if key is None or chunk.start == 0:
        return options
    return {**options, "idempotency_key": f"{key}-{chunk.start}"}


def _sent_again(item: Item) -> items.NewItem:
    return items.NewItem.model_validate(
        item.model_dump(include={"id", "title", "metadata", "available"}), strict=False
    )
