"""Augmentation of a whole epoch at once in numpy: flip, shift, random erasing."""

import numpy as np
from numpy.typing import NDArray

MAX_SHIFT = 2
ERASE_SIDE = (4, 12)
"""Shortest and longest side of an erased rectangle, in pixels."""


def augment(
    images: NDArray[np.uint8], rng: np.random.Generator, *, erase_share: float = 0.5
) -> NDArray[np.uint8]:
    """Return an augmented copy of uint8 images of shape (N, H, W)."""
    out = _shifted(images, rng)
    flipped = rng.random(len(out)) < 0.5
    out[flipped] = out[flipped, :, ::-1]
    _erase(out, rng, erase_share)
    return out


def _shifted(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    count, height, width = images.shape
    border = (MAX_SHIFT, MAX_SHIFT)
    padded = np.pad(images, ((0, 0), border, border))
    top, left = rng.integers(0, 2 * MAX_SHIFT + 1, (2, count))
    out = np.empty_like(images)
    for dy in range(2 * MAX_SHIFT + 1):
        for dx in range(2 * MAX_SHIFT + 1):
            chosen = np.flatnonzero((top == dy) & (left == dx))
            out[chosen] = padded[chosen, dy : dy + height, dx : dx + width]
    return out


def _erase(images: NDArray[np.uint8], rng: np.random.Generator, share: float) -> None:
    """Fill a rectangle of some images with one grey value each, in place."""
    count, height, width = images.shape
    sides = rng.integers(ERASE_SIDE[0], ERASE_SIDE[1] + 1, (2, count))
    # The centre is drawn inside the picture, so that a rectangle may hang over the edge.
    top = rng.integers(0, height, count) - sides[0] // 2
    left = rng.integers(0, width, count) - sides[1] // 2
    rows, columns = np.arange(height), np.arange(width)
    in_rows = (rows >= top[:, None]) & (rows < (top + sides[0])[:, None])
    in_columns = (columns >= left[:, None]) & (columns < (left + sides[1])[:, None])
    chosen = np.asarray(rng.random(count) < share)
    erased = chosen[:, None, None] & in_rows[:, :, None] & in_columns[:, None, :]
    grey = np.broadcast_to(rng.integers(0, 256, count, np.uint8)[:, None, None], images.shape)
    np.copyto(images, grey, where=erased)
