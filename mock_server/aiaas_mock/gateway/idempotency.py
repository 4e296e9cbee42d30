"""Idempotency keys: a request that is repeated has its effect once and gets the same answer.

A key is claimed before the operation runs. The operation's effect and its answer are then stored
in one transaction, so that there is never one without the other. A request that fails in a way
that may not happen again gives the key back. A claim ends by itself soon after the request's
deadline, and with the process that made it.

What is compared when a key comes again is a fingerprint of operation, API key and request. That
of an upload is complete only when its bytes have arrived: it is compared, and stored, then.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from aiaas.contract import problems
from aiaas.contract.headers import IDEMPOTENCY_KEY, RETRY_AFTER, RETRY_AFTER_MS, SHOULD_RETRY
from aiaas_mock.context import AnswerT, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.storage import Store, StoredAnswer, Transaction

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_CLAIM_MARGIN_S: Final = 5.0  # a request past its deadline may still be in its last transaction
_RETRY_AFTER_MS: Final = 200
_KEPT_STATUSES: Final = frozenset({400, 404, 415, 422})
"""Refusals that would be the same again. Others depend on key, time, load or room."""
_NEVER_KEPT: Final = frozenset({"checksum_mismatch", "invalid_multipart"})
"""What damage on the way causes: the next attempt brings the right bytes."""

Fingerprint = Callable[[], Awaitable[bytes]]
"""Gives the digest of a request, reading what is left of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with an idempotency key.

    Attributes:
        key: The key.
        operation: Name of the operation.
        context: The request's context.
        fingerprint: Gives the digest of the request.
    """

    key: str
    operation: str
    context: RequestContext
    fingerprint: Fingerprint

    async def complete_fingerprint(self) -> bytes:
        """Return the digest of operation, API key and request."""
        digest = hashlib.sha256(await self.fingerprint())
        digest.update(f"{self.operation}\0{self.context.principal.key_id}".encode())
        return digest.digest()


class Idempotency:
    """Runs requests with an idempotency key.

    Args:
        store: Where answers are kept.
        kept_s: How long.
    """

    def __init__(self, store: Store, *, kept_s: float) -> None:
        self._store = store
        self._kept = timedelta(seconds=kept_s)

    async def run(
        self, call: Call, handler: Callable[[RequestContext], Awaitable[Any]]
    ) -> StoredAnswer | Any:
        """Answer a request: by `handler` the first time, then with the stored answer.

        Raises:
            ApiError: The key is being used, or was used for another request; or what `handler`
                raises.
        """
        claim = _Claim(self._store, call, self._kept)
        try:
            stored = await claim.take()
        except asyncio.CancelledError:
            await asyncio.shield(claim.release())  # it may have been taken all the same
            raise
        if stored is not None:
            if stored.fingerprint != await call.complete_fingerprint():
                raise ApiError(
                    "idempotency_key_reused",
                    f"The {IDEMPOTENCY_KEY} was used for another request.",
                )
            return stored
        try:
            answer = await handler(replace(call.context, commit=claim.commit))
        except ApiError as error:
            await claim.settle(error)
            raise
        except BaseException:
            # Shielded: the request is being cancelled, and the key must be free all the same.
            await asyncio.shield(claim.release())
            raise
        return answer


class _Claim:
    """A key while its first request runs."""

    def __init__(self, store: Store, call: Call, kept: timedelta) -> None:
        self._store = store
        self._call = call
        self._context = call.context
        self._kept = kept
        self._owner = call.context.request_id

    async def take(self) -> StoredAnswer | None:
        """Take the key, or return its answer."""
        call, context = self._call, self._context
        now = context.now()
        left_s = max(0.0, context.deadline - asyncio.get_running_loop().time())
        until = now + timedelta(seconds=left_s + _CLAIM_MARGIN_S)
        claimed = await self._store.run(
            lambda tx: tx.answers.claim(
                context.namespace, call.key, owner=self._owner, now=now, until=until
            )
        )
        if claimed is None:
            return None
        if claimed.answer is None:
            raise in_progress()
        return claimed.answer

    async def commit(self, effect: Callable[[Transaction], AnswerT], /) -> AnswerT:
        """Run the effect and keep its answer, in one transaction."""
        fingerprint = await self._call.complete_fingerprint()
        until = self._until()

        def both(transaction: Transaction) -> AnswerT:
            answer = effect(transaction)
            kept = StoredAnswer(
                fingerprint=fingerprint,
                status=200,
                media_type="application/json",
                body=answer.__pydantic_serializer__.to_json(answer),
            )
            self._keep(transaction, kept, until)
            return answer

        return await self._store.run(both)

    async def settle(self, error: ApiError) -> None:
        """Keep a refusal that would be the same again, else give the key back."""
        body = error.as_problem(self._context.request_id)
        if body.status not in _KEPT_STATUSES or error.code in _NEVER_KEPT:
            await self.release()
            return
        kept = StoredAnswer(
            fingerprint=await self._call.complete_fingerprint(),
            status=body.status,
            media_type=problems.MEDIA_TYPE,
            body=body.model_dump_json().encode(),
        )
        until = self._until()
        await self._store.run(lambda tx: self._keep(tx, kept, until))

    async def release(self) -> None:
        """Give the key back, unless it has its answer."""
        namespace, key, owner = self._context.namespace, self._call.key, self._owner
        await self._store.run(lambda tx: tx.answers.release(namespace, key, owner=owner))

    def _keep(self, transaction: Transaction, answer: StoredAnswer, until: datetime) -> None:
        transaction.answers.keep(
            self._context.namespace, self._call.key, owner=self._owner, answer=answer, until=until
        )

    def _until(self) -> datetime:
        return self._context.now() + self._kept


def checked_key(value: str) -> str:
    """Return an idempotency key that is one.

    Raises:
        ApiError: It is not 1 to 255 visible ASCII characters.
    """
    if not _KEY.fullmatch(value):
        raise ApiError(
            "invalid_request",
            f"The header {IDEMPOTENCY_KEY} must be 1 to 255 visible ASCII characters.",
        )
    return value


def in_progress() -> ApiError:
    """Refuse a request whose key another one is using."""
    return ApiError(
        "idempotency_in_progress",
        f"A request with this {IDEMPOTENCY_KEY} is still running.",
        headers={
            RETRY_AFTER: "1",
            RETRY_AFTER_MS: str(_RETRY_AFTER_MS),
            SHOULD_RETRY: "true",
        },
    )


def request_digest(request: BaseModel | None) -> bytes:
    """Return the digest of a request that has been read whole."""
    body = b"" if request is None else request.__pydantic_serializer__.to_json(request)
    return hashlib.sha256(body).digest()
