# Generated from aiaas/_async/recommendation_users.py by `make sync`; edit that file instead.
"""Recommendations: users, and their erasure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aiaas._core.bulk import Progress, total_of
from aiaas._core.recommendation_entries import USERS, Totals, entries_of
from aiaas._core.recommendation_types import ErasedUser, UpsertedUsers
from aiaas._core.requests import arguments
from aiaas._sync.recommendation_calls import RecommendationCalls
from aiaas.contract.recommendations.users import DELETE, NewUser, UserRequest

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions

UserLike = NewUser | Mapping[str, object]
"""A user as it is sent: one of the contract, or its fields."""


class RecommendationUsers(RecommendationCalls):
    """To whom is recommended. Reach it as ``client.recommendations.users``."""

    def upsert(
        self,
        users: UserLike | Iterable[UserLike],
        *,
        concurrency: int = 4,
        progress: Progress | None = None,
        max_errors: int = 1_000,
        raise_on_error: bool = False,
        **options: Unpack[CallOptions],
    ) -> UpsertedUsers:
        """Tell what is known of users; a user needs none of this to have events.

        Args:
            users: A user or any number of them: ``NewUser`` or mappings of its fields (``id``,
                ``metadata``). A generator is read only as fast as they are sent, 1,000 in a
                request.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of users that are done, and of
                all, or None if that is not known.
            max_errors: Most errors to keep; all are counted.
            raise_on_error: Whether to raise the first error; users that were not sent yet are
                not sent then. The error of a user that is given alone is always raised.
            options: Options for each request; see `CallOptions`. An ``idempotency_key`` is
                continued with the position of each request's first user.

        Returns:
            How many are new and how many were there, and what was wrong with the others.

        Raises:
            InvalidInputError: Metadata are too large or have another type than before.
            AiaasError: A whole request failed; users that were not sent yet are not sent.
            TypeError: Something is no user.

        Example:
            >>> client.recommendations.users.upsert(
            ...     {"id": "ada", "metadata": {"category": "kitchen"}}
            ... )
        """
        alone = isinstance(users, Mapping | NewUser)
        return self._send_all(
            USERS,
            entries_of(users),
            options,
            Totals(max_errors, raising=raise_on_error or alone),
            concurrency=concurrency,
            progress=progress,
            total=None if alone else total_of(entries_of(users)),
        )

    def delete(self, user_id: str, **options: Unpack[CallOptions]) -> ErasedUser:
        """Erase a user: what is known of the user, and all of the user's events.

        Args:
            user_id: The user's id.
            options: Options for this call; see `CallOptions`.

        Returns:
            The receipt: what was erased, and in ``models`` which models still know of it until
            they are trained anew.

        Raises:
            NotFoundError: Nothing is known of this user.
            ValueError: `user_id` cannot be the id of a user.

        Example:
            >>> receipt = client.recommendations.users.delete("ada")
            >>> print(receipt.receipt_id, receipt.events, receipt.models)
        """
        with arguments(user="user_id"):
            request = UserRequest(user=user_id)
        return self._ask(DELETE, request, ErasedUser, options)
