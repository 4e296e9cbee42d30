"""`MockCloud`: the reference cloud in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

import aiaas
from aiaas_mock.testing import MockCloud, MockControlError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def cloud() -> Iterator[MockCloud]:
    """A cloud whose models compute nothing."""
    with MockCloud(engine="null") as running:
        yield running


def test_its_clients_are_real_ones(cloud: MockCloud) -> None:
    with cloud.client(timeout_s=5) as client:
        assert client.models.retrieve("clothing").name == "clothing"
        stored = client.files.create(b"hello", filename="a.txt")
        assert client.files.retrieve(stored.id).filename == "a.txt"
        client.files.delete(stored.id)


async def test_asynchronous_clients_reach_it(cloud: MockCloud) -> None:
    async with cloud.async_client() as client:
        assert (await client.models.retrieve("clothing")).name == "clothing"


async def test_it_starts_without_holding_up_the_event_loop() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    task = asyncio.create_task(tick())
    async with MockCloud(engine="null", warm=()) as cloud:
        assert [model async for model in cloud.async_client().models.list()]
    task.cancel()
    assert ticks > 1


def test_seed_and_clock_are_as_asked_for_at_its_start() -> None:
    made = []
    for _ in range(2):
        with MockCloud(seed=7, frozen=NOON, engine="null", warm=()) as cloud:
            assert (cloud.seed, cloud.clock.now, cloud.clock.frozen) == (7, NOON, True)
            with cloud.client() as client:
                made.append(client.files.create(b"x", filename="a.txt"))
    assert made[0] == made[1]
    assert made[0].created_at == NOON


def test_namespaces_share_nothing(cloud: MockCloud) -> None:
    with cloud.namespace("one", seed=1) as one, cloud.namespace("two", frozen=NOON) as two:
        one.client().files.create(b"x", filename="a.txt")
        assert len(list(one.client().files.list())) == 1
        assert list(two.client().files.list()) == []
        assert (one.seed, two.seed) == (1, None)
        assert two.clock.frozen
        assert not one.clock.frozen
    with pytest.raises(MockControlError, match="no namespace 'one'") as caught:
        one.drop()
    assert (caught.value.status, caught.value.code) == (404, "not_found")


def test_a_namespace_can_be_steered(cloud: MockCloud) -> None:
    with cloud.namespace("steered") as space:
        space.seed = 7
        assert space.seed == 7
        assert space.clock.freeze(NOON) == NOON
        assert space.clock.advance(60) == NOON + timedelta(minutes=1)
        assert space.clock.advance(timedelta(days=1)) == NOON + timedelta(days=1, minutes=1)
        assert space.clock.resume() >= NOON
        assert space.clock.freeze("2026-03-01T12:00:00Z") == NOON
        assert space.clock.freeze() == NOON
        with pytest.raises(ValueError, match="has no time zone; write 2026-03-01T12:00:00Z"):
            space.clock.freeze("2026-03-01T12:00:00")
        space.reset("clock")
        assert not space.clock.frozen


def test_a_limit_is_met_and_lifted(cloud: MockCloud) -> None:
    with cloud.namespace("limited") as space, space.client(retries=0) as client:
        space.limits.set(60, remaining=1)
        assert space.limits.remaining == 1
        next(iter(client.models.list()))
        with pytest.raises(aiaas.RateLimitError):
            next(iter(client.models.list()))
        space.limits.clear()
        assert space.limits.remaining is None


def test_a_snapshot_brings_a_moment_back(cloud: MockCloud) -> None:
    with cloud.namespace("kept") as space, space.client() as client:
        stored = client.files.create(b"x", filename="a.txt")
        moment = space.snapshot()
        for _ in range(2):
            client.files.delete(stored.id)
            moment.restore()
            assert [file.id for file in client.files.list()] == [stored.id]
        moment.drop()
        with pytest.raises(MockControlError):
            moment.restore()
        space.reset()
        assert list(client.files.list()) == []


def test_faults_are_made_and_forgotten(cloud: MockCloud) -> None:
    with cloud.namespace("faulty") as space, space.client(retries=0) as client:
        rule = space.faults.add("status", operation="models.list", status=503, after=1, times=1)
        next(iter(client.models.list()))
        with pytest.raises(aiaas.AiaasError):
            next(iter(client.models.list()))
        next(iter(client.models.list()))
        assert [(one["id"], one["hit"]) for one in space.faults.list()] == [(rule, 1)]
        space.faults.remove(rule)
        during = space.faults.during("internal", probability=1.0, match={"operation": "models.*"})
        with during, pytest.raises(aiaas.ServerError):
            next(iter(client.models.list()))
        assert space.faults.list() == []
        space.faults.add("internal")
        space.faults.clear()
        assert space.faults.list() == []
        with pytest.raises(MockControlError, match="kind"):
            space.faults.add("nonsense")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", httpx.ReadError), ("empty_reply", httpx.RemoteProtocolError)],
)
def test_faults_of_the_wire_are_the_errors_of_httpx(
    cloud: MockCloud, kind: str, error: type[Exception]
) -> None:
    with cloud.namespace("wire") as space, space.client(retries=0) as client:
        space.faults.add(kind)
        with pytest.raises(aiaas.APIConnectionError) as caught:
            next(iter(client.models.list()))
        assert isinstance(caught.value.__cause__, error)


def test_its_log_goes_to_logging(cloud: MockCloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="aiaas_mock")
    with cloud.client() as client:
        list(client.models.list())
    assert "models.list" in caplog.text


def test_a_wrong_setting_is_refused_at_once() -> None:
    with pytest.raises(ValidationError):
        MockCloud(nonsense=1)


def test_models_that_cannot_be_loaded_are_told(
    tmp_path: Path, write_bundle: Callable[..., Path]
) -> None:
    write_bundle(name="broken")
    with pytest.raises(RuntimeError, match="the mock cloud did not start"):
        MockCloud(models=tmp_path / "models", warm=("broken",)).start()


def test_it_can_be_stopped_twice() -> None:
    cloud = MockCloud(engine="null", warm=())
    cloud.start()
    cloud.stop()
    cloud.stop()


def test_a_server_without_a_lab_cannot_be_steered() -> None:
    without = MockCloud(engine="null", warm=(), lab="off")
    with without, pytest.raises(MockControlError, match="has no control plane"):
        without.clock.freeze()
    with pytest.raises(MockControlError):
        MockCloud(seed=1, engine="null", warm=(), lab="off").start()
