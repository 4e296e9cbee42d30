"""Made-up out-of-scope queries."""

import numpy as np

from aiaas_mock.zoo.text.negatives import invent, plain_comments


def test_comments_are_written_as_queries_are() -> None:
    comments = ["[NAME], that's *really* GOOD news!", "No.", "word " * 20]
    assert plain_comments(comments) == ["that's really good news"]


def test_what_is_invented_is_drawn_from_the_seed_and_from_both_sources() -> None:
    queries = ["set an alarm for noon", "what is the weather in rome", "pay my electricity bill"]
    comments = ["dragons never forget their gardens", "nobody expected such quiet mountains"]
    made = invent(queries, comments, 60, np.random.default_rng(5))
    assert made == invent(queries, comments, 60, np.random.default_rng(5))
    assert len(made) == 60
    assert set(made) & set(comments)
    assert any(text.startswith("set an alarm ") for text in made)
    assert not set(made) & set(queries)
