"""Recordings in the hands of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiaas import Client, NotFoundError
from aiaas_mock.cassettes import read_har
from aiaas_mock.testing import MockCloud, MockControlError, MockNamespace


@pytest.fixture(scope="module")
def cloud() -> Iterator[MockCloud]:
    """A cloud whose models compute nothing."""
    with MockCloud(engine="null", warm=()) as cloud:
        yield cloud


def test_what_was_recorded_in_a_block_is_replayed_from_a_file(
    space: MockNamespace, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "mine.har"
    with space.recordings.during() as made:
        real = client.text.detect_language("Hello")
    space.recordings.save(file)
    assert len(read_har(file.read_text("utf-8")).exchanges) == 1
    loaded = space.recordings.load(file)
    assert [one["id"] for one in space.recordings.list()] == [made, loaded]
    space.recordings.remove(made)
    space.recordings.replay(pace="recorded")
    assert client.text.detect_language("Hello") == real
    with pytest.raises(NotFoundError, match="asked 'Bye'"):
        client.text.detect_language("Bye")
    assert space.recordings.stop()["state"] == "kept"
    space.recordings.replay(loaded)


def test_an_upstream_is_named_and_its_key_is_told_nobody(space: MockNamespace) -> None:
    with pytest.raises(MockControlError, match="/upstream"):
        space.recordings.start("nowhere", api_key="sk_live_of-the-upstream")
    begun = space.recordings.start(
        "http://127.0.0.1:9", api_key="sk_live_of-the-upstream", headers={"X-Team": "shop"}
    )
    (told,) = space.recordings.list()
    assert told["upstream"] == "http://127.0.0.1:9"
    assert "sk_live" not in str(told)
    assert space.recordings.stop()["id"] == begun


def test_without_a_recording_none_is_the_newest(space: MockNamespace, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no recording"):
        space.recordings.replay()
    with pytest.raises(LookupError, match="no recording"):
        space.recordings.save(tmp_path / "x.har")
