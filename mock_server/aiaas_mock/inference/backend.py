"""What services ask of whatever runs the models.

`ModelBackend` is the seam for scaling out: the in-process `LocalBackend` is one implementation,
a cluster adapter another. Preprocessing happens before it, so that only arrays cross.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from aiaas_mock.inference.bundles import Catalogue, ModelRef

Array = NDArray[Any]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Inference:
    """The answer of a model to a block of inputs.

    Attributes:
        outputs: float32, one row per input, in the order of the inputs.
        queue_s: Longest time that a part of the block waited, in seconds.
        batch_size: Size of the largest batch that a part of the block ran in.
    """

    outputs: Floats
    queue_s: float
    batch_size: int


class Overloaded(Exception):
    """Too many inputs are under way; try again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many inputs are under way; retry after {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class DeadlineExceeded(Exception):
    """The inputs were still waiting when their deadline passed."""


class ModelUnavailable(Exception):
    """The model is known but cannot be loaded; the message says why."""


class ModelBackend(Protocol):
    """Runs models."""

    @property
    def catalogue(self) -> Catalogue:
        """The models that can be run."""
        ...

    async def start(self) -> None:
        """Load the models that must be warm.

        Raises:
            ModelUnavailable: One of them cannot be loaded.
        """
        ...

    async def close(self) -> None:
        """Finish what runs and free all models; safe to call twice."""
        ...

    def loaded(self) -> tuple[str, ...]:
        """Return the ids of the models in memory, sorted."""
        ...

    def admit(self, ref: ModelRef, inputs: int) -> AbstractContextManager[None]:
        """Count a request as under way while its inputs are prepared and run.

        Args:
            ref: A model of the catalogue.
            inputs: How many inputs the request brings.

        Raises:
            Overloaded: Entering finds too many inputs under way already.
        """
        ...

    async def infer(self, ref: ModelRef, inputs: Array, *, deadline: float) -> Inference:
        """Run a model on a block of inputs.

        Args:
            ref: A model of the catalogue.
            inputs: One row per input, as the card's input says.
            deadline: Time of the running event loop's clock after which inputs that still wait
                are dropped.

        Raises:
            DeadlineExceeded: The deadline passed in the queue.
            ModelUnavailable: The model cannot be loaded.
        """
        ...
