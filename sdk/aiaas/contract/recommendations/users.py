"""Users: to whom is recommended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import ItemError
from aiaas.contract.recommendations._common import MAX_BATCH, WRITE, Metadata, UserId


class NewUser(RequestModel):
    """A user as it is sent; a user needs none of this to have events.

    Attributes:
        id: The user's id with you: a pseudonym will do.
        metadata: What is known of the user. Values of fields that items have too make matching
            items more likely while nothing else is known.
    """

    id: UserId
    metadata: Metadata = Field(default_factory=dict)


class UpsertUsersRequest(RequestModel):
    """1 to 1,000 users; one with a known id takes the place of what was there."""

    users: Annotated[tuple[NewUser, ...], Field(min_length=1, max_length=MAX_BATCH, strict=False)]


class UserRequest(RequestModel):
    """Which user."""

    user: UserId


class UpsertedUsers(ResponseModel):
    """What became of the users.

    Attributes:
        created: Number of users that are new.
        updated: Number of users that were there before.
        errors: One entry for every user that was refused; all others were kept.
    """

    object: Literal["recommendation.users.upserted"] = "recommendation.users.upserted"
    created: int
    updated: int
    errors: tuple[ItemError, ...] = ()


class ErasedUser(ResponseModel):
    """The receipt of an erasure.

    Attributes:
        id: The user's id.
        receipt_id: Identifies the erasure, ``ers_...``.
        events: Number of events erased.
        metadata_fields: Number of fields of metadata erased.
        models: Models of this namespace that were trained while those events were there; train
            anew and none is left that has seen them.
        erased_at: When (RFC 3339, UTC).
        deleted: Always true.
    """

    id: str
    object: Literal["recommendation.user.erased"] = "recommendation.user.erased"
    receipt_id: str
    events: int
    metadata_fields: int
    models: tuple[str, ...]
    erased_at: datetime
    deleted: Literal[True] = True


UPSERT: Final[Operation[UpsertUsersRequest, UpsertedUsers]] = Operation(
    name="recommendations.users.upsert",
    method="POST",
    path="/v1/recommendations/users",
    summary="Tell what is known of users.",
    request=UpsertUsersRequest,
    bodies=("json",),
    response=UpsertedUsers,
    scope=WRITE,
    effect="write",
)

DELETE: Final[Operation[UserRequest, ErasedUser]] = Operation(
    name="recommendations.users.delete",
    method="DELETE",
    path="/v1/recommendations/users/{user}",
    summary="Erase a user and all events of the user.",
    request=UserRequest,
    response=ErasedUser,
    scope=WRITE,
    effect="write",
)

OPERATIONS: Final = (UPSERT, DELETE)
