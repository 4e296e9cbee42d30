"""Entities: the best row of tags, its spans, and probabilities that can be summed up by hand."""

from itertools import pairwise, product

import numpy as np
import pytest
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.card_outputs import TagsOutput
from aiaas_mock.inference.preprocess.entities import Entity, EntityDecoder

LABELS = ("O", "B-person", "I-person", "B-place", "I-place")
SPEC = WordsInput(length=4, overlap=2, vocabulary_file="w", alphabet="", characters=1, buckets=1)
NEVER = -10_000.0
OUTPUT = TagsOutput(
    size=SPEC.length * len(LABELS),
    labels_file="labels.txt",
    start=(0.0, 0.0, NEVER, 0.0, NEVER),
    transitions=(
        (0.5, 0.0, NEVER, 0.0, NEVER),
        (0.0, 0.0, 0.7, 0.0, NEVER),
        (0.0, 0.0, 0.3, 0.0, NEVER),
        (0.0, 0.0, NEVER, 0.0, 0.2),
        (0.0, 0.0, NEVER, 0.0, 0.1),
    ),
    temperature=1.5,
)
SPANS = ((0, 2), (3, 5), (6, 9), (10, 11))


def decoder(output: TagsOutput = OUTPUT) -> EntityDecoder:
    return EntityDecoder(SPEC, output, LABELS)


def outputs_for(*tags: str) -> NDArray[np.float32]:
    scores = np.zeros((1, SPEC.length, len(LABELS)), np.float32)
    for word, tag in enumerate(tags):
        scores[0, word, LABELS.index(tag)] = 3
    return scores.reshape(1, -1)


def spans_of(entities: list[Entity]) -> list[tuple[int, int, str]]:
    return [(each.start, each.end, each.label) for each in entities]


def test_an_entity_goes_from_its_first_to_its_last_word() -> None:
    found = decoder().decode(outputs_for("B-person", "I-person", "O", "B-place"), SPANS)
    assert spans_of(found) == [(0, 5, "person"), (10, 11, "place")]


def test_two_entities_may_touch() -> None:
    found = decoder().decode(outputs_for("B-person", "B-person", "B-place", "I-place"), SPANS)
    assert spans_of(found) == [(0, 2, "person"), (3, 5, "person"), (6, 11, "place")]


def test_transitions_forbid_what_cannot_be() -> None:
    outputs = outputs_for("O", "I-place", "O", "O")
    assert decoder().decode(outputs, SPANS) == []
    lax = OUTPUT.model_copy(update={"transitions": ((0.0,) * 5,) * 5, "start": (0.0,) * 5})
    assert spans_of(decoder(lax).decode(outputs, SPANS)) == [(3, 5, "place")]


def test_no_words_no_entities() -> None:
    assert decoder().decode(np.zeros((0, OUTPUT.size), np.float32), ()) == []


def test_words_beyond_the_text_do_not_count() -> None:
    found = decoder().decode(outputs_for("O", "B-person", "I-person", "I-person"), SPANS[:2])
    assert spans_of(found) == [(3, 5, "person")]


def test_the_rows_of_a_long_text_are_put_together() -> None:
    rows = np.stack([
        outputs_for("O", "O", "B-person", "O")[0],
        outputs_for("O", "I-person", "O", "O")[0],
    ])  # fmt: skip
    spans = (*SPANS, (12, 13))
    assert spans_of(decoder().decode(rows, spans)) == [(6, 11, "person")]


def enumerated(scores: NDArray[np.float64], wanted: tuple[str, ...]) -> float:
    """The probability that the tags begin with `wanted` and do not go on, by counting all."""
    total = chance = 0.0
    for tags in product(range(len(LABELS)), repeat=len(scores)):
        sum_ = OUTPUT.start[tags[0]] + sum(scores[at, tag] for at, tag in enumerate(tags))
        sum_ += sum(OUTPUT.transitions[a][b] for a, b in pairwise(tags))
        weight = float(np.exp(sum_ / OUTPUT.temperature))
        total += weight
        names = [LABELS[tag] for tag in tags]
        goes_on = names[len(wanted) : len(wanted) + 1] == ["I-person"]
        if tuple(names[: len(wanted)]) == wanted and not goes_on:
            chance += weight
    return chance / total


@pytest.mark.parametrize("words", [2, 3, 4])
def test_a_score_is_the_probability_of_exactly_this_span(words: int) -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(SPEC.length, len(LABELS)))
    scores[0, 1] += 6
    scores[1, 2] += 6
    scores[2:, 0] += 4
    found = decoder().decode(scores.astype(np.float32).reshape(1, -1), SPANS[:words])
    assert spans_of(found) == [(0, 5, "person")]
    expected = enumerated(scores[:words], ("B-person", "I-person"))
    assert found[0].score == pytest.approx(expected, abs=1e-6)
