"""What comes next: of everybody's last visit, the item after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from aiaas_mock.inference.recommenders.recency import visits_ago
from aiaas_mock.zoo.recommendations.data import Experiment
from aiaas_mock.zoo.recommendations.measures import Case

_LONGEST = 32


def sessions(experiment: Experiment) -> Experiment:
    """Ask only for the next item, and tell only of the last visit.

    Of a visit that goes on in the held-out part the items that are known are the session. Among
    the earliest held-out items, whose order nobody knows, one is drawn.
    """
    rng = np.random.default_rng(7)
    return replace(experiment, cases=tuple(_next_items(experiment, rng)))


def _next_items(experiment: Experiment, rng: np.random.Generator) -> Iterator[Case]:
    for case in experiment.cases:
        earliest = np.flatnonzero(case.held_out_us == case.held_out_us.min())
        asked = int(rng.choice(earliest))
        last = visits_ago(np.append(case.times_us, case.held_out_us[asked]))[:-1]
        session = case.history[last == 0][-_LONGEST:]
        if len(session):
            yield Case(
                session,
                case.times_us[last == 0][-_LONGEST:],
                case.held_out[asked : asked + 1],
                case.held_out_us[asked : asked + 1],
            )
