"""Admission: how many inputs may be under way for one model before requests are refused.

Counted are whole requests, from before their pictures are decoded until they are answered: a
request is refused at once and entirely, or it is answered, and memory is bounded in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiaas_mock.inference.backend import Overloaded

_LEAST_RETRY_S = 1.0


class Admission:
    """Lets requests in while there is room.

    Args:
        max_inputs: Most inputs under way at the same moment. A request that finds nobody else is
            let in whatever its size.
    """

    def __init__(self, max_inputs: int) -> None:
        self._max_inputs = max_inputs
        self._inputs = 0

    @contextmanager
    def admit(self, inputs: int, *, seconds_per_input: float) -> Iterator[None]:
        """Count a request as under way.

        Args:
            inputs: Its size.
            seconds_per_input: What the model needs for one, for the hint when to come back.

        Raises:
            Overloaded: There is no room.
        """
        if self._inputs and self._inputs + inputs > self._max_inputs:
            raise Overloaded(max(_LEAST_RETRY_S, self._inputs * seconds_per_input))
        self._inputs += inputs
        try:
            yield
        finally:
            self._inputs -= inputs
