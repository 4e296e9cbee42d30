"""Users: what is known of them, and how all of it is erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from aiaas.contract.recommendations.users import (
    ErasedUser,
    NewUser,
    UpsertedUsers,
    UpsertUsersRequest,
    UserRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.blocks import item_error
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.events import MOST_AHEAD
from aiaas_mock.services.recommendations.metadata import check_size
from aiaas_mock.storage import Transaction
from aiaas_mock.storage.recommendations import StoredModel, StoredUser

OnUsers = Callable[[str, Sequence[str]], object]
"""Told a namespace, and its users of whom something else is known now, or nothing."""

_ALL: Final = 2**31 - 1
_MODELS_AT_A_TIME: Final = 100


class UserService:
    """Answers ``recommendations.users.*``.

    Args:
        on_users: Called when what is known of users was committed.
    """

    def __init__(self, *, on_users: OnUsers) -> None:
        self._on_users = on_users

    async def upsert(self, request: UpsertUsersRequest, context: RequestContext) -> UpsertedUsers:
        """Answer ``recommendations.users.upsert``; of users with one id, the last one stays."""
        now = context.now()
        kept: dict[str, StoredUser] = {}
        errors: dict[int, ApiError] = {}
        for index, user in enumerate(request.users):
            try:
                check_size(user.metadata, f"/users/{index}/metadata")
                kept[user.id] = _stored(user, now)
            except ApiError as error:
                errors[index] = error

        def effect(transaction: Transaction) -> UpsertedUsers:
            created = transaction.users.upsert(context.namespace, list(kept.values()))
            return UpsertedUsers(
                created=created,
                updated=len(kept) - created,
                errors=tuple(item_error(index, error) for index, error in errors.items()),
            )

        context.trace.inputs, context.trace.failed_inputs = len(request.users), len(errors)
        return await commit_and_tell(
            context, effect, lambda: self._on_users(context.namespace, list(kept))
        )

    async def delete(self, request: UserRequest, context: RequestContext) -> ErasedUser:
        """Answer ``recommendations.users.delete``: all or nothing, in one transaction."""
        receipt_id, now = context.new_id("ers"), context.now()

        def effect(transaction: Transaction) -> ErasedUser:
            return _erase(transaction, context.namespace, request.user, receipt_id, now)

        return await commit_and_tell(
            context, effect, lambda: self._on_users(context.namespace, [request.user])
        )


def _erase(
    transaction: Transaction, namespace: str, user_id: str, receipt_id: str, now: datetime
) -> ErasedUser:
    user = transaction.users.get(namespace, user_id)
    models = tuple(_models_that_saw(transaction, namespace, user_id))
    events = transaction.events.erase_user(namespace, user_id)
    if not transaction.users.delete(namespace, user_id) and not events:
        raise ApiError("user_not_found", f"Nothing is known of a user {user_id!r}.", param="/user")
    return ErasedUser(
        id=user_id,
        receipt_id=receipt_id,
        events=events,
        metadata_fields=0 if user is None else len(user.metadata),
        models=models,
        erased_at=now,
    )


def _models_that_saw(transaction: Transaction, namespace: str, user_id: str) -> Iterator[str]:
    """Yield the models that may have been trained with events of a user.

    When an event arrived is not kept, but it was not before its time, by more than events may be
    ahead. So a model may be named that was trained just before, and none is left out.
    """
    models = list(_models(transaction, namespace))
    acts = transaction.events.of_user(namespace, user_id, limit=_ALL) if models else ()
    if acts:
        first = acts[-1].time - MOST_AHEAD  # the newest come first
        yield from (model.id for model in models if model.created_at >= first)


def _models(transaction: Transaction, namespace: str) -> Iterator[StoredModel]:
    before: int | None = None
    while page := transaction.recommenders.list(namespace, before=before, limit=_MODELS_AT_A_TIME):
        yield from (model for _, model in page)
        before = page[-1][0]


def _stored(user: NewUser, now: datetime) -> StoredUser:
    return StoredUser(id=user.id, metadata=user.metadata, updated_at=now)
