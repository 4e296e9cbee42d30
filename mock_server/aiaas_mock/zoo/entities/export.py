"""From trained taggers to one LiteRT file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.zoo.entities.fitting import Tagger
from aiaas_mock.zoo.entities.network import Lookup, possible_moves, possible_starts, tag_scores
from aiaas_mock.zoo.word2vec.export import convert
from aiaas_mock.zoo.word2vec.table import quantise

Floats = NDArray[np.float32]


def to_litert(taggers: Sequence[Tagger], vectors: Floats, spec: WordsInput) -> bytes:
    """Make the model: a row of words to the mean of the taggers' scores.

    All tables and matrices become int8.
    """
    words = _table(vectors)
    tables = [{name: _table(tagger[name]) for name in ("letters", "parts")} for tagger in taggers]

    def score(row: tf.Tensor) -> tf.Tensor:
        ids = tf.reshape(row, (-1, spec.length, spec.columns))
        known = words(ids[:, :, 0])
        total = tf.add_n(
            [
                tag_scores(ids, known, tagger, _from(own), spec)
                for tagger, own in zip(taggers, tables, strict=True)
            ]
        )
        return tf.reshape(total / len(taggers), (-1, spec.length * total.shape[2]))

    return convert(score, tf.TensorSpec((None, spec.size), tf.int32, name="row"), small=True)


def transitions_of(taggers: Sequence[Tagger]) -> tuple[Floats, Floats]:
    """Return what each tag scores as the first, and after each: the mean of the taggers."""
    start = np.mean([tagger["start"] for tagger in taggers], axis=0) + possible_starts()
    moves = np.mean([tagger["moves"] for tagger in taggers], axis=0) + possible_moves()
    return np.round(start, 4), np.round(moves, 4)


def _from(tables: Mapping[str, Callable[[Any], Any]]) -> Lookup:
    return lambda name, ids: tables[name](ids)


def _table(rows: Floats) -> Callable[[Any], Any]:
    table = quantise(rows)
    values, scales = tf.constant(table.values), tf.constant(table.scales[:, None])
    # Cast after the gathering: a table of floats would be four times as large.
    return lambda ids: tf.cast(tf.gather(values, ids), tf.float32) * tf.gather(scales, ids)
