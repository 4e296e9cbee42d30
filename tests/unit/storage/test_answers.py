"""What every store does with idempotency keys."""

from collections.abc import Callable
from datetime import datetime

import pytest

from aiaas_mock.storage import Claimed, LostClaim, Store, StoredAnswer

At = Callable[[float], datetime]

ANSWER = StoredAnswer(fingerprint=b"f", status=200, media_type="application/json", body=b"{}")


async def claim(
    store: Store, at: At, owner: str, *, second: float = 0, namespace: str = "ours"
) -> Claimed | None:
    now, until = at(second), at(second + 10)
    return await store.run(
        lambda tx: tx.answers.claim(namespace, "k", owner=owner, now=now, until=until)
    )


async def keep(store: Store, at: At, owner: str, *, until: float = 100) -> None:
    moment = at(until)
    await store.run(
        lambda tx: tx.answers.keep("ours", "k", owner=owner, answer=ANSWER, until=moment)
    )


async def test_a_key_is_claimed_once(store: Store, at: At) -> None:
    assert await claim(store, at, "first") is None
    assert await claim(store, at, "second") == Claimed(None)


async def test_a_kept_answer_is_found(store: Store, at: At) -> None:
    await claim(store, at, "first")
    await keep(store, at, "first")
    assert await claim(store, at, "second", second=99) == Claimed(ANSWER)


async def test_keys_of_another_namespace_are_others(store: Store, at: At) -> None:
    await claim(store, at, "first")
    assert await claim(store, at, "second", namespace="theirs") is None


async def test_a_released_key_is_free(store: Store, at: At) -> None:
    await claim(store, at, "first")
    await store.run(lambda tx: tx.answers.release("ours", "k", owner="first"))
    assert await claim(store, at, "second") is None


async def test_only_the_owner_releases_or_keeps(store: Store, at: At) -> None:
    await claim(store, at, "first")
    await store.run(lambda tx: tx.answers.release("ours", "k", owner="second"))
    assert await claim(store, at, "second") == Claimed(None)
    with pytest.raises(LostClaim):
        await keep(store, at, "second")


async def test_an_answer_cannot_be_released(store: Store, at: At) -> None:
    await claim(store, at, "first")
    await keep(store, at, "first")
    await store.run(lambda tx: tx.answers.release("ours", "k", owner="first"))
    assert await claim(store, at, "second") == Claimed(ANSWER)


async def test_a_claim_ends_by_itself_and_its_answer_is_then_refused(store: Store, at: At) -> None:
    await claim(store, at, "first")
    assert await claim(store, at, "second", second=10) is None
    with pytest.raises(LostClaim):
        await keep(store, at, "first")


async def test_an_answer_is_forgotten_in_time(store: Store, at: At) -> None:
    await claim(store, at, "first")
    await keep(store, at, "first", until=50)
    assert await claim(store, at, "second", second=50) is None
