"""Calibration and thresholds, on data made to have a known answer."""

import numpy as np
import pytest
from numpy.typing import NDArray

from aiaas_mock.inference.activations import sigmoid, softmax
from aiaas_mock.zoo.text.calibration import (
    FLAGGED_IN_SCOPE,
    choose_thresholds,
    confidence_for,
    fit_platt,
    fit_temperature,
    out_of_scope_threshold,
)
from aiaas_mock.zoo.text.measures import expected_calibration_error


def drawn(logits: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw one label a row by its probability."""
    chosen = (softmax(logits).cumsum(axis=1) < rng.random((len(logits), 1))).sum(axis=1)
    labels = np.eye(logits.shape[1], dtype=np.float32)
    result: NDArray[np.float32] = labels[np.minimum(chosen, len(labels) - 1)]
    return result


def test_the_temperature_undoes_exaggerated_logits() -> None:
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (20_000, 4))
    truth = drawn(honest, rng)
    scale, offset = fit_temperature(honest * 3, truth)
    assert scale == pytest.approx(np.full(4, 1 / 3), rel=0.05)
    assert offset.tolist() == [0, 0, 0, 0]
    best = softmax(honest * 3 * scale)
    right = truth[np.arange(len(truth)), best.argmax(axis=1)] > 0
    assert expected_calibration_error(best.max(axis=1), right) < 0.02


def test_the_temperature_makes_the_answer_honest_where_several_labels_hold() -> None:
    logits = np.tile([2.0, 0.0], (1_000, 1))
    truth = np.tile(np.array([1, 0], np.float32), (1_000, 1))
    truth[:50] = 1
    truth[-100:] = [0, 1]
    scale, _ = fit_temperature(logits, truth)
    assert softmax(logits * scale)[0, 0] == pytest.approx(0.9, abs=0.001)


def test_the_out_of_scope_offset_follows_the_weight_of_its_examples() -> None:
    rng = np.random.default_rng(1)
    honest = rng.normal(0, 2, (20_000, 3))
    truth = drawn(honest, rng)
    scale, offset = fit_temperature(honest, truth, oos=2, oos_weight=5)
    assert scale[0] == pytest.approx(1, rel=0.1)
    assert offset == pytest.approx([0, 0, np.log(5)], abs=0.15)


def test_platt_scaling_finds_scale_and_offset_of_each_label() -> None:
    rng = np.random.default_rng(2)
    honest = rng.normal(0, 2, (20_000, 2))
    truth = (rng.random(honest.shape) < sigmoid(honest)).astype(np.float32)
    scale, offset = fit_platt(honest * 2 + [1, -1], truth)
    assert scale == pytest.approx([0.5, 0.5], rel=0.05)
    assert offset == pytest.approx([-0.5, 0.5], abs=0.1)


def test_platt_scaling_of_a_label_that_never_holds_stays_finite() -> None:
    scale, offset = fit_platt(np.zeros((50, 1)) - 3, np.zeros((50, 1), np.float32))
    assert np.isfinite([*scale, *offset]).all()


def test_a_threshold_parts_the_true_from_the_rest() -> None:
    probabilities = np.array([[0.1], [0.2], [0.7], [0.8]])
    truth = np.array([[0], [0], [1], [1]], dtype=np.float32)
    (threshold,) = choose_thresholds(probabilities, truth)
    assert 0.2 < threshold <= 0.7


def test_few_in_scope_texts_reach_the_out_of_scope_threshold() -> None:
    rng = np.random.default_rng(3)
    answers = np.concatenate([rng.random((1_000, 2)), np.ones((10, 2))])
    truth = np.zeros((1_010, 2), np.float32)
    truth[:1_000, 0] = truth[1_000:, 1] = 1
    threshold = out_of_scope_threshold(answers, truth)
    flagged = float((answers[:1_000, 1] >= threshold).mean())
    assert flagged == pytest.approx(FLAGGED_IN_SCOPE, abs=0.002)


def test_the_model_decides_down_to_the_confidence_that_is_accurate_enough() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True])
    assert confidence_for(confidence, right, accuracy=0.75) == 0.6
    assert confidence_for(confidence, right, accuracy=0.9) == 0.8
    assert confidence_for(confidence, ~np.ones(4, np.bool_), accuracy=0.9) == 1.0
