"""The best of many scores, found without putting all of them in order."""

import numpy as np
import pytest

from aiaas_mock.services.recommendations.selection import best


@pytest.mark.parametrize("size", [0, 1, 9, 40, 163, 4_099])
@pytest.mark.parametrize("count", [0, 1, 3, 10, 100])
def test_the_best_are_those_that_sorting_everything_would_give(size: int, count: int) -> None:
    rng = np.random.default_rng(size + count)
    for different in (2, 50, 10_000):  # few different scores are many equal ones
        scores = rng.integers(different, size=size).astype(np.float32) - different / 2
        for share in (0.0, 0.02, 0.5, 1.0):
            mask = rng.random(size) < share
            allowed = np.flatnonzero(mask)
            expected = allowed[np.argsort(-scores[allowed], kind="stable")][:count]
            assert best(scores, mask, count).tolist() == expected.tolist()
