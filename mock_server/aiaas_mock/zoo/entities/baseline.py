"""The baseline: a CRF on the surface of words, without vectors and lists of names."""

from collections.abc import Sequence

import sklearn_crfsuite

from aiaas_mock.inference.preprocess.entities import Entity, chunks
from aiaas_mock.inference.preprocess.words import plain, shape_of
from aiaas_mock.zoo.entities.data import TAGS, Sentence

Features = dict[str, str | bool]


def crf_entities(train: Sequence[Sentence], test: Sequence[Sentence]) -> list[list[Entity]]:
    """Train the CRF and return what it finds in each test sentence."""
    model = sklearn_crfsuite.CRF(
        algorithm="lbfgs", c1=0.05, c2=0.05, max_iterations=100, all_possible_transitions=True
    )
    model.fit([_features(s) for s in train], [[TAGS[tag] for tag in s.tags] for s in train])
    predicted = model.predict([_features(sentence) for sentence in test])
    return [
        [
            Entity(sentence.spans[first][0], sentence.spans[last][1], label, 1.0)
            for first, last, label in chunks(list(tags))
        ]
        for sentence, tags in zip(test, predicted, strict=True)
    ]


def _features(sentence: Sentence) -> list[Features]:
    words = sentence.words
    own = [_surface(word) for word in words]
    rows: list[Features] = []
    for at, surface in enumerate(own):
        row: Features = {"bias": True, "first": at == 0, "last": at == len(own) - 1, **surface}
        for apart in (-2, -1, 1, 2):
            if 0 <= at + apart < len(own):
                near = own[at + apart]
                row[f"{apart} word"] = near["word"]
                row[f"{apart} shape"] = near["shape"]
        rows.append(row)
    return rows


def _surface(word: str) -> Features:
    lower = plain(word)
    return {
        "word": lower,
        "shape": shape_of(word)[:12],
        "title": word.istitle(),
        "upper": word.isupper(),
        "digit": word.isdigit(),
        **{f"begins {n}": lower[:n] for n in (1, 2, 3)},
        **{f"ends {n}": lower[-n:] for n in (1, 2, 3, 4)},
    }
