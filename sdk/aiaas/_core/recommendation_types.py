"""Results of the recommendations resource: the contract's types and where each came from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from aiaas._core.page_types import Page
from aiaas._core.requests import arguments
from aiaas._core.results import Traced
from aiaas.contract.recommendations import events, items, learning, ranking, users

# The answers below are the contract's with the results above each. Pyright minds that a field is
# narrowed, as it could be assigned to; these models are frozen.
# pyright: reportIncompatibleVariableOverride=false

_USER: Final = "_user"


class Item(Traced, items.Item):
    __doc__ = items.Item.__doc__


class ItemPage(Page[Item]):
    """One page of items, in the order of their ids."""


class DeletedItem(Traced, items.DeletedItem):
    __doc__ = items.DeletedItem.__doc__


class UpsertedItems(Traced, items.UpsertedItems):
    """What became of the items.

    Attributes:
        created: Number of items that are new.
        updated: Number of items that were there before.
        failed: Number of items that were refused; all others were kept.
        errors: Why, for the first of them; ``index`` is the position among all that were given.
    """

    failed: int = 0


class UpsertedUsers(Traced, users.UpsertedUsers):
    """What became of the users.

    Attributes:
        created: Number of users that are new.
        updated: Number of users that were there before.
        failed: Number of users that were refused; all others were kept.
        errors: Why, for the first of them; ``index`` is the position among all that were given.
    """

    failed: int = 0


class ErasedUser(Traced, users.ErasedUser):
    __doc__ = users.ErasedUser.__doc__


class Event(Traced, events.Event):
    __doc__ = events.Event.__doc__


class EventPage(Page[Event]):
    """One page of events, the last that arrived first."""


class CreatedEvents(Traced, events.CreatedEvents):
    """What became of the events.

    Attributes:
        created: Number of events that are new; they count from now on.
        duplicates: Number of events that were there already, by their ids.
        failed: Number of events that were refused; all others were kept.
        errors: Why, for the first of them; ``index`` is the position among all that were given.
    """

    failed: int = 0


class RecommendedItem(ranking.RecommendedItem):
    __doc__ = ranking.RecommendedItem.__doc__

    @property
    def why(self) -> str:
        """The reasons in a line: ``White mug +0.31, popularity ~+0.12``; ``~`` is an estimate."""
        return ", ".join(_in_short(reason) for reason in self.reasons)


class Recommendations(Traced, ranking.Recommendations):
    """Items, best first. Iterate over it for its `items`.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
        recommendation_id: Send it with the events that follow, or let `event` do that: the
            metrics tell by it which model earned them.
        group: The group of the experiment that the user is in, if there is an experiment.
        items: The items, best first; where diversity, promotions or exploration were asked for,
            in the order to show them.
    """

    items: tuple[RecommendedItem, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[RecommendedItem]:  # type: ignore[override]
        # In place of the names and values of fields, which pydantic would give.
        return iter(self.items)

    def event(
        self,
        type: str,
        item: ranking.RecommendedItem | str,
        *,
        user: str | None = None,
        value: float | None = None,
        time: datetime | None = None,
        id: str | None = None,
    ) -> events.NewEvent:
        """Make the event that tells what became of one of these items.

        Args:
            type: What was done: ``click``, ``purchase``, or a word of your own.
            item: The item, or its id.
            user: Who did it; whom the items were recommended to when omitted.
            value: How much or how well: a price, a quantity, a rating.
            time: When, with an offset from UTC; the time of arrival when omitted.
            id: Your id of the event; made by the client when omitted.

        Returns:
            The event, with the id of this answer. Nothing is sent: pass it to
            ``client.recommendations.events.create``.

        Raises:
            ValueError: An argument cannot be sent, or `user` is omitted and the answer was not
                for one.

        Example:
            >>> answer = client.recommendations.for_user("ada")
            >>> client.recommendations.events.create(answer.event("click", answer.items[0]))
        """
        who = user or self.__dict__.get(_USER)
        if who is None:
            raise ValueError("these items were recommended to nobody in particular: pass user=")
        with arguments():
            return events.NewEvent(
                type=type,
                user=who,
                item=item if isinstance(item, str) else item.item_id,
                id=id,
                value=value,
                time=time,
                recommendation_id=self.recommendation_id,
            )


class RankedItems(Recommendations, ranking.RankedItems):
    """The given items, best first. Iterate over it for its `items`.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
        recommendation_id: Send it with the events that follow, or let `event` do that.
        group: The group of the experiment that the user is in, if there is an experiment.
        items: Those that are in the catalogue, best first.
        errors: One entry for every item that is not; ``index`` is its position among those given.
    """

    items: tuple[RecommendedItem, ...]


class InterestedUsers(Traced, ranking.InterestedUsers):
    """Users, the most interested first. Iterate over it for its `users`.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
        users: The users.
    """

    def __len__(self) -> int:
        return len(self.users)

    def __iter__(self) -> Iterator[ranking.InterestedUser]:  # type: ignore[override]
        return iter(self.users)


class TrainedModel(Traced, learning.TrainedModel):
    __doc__ = learning.TrainedModel.__doc__


class TrainedModelPage(Page[TrainedModel]):
    """One page of models."""


class Experiment(Traced, learning.Experiment):
    __doc__ = learning.Experiment.__doc__


class EndedExperiment(Traced, learning.EndedExperiment):
    __doc__ = learning.EndedExperiment.__doc__


class RecommendationMetrics(Traced, learning.RecommendationMetrics):
    __doc__ = learning.RecommendationMetrics.__doc__


def remember_user(answer: Recommendations, user: str) -> None:
    """Note whom the items were recommended to, as `aiaas._core.results` notes where from."""
    answer.__dict__[_USER] = user


def _in_short(reason: ranking.Reason) -> str:
    what = reason.title or reason.item_id or reason.kind
    if not reason.contribution:
        return what  # it says why the item is there, and is no part of the score
    return f"{what} {'' if reason.exact else '~'}{reason.contribution:+.3g}"
