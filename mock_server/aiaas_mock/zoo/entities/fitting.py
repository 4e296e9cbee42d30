"""Train the taggers, each epoch on sentences that are changed a little."""

import string
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.preprocess.words import OTHER_ID, WordsEncoder, windows
from aiaas_mock.zoo.entities.data import TAGS, Sentence
from aiaas_mock.zoo.entities.network import (
    TaggerSettings,
    crf_loss,
    new_weights,
    possible_moves,
    possible_starts,
    tag_scores,
)

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Tagger = dict[str, Floats]

ALPHABET = string.ascii_letters + string.digits + "'-.&@#_:/!?,"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of words, shape (rows, words, columns), and the tags of the words."""

    ids: Ints
    tags: Ints


def fit_tagger(
    sentences: Sequence[Sentence],
    encoder: WordsEncoder,
    spec: WordsInput,
    vectors: Floats,
    settings: TaggerSettings,
    seed: int,
    report: Callable[[str], None],
) -> Tagger:
    """Train one network; the vectors of the words stay as they are.

    Args:
        sentences: The train split.
        encoder: The preprocessing.
        spec: The input of the card.
        vectors: One for each id of a word.
        settings: See `TaggerSettings`.
        seed: Decides the first weights, the order, and the changes.
        report: Gets the loss now and then.
    """
    tf.random.set_seed(seed)
    rng = np.random.default_rng(seed)
    weights = {
        name: tf.Variable(values)
        for name, values in new_weights(spec, vectors.shape[1], settings, rng).items()
    }
    variables, table = list(weights.values()), tf.constant(vectors)
    moves, starts = tf.constant(possible_moves()), tf.constant(possible_starts())
    steps = settings.epochs * -(-len(sentences) // settings.batch)
    rate = tf.keras.optimizers.schedules.CosineDecay(settings.rate, steps, alpha=0.02)
    optimizer = tf.keras.optimizers.AdamW(rate, weight_decay=0.01, global_clipnorm=5.0)
    optimizer.build(variables)

    def look_up(name: str, ids: Any) -> Any:
        return tf.gather(weights[name], ids)

    def step(ids: Any, tags: Any) -> Any:
        with tf.GradientTape() as tape:
            words = tf.gather(table, ids[:, :, 0])
            scores = tag_scores(ids, words, weights, look_up, spec, settings.dropout)
            there = tf.cast(ids[:, :, 0] > 0, tf.float32)
            start, move = weights["start"] + starts, weights["moves"] + moves
            loss = crf_loss(scores, tags, there, start, move)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    shapes = [(None, None, spec.columns), (None, None)]
    learn = tf.function(step, input_signature=[tf.TensorSpec(s, tf.int32) for s in shapes])
    swap = Swapper(sentences, settings, rng)
    for epoch in range(settings.epochs):
        began = time.perf_counter()
        rows = _hide(rows_of([swap(s) for s in sentences], encoder, spec), spec, settings, rng)
        losses = [float(learn(i, t)) for i, t in _batches(rows, settings.batch, rng)]
        if epoch % 3 == 0 or epoch + 1 == settings.epochs:
            seconds = time.perf_counter() - began
            report(f"  epoch {epoch + 1}: loss {np.mean(losses):.3f}, {seconds:.0f} s")
    return {name: variable.numpy() for name, variable in weights.items()}


def rows_of(
    sentences: Sequence[tuple[Sequence[str], Sequence[int]]],
    encoder: WordsEncoder,
    spec: WordsInput,
) -> Rows:
    """Turn sentences, as words and tags, into rows and the tags of their words."""
    ids, tags = [], []
    for words, marks in sentences:
        ids.append(encoder.rows(words))
        for start, _, _ in windows(len(words), spec):
            part = marks[start : start + spec.length]
            tags.append(np.pad(np.array(part, np.int32), (0, spec.length - len(part))))
    return Rows(np.concatenate(ids).reshape(-1, spec.length, spec.columns), np.stack(tags))


class Swapper:
    """Gives a sentence with some names replaced by others of their type, and sometimes lowered."""

    def __init__(
        self, sentences: Sequence[Sentence], settings: TaggerSettings, rng: np.random.Generator
    ) -> None:
        self._settings, self._rng = settings, rng
        self._names: defaultdict[int, list[list[str]]] = defaultdict(list)
        for sentence in sentences:
            for first, last in _names_in(sentence.tags):
                self._names[sentence.tags[first]].append(sentence.words[first:last])

    def __call__(self, sentence: Sentence) -> tuple[list[str], list[int]]:
        """Return the words and the tags of a sentence like this one."""
        words, tags = list(sentence.words), list(sentence.tags)
        for first, last in reversed(_names_in(sentence.tags)):
            if self._rng.random() < self._settings.swapped:
                names = self._names[tags[first]]
                name, begin = names[self._rng.integers(len(names))], tags[first]
                words[first:last] = name
                tags[first:last] = [begin, *[begin + 1] * (len(name) - 1)]
        if self._rng.random() < self._settings.lowered:
            words = [word.lower() for word in words]
        return words, tags


def _names_in(tags: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for word, tag in enumerate(tags):
        if TAGS[tag][0] == "B":
            found.append((word, word + 1))
        elif TAGS[tag][0] == "I":
            found[-1] = (found[-1][0], word + 1)
    return found


def _hide(rows: Rows, spec: WordsInput, settings: TaggerSettings, rng: np.random.Generator) -> Rows:
    ids = rows.ids.copy()
    unknown = (rng.random(ids.shape[:2]) < settings.other) & (ids[:, :, 0] > 0)
    ids[:, :, 0][unknown] = OTHER_ID
    ids[rng.random(len(ids)) < settings.unlisted, :, spec.columns - len(spec.lists) :] = 0
    return Rows(ids, rows.tags)


def _batches(rows: Rows, size: int, rng: np.random.Generator) -> Iterator[tuple[Any, Any]]:
    lengths = (rows.ids[:, :, 0] > 0).sum(axis=1)
    # Nearly of one length, with noise, so that a batch has little padding and is never the same.
    order = np.argsort(lengths + rng.uniform(0, 8, len(lengths)))
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    for number in rng.permutation(len(groups)):
        chosen = groups[number]
        longest = int(lengths[chosen].max())
        yield tf.constant(rows.ids[chosen, :longest]), tf.constant(rows.tags[chosen, :longest])
