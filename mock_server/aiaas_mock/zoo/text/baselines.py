"""The simpler method beside each model: scikit-learn's TF-IDF and logistic regression."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from aiaas_mock.inference.card_outputs import OutOfScope, ScoresOutput
from aiaas_mock.inference.cards import Card, Metric
from aiaas_mock.zoo.text.calibration import choose_thresholds, out_of_scope_threshold
from aiaas_mock.zoo.text.evaluate import figures_of
from aiaas_mock.zoo.text.subjects import LabelledTexts, Subject

STRENGTHS: Final = (1.0, 4.0, 16.0)
"""Values of C, the best of which on validation is taken."""
_MOST_PASSES: Final = 300
_TOLERANCE: Final = 1e-3
"""Stops a little early; a tighter one moved validation by less than half a point, either way."""


def measure_baseline(
    card: Card,
    subject: Subject,
    train: LabelledTexts,
    val: LabelledTexts,
    test: LabelledTexts,
) -> tuple[Metric, ...]:
    """Fit the baseline on the training split, choose C on validation, measure it on test.

    Args:
        card: The model's card: its figures are those that are measured.
        subject: Says the language, and whether a text may have several labels.
        train: The official training split, without what we add to it.
        val: The validation split.
        test: The test split.
    """
    features = _features(subject).fit(train.texts)
    rows, val_rows = features.transform(train.texts), features.transform(val.texts)
    best: tuple[float, float, Any, Card] | None = None
    for strength in STRENGTHS:
        model = _model(subject, strength).fit(rows, _targets(subject, train))
        answers = _answers(subject, model, val_rows, len(val.labels))
        reading = _reading(card, answers, val)
        score = next(iter(figures_of(reading, answers, val.truth).values()))
        if best is None or score > best[0]:
            best = score, strength, model, reading
    if best is None:
        raise ValueError("no strength to try")
    _, strength, model, reading = best
    answers = _answers(subject, model, features.transform(test.texts), len(test.labels))
    return tuple(
        Metric(
            name=name,
            split=f"test, {len(test):,} texts",
            value=round(value, 4),
            variant=f"scikit-learn, TF-IDF of {_described(subject)}, logistic regression, "
            f"C={strength:g}",
            command=f"aiaas-mock train {card.name} --data DIR --out DIR",
        )
        for name, value in figures_of(reading, answers, test.truth).items()
    )


def _features(subject: Subject) -> Any:
    if subject.language == "zh":
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)


def _described(subject: Subject) -> str:
    return "1-3 characters" if subject.language == "zh" else "1-2 words"


def _model(subject: Subject, strength: float) -> Any:
    if subject.several:
        return OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear"))
    return LogisticRegression(C=strength, max_iter=_MOST_PASSES, tol=_TOLERANCE)


def _targets(subject: Subject, texts: LabelledTexts) -> NDArray[Any]:
    # Of a comment with several groups it learns the first, having room for one.
    return texts.truth if subject.several else texts.truth.argmax(axis=1)


def _answers(subject: Subject, model: Any, rows: Any, labels: int) -> NDArray[np.float64]:
    found = model.predict_proba(rows)
    if subject.several:
        return np.asarray(found, np.float64)
    answers = np.zeros((found.shape[0], labels))
    answers[:, model.classes_] = found
    return answers


def _reading(card: Card, answers: NDArray[np.float64], val: LabelledTexts) -> Card:
    """Return the card with thresholds of the baseline's own, chosen as the model's are."""
    output = card.output
    if not isinstance(output, ScoresOutput):
        raise TypeError(f"{card.id} is no classifier")
    changes: dict[str, Any] = {"abstain_below": None}
    if output.thresholds:
        changes["thresholds"] = choose_thresholds(answers, val.truth)
    if output.out_of_scope is not None:
        threshold = out_of_scope_threshold(answers, val.truth)
        label = output.out_of_scope.label
        changes["out_of_scope"] = OutOfScope(label=label, threshold=threshold)
    return card.model_copy(update={"output": output.model_copy(update=changes)})
