"""What is drawn from a seed."""

import re

from aiaas_mock.lab.draws import Draws


def seeded(seed: int | None) -> Draws:
    draws = Draws()
    draws.seed = seed
    return draws


def test_the_same_seed_gives_the_same_ids() -> None:
    one, other = seeded(7), seeded(7)
    assert [one.new_id("req") for _ in range(9)] == [other.new_id("req") for _ in range(9)]
    assert one.random_bits(53) == other.random_bits(53)


def test_another_seed_or_kind_gives_other_ids() -> None:
    ids = [seeded(seed).new_id(kind).partition("_")[2] for seed in (1, 2) for kind in ("a", "b")]
    assert len(set(ids)) == 4


def test_what_else_is_drawn_changes_nothing() -> None:
    one, other = seeded(7), seeded(7)
    one.new_id("file")
    one.random_bits(8)
    assert one.new_id("req") == other.new_id("req")


def test_ids_look_alike_with_and_without_a_seed() -> None:
    for draws in (seeded(None), seeded(7)):
        assert re.fullmatch(r"req_[a-z0-9]{24}", draws.new_id("req"))
        assert 0 <= draws.random_bits(31) < 2**31


def test_without_a_seed_nobody_can_tell_what_comes() -> None:
    one, other = seeded(None), seeded(None)
    assert one.new_id("req") != other.new_id("req")
    assert one.random_bits(64) != other.random_bits(64)


def test_a_seed_that_is_set_again_gives_no_id_for_the_second_time() -> None:
    draws = seeded(7)
    first = draws.new_id("req")
    draws.seed = 7
    assert draws.new_id("req") != first
    draws.reset()
    assert (draws.seed, draws.new_id("req")) == (7, first)


def test_a_copy_draws_on_from_where_it_was_made() -> None:
    draws = seeded(7)
    draws.new_id("req")
    copied = draws.copy()
    second = draws.new_id("req")
    draws.seed = None
    draws.restore(copied)
    assert draws.new_id("req") == second
