"""From a classifier's output to probabilities: the same when it is calibrated, measured, served."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_outputs import ScoresOutput

FloatT = TypeVar("FloatT", bound=np.floating)


def probabilities(output: ScoresOutput, rows: NDArray[FloatT]) -> NDArray[FloatT]:
    """Make probabilities of rows of a model's output, as its card says.

    Args:
        output: The output of the model's card.
        rows: Shape (inputs, classes); the answer has the same type of numbers.
    """
    if output.activation == "softmax":
        return softmax(rows)
    return sigmoid(rows) if output.activation == "sigmoid" else rows


def softmax(logits: NDArray[FloatT]) -> NDArray[FloatT]:
    """Return the probabilities of classes of which one holds, for each row of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[FloatT] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def sigmoid(logits: NDArray[FloatT]) -> NDArray[FloatT]:
    """Return the probability of each logit on its own."""
    # The tangent, unlike the exponential of a large negative logit, cannot overflow.
    chances: NDArray[FloatT] = (0.5 * (np.tanh(0.5 * logits) + 1.0)).astype(logits.dtype)
    return chances
