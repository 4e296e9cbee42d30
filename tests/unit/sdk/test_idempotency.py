"""Operations that write have one key per logical call."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

DELETED = {"id": "file_1", "object": "file.deleted", "deleted": True}


def delete(client: Any) -> Any:
    return client.files.delete("file_1")


def keys(cloud: Cloud) -> list[str | None]:
    return [request.headers.get("idempotency-key") for request in cloud.requests]


def test_all_attempts_of_a_call_have_the_same_key_and_another_call_has_another(
    cloud: Cloud,
) -> None:
    numbers = itertools.count()
    for _ in range(2):
        cloud.answers(
            httpx.ReadError("reset"), cloud.problem("idempotency_in_progress"), cloud.json(DELETED)
        )
        cloud.run(delete, new_id=lambda: f"key-{next(numbers)}")
    assert keys(cloud) == ["key-0"] * 3 + ["key-1"] * 3


def test_a_key_is_made_up_of_random_digits(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json(DELETED))
    sync_cloud.run(delete)
    assert re.fullmatch("[0-9a-f]{32}", keys(sync_cloud)[0] or "")


def test_a_key_of_the_callers_own_is_used(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), cloud.json(DELETED))
    cloud.run(lambda client: client.files.delete("file_1", idempotency_key="order-7"))
    assert keys(cloud) == ["order-7", "order-7"]


def test_operations_that_do_not_write_have_none(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(b"x"))
    cloud.run(lambda client: client.images.classify(b"x", idempotency_key="k"))
    assert keys(cloud) == [None, None]


def test_a_result_says_whether_it_is_a_stored_answer(cloud: Cloud) -> None:
    replay = cloud.json(DELETED)
    replay.headers["Aiaas-Idempotent-Replay"] = "true"
    cloud.answers(cloud.json(DELETED), replay)
    assert [cloud.run(delete).idempotent_replay for _ in range(2)] == [False, True]


def test_a_key_that_was_used_for_something_else_is_not_repeated(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("idempotency_key_reused"))
    with pytest.raises(aiaas.InvalidRequestError):
        cloud.run(delete)
    assert len(cloud.requests) == 1
