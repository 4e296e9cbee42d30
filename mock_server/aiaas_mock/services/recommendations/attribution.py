"""Recommendation ids: they say which model answered, and nobody else can make one.

An id carries what it stands for, so that answering writes nothing down. It is signed for one
namespace: in another one it is unknown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_PREFIX: Final = "rec_"
_TIME_BYTES: Final = 6
_NONCE_BYTES: Final = 6
"""As many as it takes for two answers of the same millisecond to be told apart."""
_TAG_BYTES: Final = 12
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What a recommendation id stands for.

    Attributes:
        model: The model that answered, ``name@version``.
        group: The group of the experiment that the user was in; None outside of experiments.
        made_at: When, to the millisecond.
    """

    model: str
    group: str | None
    made_at: datetime


class RecommendationIds:
    """Makes recommendation ids and reads them.

    Args:
        secret: What they are signed with.
        nonce: Gives so many bytes that nobody can guess; they tell two answers apart.
    """

    def __init__(
        self,
        secret: bytes,
        *,
        nonce: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._secret = secret
        self._nonce = nonce

    def make(self, namespace: str, *, model: str, group: str | None, now: datetime) -> str:
        """Make the id of an answer that `model` gives in a namespace."""
        milliseconds = (now - _EPOCH) // _MILLISECOND
        named = model if group is None else f"{model}\0{group}"
        content = (
            milliseconds.to_bytes(_TIME_BYTES, "big") + self._nonce(_NONCE_BYTES) + named.encode()
        )
        signed = self._tag(namespace, content) + content
        return _PREFIX + base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def read(self, namespace: str, recommendation_id: str) -> Attribution | None:
        """Return what an id stands for; None when it was not made here, for this namespace."""
        signed = _decoded(recommendation_id)
        tag, content = signed[:_TAG_BYTES], signed[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(namespace, content)):
            return None
        milliseconds = int.from_bytes(content[:_TIME_BYTES], "big")
        named = content[_TIME_BYTES + _NONCE_BYTES :].decode()
        model, grouped, group = named.partition("\0")
        return Attribution(
            model=model,
            group=group if grouped else None,
            made_at=_EPOCH + milliseconds * _MILLISECOND,
        )

    def _tag(self, namespace: str, content: bytes) -> bytes:
        # The namespace is hashed, so that no byte of it can be taken for one of the content.
        scope = hashlib.sha256(namespace.encode()).digest()
        return hmac.digest(self._secret, scope + content, hashlib.sha256)[:_TAG_BYTES]


def _decoded(recommendation_id: str) -> bytes:
    """Return the bytes of an id; none when it is not written as we write it."""
    text = recommendation_id.removeprefix(_PREFIX)
    try:
        signed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:  # also what characters that are not ASCII raise
        return b""
    written = _PREFIX + base64.urlsafe_b64encode(signed).decode().rstrip("=")
    # Python's decoder skips what it does not know: one id must not be written in two ways.
    return signed if written == recommendation_id else b""
