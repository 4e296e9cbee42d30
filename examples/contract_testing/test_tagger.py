"""The tagger against a mock cloud that looks at its pictures.

Run it with 'aiaas[server,testing]' installed: pytest examples/contract_testing
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tagger import PURPOSE, Tagger

import aiaas
from aiaas_mock.testing import MockNamespace

PHOTOS = Path(__file__).parents[1] / "photos"
CAT = (PHOTOS / "cat.jpg").read_bytes()


@pytest.fixture
def tagger(aiaas_client: aiaas.Client) -> Tagger:
    """A tagger whose client belongs to the test's own cloud."""
    return Tagger(aiaas_client, page_size=2)


def test_a_cat_is_tagged_as_one(tagger: Tagger) -> None:
    assert "cat" in tagger.tag("cat.jpg", CAT).tags[0]


def test_what_is_no_picture_is_said_to_be_none(tagger: Tagger) -> None:
    assert tagger.tag("notes.txt", b"no picture").note == "not a picture"


def test_every_page_of_the_archive_is_tagged(tagger: Tagger, aiaas_client: aiaas.Client) -> None:
    names = ["cat.jpg", "hot_dog.jpg", "parrot.jpg"]
    for name in names:
        aiaas_client.files.create(PHOTOS / name, purpose=PURPOSE)
    tagged = list(tagger.tag_archive())
    assert sorted(one.filename for one in tagged) == names
    assert all(one.tags for one in tagged)


def test_an_archive_of_another_test_is_not_seen(tagger: Tagger) -> None:
    assert list(tagger.tag_archive()) == []


@pytest.mark.aiaas(
    faults=[
        {
            "match": {"operation": "images.classify"},
            "times": 2,
            "fault": {"kind": "status", "status": 503, "retry_after_s": 0},
        }
    ]
)
def test_two_failures_are_survived(tagger: Tagger, aiaas_mock: MockNamespace) -> None:
    assert tagger.tag("cat.jpg", CAT).tags
    (rule,) = aiaas_mock.faults.list()
    assert rule["hit"] == 2


@pytest.mark.parametrize("kind", ["internal", "reset", "empty_reply", "close_mid_body"])
def test_while_the_service_is_away_pictures_wait(
    tagger: Tagger, aiaas_mock: MockNamespace, kind: str
) -> None:
    with aiaas_mock.faults.during(kind, operation="images.classify"):
        assert tagger.tag("cat.jpg", CAT).note == "to be tagged later"
    assert tagger.tag("cat.jpg", CAT).tags  # and are tagged when it is back


def test_at_its_limit_pictures_wait(tagger: Tagger, aiaas_mock: MockNamespace) -> None:
    aiaas_mock.clock.freeze()
    aiaas_mock.limits.set(1, remaining=0)
    assert tagger.tag("cat.jpg", CAT).note == "to be tagged later"
    aiaas_mock.clock.advance(60)  # a minute, in no time
    assert tagger.tag("cat.jpg", CAT).tags
