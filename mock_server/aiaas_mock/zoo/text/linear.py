"""Fit the linear branches by scikit-learn, whose solvers find the optimum that SGD only nears."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from aiaas_mock.inference.preprocess.text import PAD_ID, Ids
from aiaas_mock.zoo.text.networks import LINEAR, Branch, Shape

Weights = NDArray[np.float32]

_MOST_PASSES: Final = 300
_TOLERANCE: Final = 1e-3
"""Stops a little early; a tighter one moved validation by less than half a point, either way."""


def fit_linear(
    network: Any,
    branches: tuple[Branch, ...],
    shape: Shape,
    rows: Ids,
    targets: NDArray[np.float32],
    *,
    several: bool,
) -> None:
    """Give the linear branches of a network their weights, and freeze them.

    Args:
        network: Made of the branches.
        branches: Those that are not linear are passed over.
        shape: What the network was built for.
        rows: Rows of ids.
        targets: Shape (rows, labels); where only one label may hold, the greatest counts.
        several: Whether several may.
    """
    for number, branch in enumerate(branches):
        if branch.kind not in LINEAR:
            continue
        features, multiplied_out = _features(branch, shape, rows)
        weights, bias = _fit(features, targets, branch.strength, several=several)
        weights = multiplied_out(weights)
        weights[PAD_ID] = 0
        for part, values in (("scores", weights), ("bias", bias)):
            layer = network.get_layer(f"{branch.kind}{number}_{part}")
            layer.set_weights([values])
            layer.trainable = False


def _features(branch: Branch, shape: Shape, rows: Ids) -> tuple[Any, Callable[[Weights], Weights]]:
    """Weigh the ids of each row, and say what makes the scores of ids of a solution's weights."""
    words, ngrams = rows[:, : shape.tokens], rows[:, shape.tokens :]
    if branch.kind == "vectors":
        # Numbers near 1 suit the solver better than the 0.1 that a unit vector has on average.
        vectors = _given(shape.vectors) * np.float32(_given(shape.vectors).shape[1] ** 0.5)
        # Linear on a mean of vectors is a mean of what is linear on each.
        return _means(vectors, words), lambda weights: vectors @ weights
    if branch.kind == "ngram-counts":
        counts = _counts(ngrams, shape.buckets + 1)
        frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
        rarity = (np.log((1 + len(rows)) / (1 + frequency)) + 1).astype(np.float32)
        length = np.maximum(np.asarray(counts.sum(axis=1)), 1)
        weighted = counts.multiply(rarity).multiply(1 / np.sqrt(length)).tocsr()
        return weighted, lambda weights: weights * rarity[:, None]
    counts = _counts(words, shape.vocabulary)
    if branch.kind == "counts":
        return counts, lambda weights: weights
    transformer = TfidfTransformer().fit(counts)
    transformer.idf_ = _given(shape.rarity).astype(np.float64)
    return transformer.transform(counts), lambda weights: weights


def _counts(ids: Ids, size: int) -> Any:
    counter = CountVectorizer(
        analyzer=lambda row: row[row != PAD_ID].tolist(),
        vocabulary={number: number for number in range(size)},
    )
    return counter.transform(ids)


def _given(array: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if array is None:
        raise ValueError("this kind of branch needs a value for each token")
    return array


def _means(vectors: NDArray[np.float32], ids: Ids) -> NDArray[np.float32]:
    means = np.zeros((len(ids), vectors.shape[1]), np.float32)
    for at, row in enumerate(ids):
        known = row[row != PAD_ID]
        means[at] = vectors[known].sum(axis=0) / max(len(known), 1)
    return means


def _fit(
    features: Any, targets: NDArray[np.float32], strength: float, *, several: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if several:
        model = OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear"))
        model.fit(features, targets > 0)
        weights = np.concatenate([one.coef_ for one in model.estimators_])
        bias = np.concatenate([one.intercept_ for one in model.estimators_])
    else:
        single = LogisticRegression(C=strength, max_iter=_MOST_PASSES, tol=_TOLERANCE)
        single.fit(features, targets.argmax(axis=1))
        weights, bias = single.coef_, single.intercept_
        if len(weights) == 1:  # Of two classes it keeps the second's logit only.
            weights, bias = (
                np.stack([-weights[0], weights[0]]) / 2,
                np.stack([-bias[0], bias[0]]) / 2,
            )
    return weights.T.astype(np.float32), bias.astype(np.float32)
