"""The tagger: what is known of each word, convolutions over its neighbours, scores of tags.

Plain functions of a dictionary of weights: the same lines train the network and export it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import HASHED_FEATURES, WordsInput
from aiaas_mock.zoo.entities.data import TAGS

Weights = Mapping[str, Any]
Lookup = Callable[[str, Any], Any]
"""Takes the name of a table and ids, gives their rows."""

IMPOSSIBLE: Final = -10_000.0
_KERNEL: Final = 3


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """The settings of the network and its training; chosen on the dev split.

    Attributes:
        seeds: Networks that are trained apart and whose scores are averaged.
        other: How often a word of the vocabulary is taken for an unknown one.
        unlisted: How often the lists of names are hidden from a whole sentence.
        swapped: How often a name is replaced by another of its type.
    """

    letter_size: int = 16
    letter_filters: int = 32
    part_size: int = 12
    hidden: int = 128
    layers: int = 2
    dropout: float = 0.4
    other: float = 0.1
    unlisted: float = 0.15
    swapped: float = 0.2
    lowered: float = 0.1
    epochs: int = 12
    batch: int = 32
    rate: float = 0.002
    seeds: int = 3
    seed: int = 7


def new_weights(
    spec: WordsInput, words: int, settings: TaggerSettings, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """Draw the weights of one network; the words' vectors, of size `words`, are not among them."""
    lists = 2 * len(spec.lists)
    known = words + settings.letter_filters + HASHED_FEATURES * settings.part_size + lists
    hidden = settings.hidden

    def draw(*shape: int) -> NDArray[np.float32]:
        fan = int(np.prod(shape[:-1]))
        return rng.normal(0, (2 / fan) ** 0.5, shape).astype(np.float32)

    weights: dict[str, Any] = {
        "letters": rng.normal(0, 0.3, (len(spec.alphabet) + 2, settings.letter_size)),
        "letters kernel": draw(_KERNEL, settings.letter_size, settings.letter_filters),
        "letters bias": np.zeros(settings.letter_filters),
        "parts": rng.normal(0, 0.1, (spec.buckets + 1, settings.part_size)),
        "known kernel": draw(known, hidden),
        "known bias": np.zeros(hidden),
        "tags kernel": draw(hidden, len(TAGS)),
        "tags bias": np.zeros(len(TAGS)),
        "start": np.zeros(len(TAGS)),
        "moves": np.zeros((len(TAGS), len(TAGS))),
    }
    for layer in range(settings.layers):
        weights[f"{layer} kernel"] = draw(_KERNEL, hidden, hidden) * 0.5
        weights[f"{layer} bias"] = np.zeros(hidden)
    return {name: values.astype(np.float32) for name, values in weights.items()}


def tag_scores(
    ids: Any, vectors: Any, weights: Weights, look_up: Lookup, spec: WordsInput, dropout: float = 0
) -> Any:
    """Score the tags of words.

    Args:
        ids: Shape (rows, words, columns of the card's input).
        vectors: The vectors of the words, shape (rows, words, size).
        weights: As `new_weights` gives them, as arrays or variables.
        look_up: Takes rows out of a table.
        spec: The input of the card.
        dropout: While training.
    """
    words = tf.shape(ids)[1]
    hashed = 1 + spec.characters
    lists = hashed + HASHED_FEATURES
    letters = look_up("letters", tf.reshape(ids[:, :, 1:hashed], (-1, spec.characters)))
    letters = tf.nn.conv1d(letters, weights["letters kernel"], 1, "SAME")
    letters = tf.nn.relu(tf.reduce_max(letters, axis=1) + weights["letters bias"])
    letters = tf.reshape(letters, (-1, words, letters.shape[-1]))
    parts = look_up("parts", ids[:, :, hashed:lists])
    parts = tf.reshape(parts, (-1, words, HASHED_FEATURES * parts.shape[-1]))
    listed = [tf.cast(tf.equal(ids[:, :, lists:], mark), tf.float32) for mark in (1, 2)]
    x = tf.concat([vectors, letters, parts, *listed], axis=2)
    x = _drop(x, dropout / 2)
    x = tf.nn.relu(_dense(x, weights, "known"))
    # Beyond the end of the text all is zero, whatever the length of the row.
    there = tf.cast(ids[:, :, :1] > 0, tf.float32)
    for layer in range(sum(f"{number} kernel" in weights for number in range(9))):
        near = tf.nn.conv1d(_drop(x * there, dropout), weights[f"{layer} kernel"], 1, "SAME")
        x = x + tf.nn.relu(near + weights[f"{layer} bias"])
    return _dense(_drop(x, dropout), weights, "tags")


def possible_moves() -> NDArray[np.float32]:
    """Return 0 where a tag may follow another, and a great penalty where it may not."""
    moves = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for after, tag in enumerate(TAGS):
        place, _, label = tag.partition("-")
        if place == "I":
            moves[:, after] = IMPOSSIBLE
            moves[[TAGS.index(f"B-{label}"), after], after] = 0
    return moves


def possible_starts() -> NDArray[np.float32]:
    """Return 0 where a text may begin with a tag, and a great penalty where it may not."""
    return np.array([IMPOSSIBLE if tag[0] == "I" else 0 for tag in TAGS], np.float32)


def crf_loss(scores: Any, tags: Any, there: Any, start: Any, moves: Any) -> Any:
    """Return the mean negative log-likelihood of the rows' tags in a linear-chain CRF.

    Args:
        scores: Shape (rows, words, tags).
        tags: Shape (rows, words).
        there: Shape (rows, words): 1 where there is a word.
        start: What each tag scores as the first.
        moves: What each tag scores after each.
    """
    own = tf.gather(scores, tags, batch_dims=2) * there
    steps = tf.gather_nd(moves, tf.stack([tags[:, :-1], tags[:, 1:]], axis=2)) * there[:, 1:]
    gold = tf.reduce_sum(own, 1) + tf.reduce_sum(steps, 1) + tf.gather(start, tags[:, 0])

    def forward(total: Any, word: tuple[Any, Any]) -> Any:
        ways = tf.reduce_logsumexp(total[:, :, None] + moves, axis=1) + word[0]
        return tf.where(word[1][:, None] > 0, ways, total)

    in_order = (tf.transpose(scores, (1, 0, 2))[1:], tf.transpose(there)[1:])
    total = tf.scan(forward, in_order, start + scores[:, 0])[-1]
    return tf.reduce_mean(tf.reduce_logsumexp(total, axis=1) - gold)


def _dense(x: Any, weights: Weights, name: str) -> Any:
    return tf.tensordot(x, weights[f"{name} kernel"], 1) + weights[f"{name} bias"]


def _drop(x: Any, rate: float) -> Any:
    return tf.nn.dropout(x, rate) if rate else x
