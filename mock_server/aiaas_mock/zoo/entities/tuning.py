"""What is chosen on the validation split after training: how ready to say a name, how sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.card_outputs import TagsOutput
from aiaas_mock.inference.preprocess.entities import Entity, EntityDecoder
from aiaas_mock.inference.preprocess.words import WordsEncoder
from aiaas_mock.zoo.entities.data import TAGS, Sentence
from aiaas_mock.zoo.entities.export import transitions_of
from aiaas_mock.zoo.entities.fitting import Tagger
from aiaas_mock.zoo.entities.network import Lookup, tag_scores
from aiaas_mock.zoo.entities.scoring import calibration_error, score

Floats = NDArray[np.float32]

_RELUCTANCES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
_TEMPERATURES: Final = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was chosen, and how good it is on the validation split.

    Attributes:
        reluctance: What is taken from the score of "no name": training on few names makes a
            tagger say too few.
        temperature: See `TagsOutput`.
    """

    reluctance: float
    temperature: float
    f1: float
    calibration_error: float


def tune(
    taggers: Sequence[Tagger],
    vectors: Floats,
    encoder: WordsEncoder,
    spec: WordsInput,
    sentences: Sequence[Sentence],
) -> Tuned:
    """Choose the reluctance by F1, then the temperature by the calibration error."""
    scores = _scores(taggers, vectors, [encoder.rows(s.words) for s in sentences], spec)
    wanted = [sentence.entities for sentence in sentences]
    start, moves = transitions_of(taggers)
    outside = np.zeros(len(TAGS), np.float32)

    def found(reluctance: float, temperature: float) -> list[list[Entity]]:
        output = TagsOutput(
            size=spec.length * len(TAGS),
            labels_file="",
            start=tuple(start.tolist()),
            transitions=tuple(map(tuple, moves.tolist())),
            temperature=temperature,
        )
        decoder = EntityDecoder(spec, output, TAGS)
        outside[0] = reluctance
        return [
            decoder.decode(rows - outside, sentence.spans)
            for rows, sentence in zip(scores, sentences, strict=True)
        ]

    reluctance = max(_RELUCTANCES, key=lambda value: score(found(value, 1.0), wanted).f1)
    temperature = min(
        _TEMPERATURES, key=lambda value: calibration_error(found(reluctance, value), wanted)
    )
    best = found(reluctance, temperature)
    return Tuned(reluctance, temperature, score(best, wanted).f1, calibration_error(best, wanted))


def _scores(
    taggers: Sequence[Tagger], vectors: Floats, texts: Sequence[NDArray[np.int32]], spec: WordsInput
) -> list[Floats]:
    rows = np.concatenate(texts)
    ids = tf.constant(rows.reshape(-1, spec.length, spec.columns))
    known = tf.gather(vectors, ids[:, :, 0])
    own = [tag_scores(ids, known, tagger, _from(tagger), spec).numpy() for tagger in taggers]
    return np.split(np.mean(own, axis=0), np.cumsum([len(text) for text in texts])[:-1])


def _from(tagger: Tagger) -> Lookup:
    return lambda name, ids: tf.gather(tagger[name], ids)
