"""The context of a request: who asks, where and until when; handed down, never fetched."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

from aiaas_mock.storage import Transaction

AnswerT = TypeVar("AnswerT", bound=BaseModel)

DEFAULT_NAMESPACE = "default"

IdMaker = Callable[[str], str]
"""Makes an id from a prefix: ``new_id("req")`` gives ``req_...``."""

RandomBits = Callable[[int], int]
"""Draws a number of so many bits."""

Clock = Callable[[], datetime]
"""Gives the time, in UTC."""


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


def random_id(prefix: str) -> str:
    """Return an id that nobody can guess."""
    return f"{prefix}_{secrets.token_hex(12)}"


Reach = Literal["bound", "free", "local"]
"""Where a key enters: its own namespace; any; its own, from this machine only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    Attributes:
        key_id: Public id of the API key (never the key itself); None for public operations.
        namespace: The namespace that the key is bound to.
        scopes: What the key may do; ``*`` is everything, ``images:*`` everything with images.
        reach: Which namespaces the key may enter, and from where.
    """

    key_id: str | None
    namespace: str
    scopes: frozenset[str]
    reach: Reach = "bound"

    def may(self, scope: str) -> bool:
        """Say whether `scope` is granted."""
        granted = self.scopes
        return "*" in granted or scope in granted or f"{scope.partition(':')[0]}:*" in granted


ANONYMOUS = Principal(key_id=None, namespace=DEFAULT_NAMESPACE, scopes=frozenset())


@dataclass(slots=True)
class InferenceTrace:
    """What a service notes of the inference it did, for the request's record.

    Attributes:
        model: Id of the model that answered, None before any did.
        inputs: Number of inputs.
        failed_inputs: How many of them got an error.
        batch_size: Size of the largest batch that an input ran in.
        queue_s: Longest wait of an input for the model, in seconds.
    """

    model: str | None = None
    inputs: int = 0
    failed_inputs: int = 0
    batch_size: int = 0
    queue_s: float = 0.0


class Commit(Protocol):
    """Runs the effect of a request in a transaction."""

    async def __call__(self, effect: Callable[[Transaction], AnswerT], /) -> AnswerT:
        """Run `effect` and return its answer, which is stored in the same transaction if the
        request has an idempotency key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """What a service may know of the request it answers.

    Attributes:
        request_id: Id of the request, ``req_...``.
        namespace: All state that the request touches belongs to it.
        principal: Who asks.
        deadline: Time of the event loop's clock at which the answer is no longer wanted.
        commit: How an operation with an effect has it: once, as the last thing it does.
        trace: Where the service notes what it did.
        now: Gives the time.
        new_id: Makes ids for what the request creates.
        random_bits: Draws what the client leaves to chance.
    """

    request_id: str
    namespace: str
    principal: Principal
    deadline: float
    commit: Commit
    trace: InferenceTrace = field(default_factory=InferenceTrace)
    now: Clock = utc_now
    new_id: IdMaker = random_id
    random_bits: RandomBits = secrets.randbits
