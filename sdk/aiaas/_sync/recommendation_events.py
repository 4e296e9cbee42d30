# Generated from aiaas/_async/recommendation_events.py by `make sync`; edit that file instead.
"""Recommendations: events, one by one or by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, overload

from aiaas._core.bulk import Progress, total_of
from aiaas._core.recommendation_entries import EVENTS, Totals, entries_of, with_ids
from aiaas._core.recommendation_types import CreatedEvents, Event, EventPage
from aiaas._core.requests import arguments
from aiaas._sync.paging import Paginator
from aiaas._sync.recommendation_calls import RecommendationCalls
from aiaas.contract.recommendations.events import LIST, ListEventsRequest, NewEvent

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions

EventLike = NewEvent | Mapping[str, object]
"""An event as it is sent: one of the contract, or its fields."""


class RecommendationEvents(RecommendationCalls):
    """What users did. Reach it as ``client.recommendations.events``."""

    @overload
    def create(self, event: NewEvent, **options: Unpack[CallOptions]) -> CreatedEvents: ...

    @overload
    def create(
        self,
        *,
        type: str,
        user: str,
        item: str,
        value: float | None = None,
        time: datetime | None = None,
        recommendation_id: str | None = None,
        id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CreatedEvents: ...

    def create(
        self,
        event: NewEvent | None = None,
        *,
        type: str | None = None,
        user: str | None = None,
        item: str | None = None,
        value: float | None = None,
        time: datetime | None = None,
        recommendation_id: str | None = None,
        id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CreatedEvents:
        """Tell what a user did. The user's next recommendation knows of it.

        Args:
            event: The event, for instance one that ``answer.event("click", item)`` made; or
                nothing, and its fields:
            type: What was done: ``view``, ``click``, ``add-to-cart``, ``purchase`` or a word of
                your own.
            user: Who did it; the user need not be known.
            item: The id of the item; it must be in the catalogue.
            value: How much or how well: a rating, a quantity, a price.
            time: When, with an offset from UTC; the time of arrival when omitted.
            recommendation_id: The answer that the user saw the item in.
            id: Your id of the event: a second event with it changes nothing. Made by the client
                when omitted, so that a repeated request does not count twice.
            options: Options for this call; see `CallOptions`.

        Returns:
            ``created`` is 1; if the id was known already, ``duplicates`` is.

        Raises:
            NotFoundError: There is no such item.
            InvalidInputError: The event lies in the future, or the recommendation is not known.
            ValueError: An argument cannot be sent, for instance a time without an offset from UTC.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> client.recommendations.events.create(
            ...     type="purchase", user="ada", item="mug-1", value=4.5
            ... )
        """
        given: Mapping[str, object] = {
            "type": type,
            "user": user,
            "item": item,
            "value": value,
            "time": time,
            "recommendation_id": recommendation_id,
            "id": id,
        }
        if event is None:
            with arguments():
                event = NewEvent.model_validate(
                    {name: one for name, one in given.items() if one is not None}
                )
        elif any(one is not None for one in given.values()):
            raise TypeError("pass an event or its fields, not both")
        named = with_ids((event,), self._pipeline.new_id())
        return self._send_all(EVENTS, named, options, Totals(1, raising=True))

    def create_many(
        self,
        events: Iterable[EventLike],
        *,
        concurrency: int = 4,
        progress: Progress | None = None,
        max_errors: int = 1_000,
        raise_on_error: bool = False,
        **options: Unpack[CallOptions],
    ) -> CreatedEvents:
        """Tell what users did, with any number of events.

        Args:
            events: ``NewEvent``, or mappings of its fields, in which a time may be a text
                (RFC 3339). A generator is read only as fast as they are sent, 1,000 in a
                request. Events without an ``id`` get one, so that a repeated request does not
                count twice; give them ids of your own if this program may be run again.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of events that are done, and of
                all, or None if that is not known.
            max_errors: Most errors to keep; all are counted.
            raise_on_error: Whether to raise the first error; events that were not sent yet are
                not sent then.
            options: Options for each request; see `CallOptions`. An ``idempotency_key`` is
                continued with the position of each request's first event.

        Returns:
            How many are new and how many were there, and what was wrong with the others.

        Raises:
            AiaasError: A whole request failed; events that were not sent yet are not sent.
            TypeError: Something is no event.

        Example:
            >>> done = client.recommendations.events.create_many(
            ...     {"type": "view", "user": user, "item": item} for user, item in views
            ... )
            >>> print(done.created, done.failed, [error.index for error in done.errors])
        """
        if isinstance(events, Mapping | NewEvent):
            raise TypeError("create_many takes several events: pass a list; got a single one")
        several = entries_of(events)
        return self._send_all(
            EVENTS,
            with_ids(several, self._pipeline.new_id()),
            options,
            Totals(max_errors, raising=raise_on_error),
            concurrency=concurrency,
            progress=progress,
            total=total_of(several),
        )

    def list(
        self,
        *,
        user: str | None = None,
        item: str | None = None,
        type: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Paginator[Event]:
        """List events, the last that arrived first, over all pages.

        Args:
            user: Only events of this user.
            item: Only events with this item.
            type: Only events of this type.
            limit: Most events to fetch at once, 1 to 1000.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of events; its ``pages()`` gives whole pages. Nothing is sent before it is
            iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> for event in client.recommendations.events.list(user="ada"):
            ...     print(event.time, event.type, event.item)
        """
        with arguments():
            first = ListEventsRequest(user=user, item=item, type=type, limit=limit, cursor=cursor)
        return self._list(LIST, first, EventPage, cursor, options)
