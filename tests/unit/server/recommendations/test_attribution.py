"""Recommendation ids say who answered, to nobody but the namespace that they were made for."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas_mock.services.recommendations.attribution import Attribution, RecommendationIds

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
IDS = RecommendationIds(b"secret")


@pytest.mark.parametrize("group", [None, "", "b"])
def test_an_id_tells_model_group_and_time(group: str | None) -> None:
    made = IDS.make("ours", model="trained@3", group=group, now=NOW)
    assert re.fullmatch(r"rec_[A-Za-z0-9_-]{40,80}", made)
    assert IDS.read("ours", made) == Attribution(
        model="trained@3", group=group, made_at=NOW - timedelta(microseconds=456)
    )


def test_the_longest_names_fit_into_the_contract() -> None:
    made = IDS.make("ours", model="m" * 128, group="g" * 32, now=NOW)
    assert len(made) <= 256


def test_two_answers_of_one_moment_have_two_ids() -> None:
    first, second = (IDS.make("ours", model="m@1", group=None, now=NOW) for _ in range(2))
    assert first != second


def test_an_id_is_unknown_in_another_namespace_and_deployment() -> None:
    made = IDS.make("ours", model="m@1", group=None, now=NOW)
    assert IDS.read("theirs", made) is None
    assert RecommendationIds(b"other").read("ours", made) is None


@given(st.data())
def test_a_changed_id_is_unknown(data: st.DataObject) -> None:
    made = IDS.make("ours", model="m@1", group="a", now=NOW)
    place = data.draw(st.integers(0, len(made)))
    piece = data.draw(st.text(max_size=3))
    cut = data.draw(st.integers(0, 3))
    changed = made[:place] + piece + made[place + cut :]
    assert changed == made or IDS.read("ours", changed) is None


@pytest.mark.parametrize("text", ["", "rec_", "rec_A", "é", "rec_!!!!", "rec_" + "A" * 100])
def test_what_is_no_id_is_unknown(text: str) -> None:
    assert IDS.read("ours", text) is None
