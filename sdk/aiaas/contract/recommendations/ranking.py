"""Recommendations: which items, for whom, and why."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import InferenceAnswer, ItemError
from aiaas.contract.recommendations._common import (
    MAX_BATCH,
    READ,
    Count,
    EventType,
    FilterText,
    ItemId,
    Metadata,
    ModelName,
    Share,
    UserId,
)

Seed = Annotated[Integer, Field(ge=0, le=2**63 - 1)]
SeenItems = Annotated[tuple[ItemId, ...], Field(min_length=1, max_length=100, strict=False)]


class Context(RequestModel):
    """What is known of the moment.

    Attributes:
        items: Items in view or in the basket; they count like the user's last events, in this
            answer only.
        prefer: Values of metadata that make items more likely that have the same.
    """

    items: Annotated[tuple[ItemId, ...], Field(max_length=100, strict=False)] = ()
    prefer: Metadata = Field(default_factory=dict)


class Promotion(RequestModel):
    """Items that are to be among the recommended.

    Attributes:
        filter: Which items.
        share: The part of the answer that they get at least, as far as there are any.
    """

    filter: FilterText
    share: Share


class ForUserRequest(RequestModel):
    """For whom to recommend, and how.

    Attributes:
        user: The user; one without events gets what is popular, and what fits the context.
        count: Most items in the answer.
        filter: Only items that meet this condition.
        exclude_seen: Whether to leave out items that the user has an event with.
        diversity: 0 for the best items one by one, 1 for items as different as can be (by their
            titles and metadata).
        exploration: The part of the answer that goes to items that few have seen yet.
        promotions: Items that are to be among them.
        context: What is known of the moment.
        reasons: Most reasons per item.
        seed: Makes what is left to chance repeatable.
        model: A model of yours or a built-in one; the promoted one, or that of the experiment,
            when omitted.
    """

    user: UserId
    count: Count = 10
    filter: FilterText | None = None
    exclude_seen: bool = True
    diversity: Share = 0.0
    exploration: Share = 0.0
    promotions: Annotated[tuple[Promotion, ...], Field(max_length=10, strict=False)] = ()
    context: Context = Field(default_factory=Context)
    reasons: Annotated[Integer, Field(ge=0, le=20)] = 3
    seed: Seed | None = None
    model: ModelName | None = None


class SimilarItemsRequest(RequestModel):
    """Which item, and how many like it.

    Attributes:
        item: The item.
        count: Most items in the answer.
        filter: Only items that meet this condition.
        diversity: As for `ForUserRequest`.
        model: As for `ForUserRequest`.
    """

    item: ItemId
    count: Count = 10
    filter: FilterText | None = None
    diversity: Share = 0.0
    model: ModelName | None = None


class RankRequest(RequestModel):
    """Which items to put in order, and for whom.

    Attributes:
        user: The user.
        items: 1 to 1,000 items.
        context: What is known of the moment.
        reasons: Most reasons per item.
        model: As for `ForUserRequest`.
    """

    user: UserId
    items: Annotated[tuple[ItemId, ...], Field(min_length=1, max_length=MAX_BATCH, strict=False)]
    context: Context = Field(default_factory=Context)
    reasons: Annotated[Integer, Field(ge=0, le=20)] = 3
    model: ModelName | None = None


class PopularRequest(RequestModel):
    """What counts as popular.

    Attributes:
        count: Most items in the answer.
        filter: Only items that meet this condition.
        window_s: Seconds back from now that count; all time when omitted.
        type: Only events of this type.
        trend: Whether to order by how much more users an item has in the window than in the one
            before it, instead of by their number; needs `window_s`.
    """

    count: Count = 10
    filter: FilterText | None = None
    window_s: Annotated[Integer, Field(ge=1, le=315_360_000)] | None = None
    type: EventType | None = None
    trend: bool = False


class NextItemsRequest(RequestModel):
    """What was seen in a session, and how many items to give next.

    Attributes:
        items: The items seen, the last one last.
        count: Most items in the answer.
        filter: Only items that meet this condition.
        exclude_seen: Whether to leave out those that were seen.
        reasons: Most reasons per item.
        model: As for `ForUserRequest`.
    """

    items: SeenItems
    count: Count = 10
    filter: FilterText | None = None
    exclude_seen: bool = True
    reasons: Annotated[Integer, Field(ge=0, le=20)] = 3
    model: ModelName | None = None


class UsersForItemRequest(RequestModel):
    """For which item, and how many users.

    Attributes:
        item: The item.
        count: Most users in the answer.
        exclude_seen: Whether to leave out users who have an event with it.
        model: As for `ForUserRequest`.
    """

    item: ItemId
    count: Count = 10
    exclude_seen: bool = True
    model: ModelName | None = None


class Reason(ResponseModel):
    """A part of a score and where it comes from.

    Attributes:
        kind: ``item`` (an item of the user's past or context), ``popularity``, ``preference``
            (metadata that match), ``promotion``, ``exploration`` or ``model`` (what a model adds
            to every item). There may be others.
        contribution: The part of the score.
        exact: Whether the part is exact: those of a linear model are. Others are estimates, by
            leaving the item out.
        item_id: The item, for ``item``.
        title: Its title.
        detail: The reason in a sentence.
    """

    kind: str
    contribution: float
    exact: bool
    item_id: str | None = None
    title: str | None = None
    detail: str


class RecommendedItem(ResponseModel):
    """An item and how well it fits.

    Attributes:
        item_id: Its id.
        score: How well it fits: greater is better. All its reasons together are the score, which
            is why it is not squeezed between 0 and 1.
        title: What it is called.
        metadata: Its values by field.
        reasons: What made the score, the greatest part first; as many as were asked for.
    """

    item_id: str
    score: float
    title: str | None = None
    metadata: dict[str, bool | int | float | str | tuple[str, ...]]
    reasons: tuple[Reason, ...] = ()


class Recommendations(InferenceAnswer):
    """Items, best first.

    Attributes:
        recommendation_id: Send it with the events that follow: the metrics tell by it which
            model earned them.
        group: The group of the experiment that the user is in, if there is an experiment.
        items: The items, best first; where diversity, promotions or exploration were asked for,
            in the order to show them.
    """

    recommendation_id: str
    group: str | None = None
    items: tuple[RecommendedItem, ...]


class RankedItems(Recommendations):
    """The given items, best first.

    Attributes:
        errors: One entry for every item that is not in the catalogue; ``index`` is its position
            in the request.
    """

    errors: tuple[ItemError, ...] = ()


class InterestedUser(ResponseModel):
    """A user and how well an item fits.

    Attributes:
        user_id: The user's id.
        score: How well the item fits: greater is better.
    """

    user_id: str
    score: float


class InterestedUsers(InferenceAnswer):
    """Users, the most interested first."""

    users: tuple[InterestedUser, ...]


FOR_USER: Final[Operation[ForUserRequest, Recommendations]] = Operation(
    name="recommendations.for_user",
    method="POST",
    path="/v1/recommendations/for-user",
    summary="Recommend items to a user.",
    request=ForUserRequest,
    bodies=("json",),
    response=Recommendations,
    scope=READ,
    effect="read",
)

SIMILAR_ITEMS: Final[Operation[SimilarItemsRequest, Recommendations]] = Operation(
    name="recommendations.similar_items",
    method="POST",
    path="/v1/recommendations/similar-items",
    summary="Find items that go with an item.",
    request=SimilarItemsRequest,
    bodies=("json",),
    response=Recommendations,
    scope=READ,
    effect="read",
)

RANK: Final[Operation[RankRequest, RankedItems]] = Operation(
    name="recommendations.rank",
    method="POST",
    path="/v1/recommendations/rank",
    summary="Put given items in order for a user.",
    request=RankRequest,
    bodies=("json",),
    response=RankedItems,
    scope=READ,
    effect="read",
)

POPULAR: Final[Operation[PopularRequest, Recommendations]] = Operation(
    name="recommendations.popular",
    method="POST",
    path="/v1/recommendations/popular",
    summary="Find what many users like, or what more and more do.",
    request=PopularRequest,
    bodies=("json",),
    response=Recommendations,
    scope=READ,
    effect="read",
)

NEXT_ITEMS: Final[Operation[NextItemsRequest, Recommendations]] = Operation(
    name="recommendations.next_items",
    method="POST",
    path="/v1/recommendations/next-items",
    summary="Find what comes next in a session.",
    request=NextItemsRequest,
    bodies=("json",),
    response=Recommendations,
    scope=READ,
    effect="read",
)

USERS_FOR_ITEM: Final[Operation[UsersForItemRequest, InterestedUsers]] = Operation(
    name="recommendations.users_for_item",
    method="POST",
    path="/v1/recommendations/users-for-item",
    summary="Find users whom an item would interest.",
    request=UsersForItemRequest,
    bodies=("json",),
    response=InterestedUsers,
    scope=READ,
    effect="read",
)

OPERATIONS: Final = (FOR_USER, SIMILAR_ITEMS, RANK, POPULAR, NEXT_ITEMS, USERS_FOR_ITEM)
