"""Arithmetic of evaluation, on numbers that can be checked by hand."""

import numpy as np
import pytest

from aiaas_mock.zoo.text.measures import (
    best_is_true,
    best_only,
    expected_calibration_error,
    f1_per_label,
    in_scope_accuracy,
    macro_f1,
    micro_f1,
    out_of_scope_recall,
)

OOS = 2
# Columns: two intents, out of scope.
ANSWERS = np.array(
    [
        [0.8, 0.1, 0.1],  # right
        [0.3, 0.5, 0.2],  # right
        [0.6, 0.1, 0.3],  # wrong intent
        [0.5, 0.1, 0.4],  # right intent, but called out of scope
        [0.1, 0.2, 0.7],  # out of scope, seen
        [0.4, 0.3, 0.3],  # out of scope, missed
    ]
)
TRUTH = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]], dtype=np.float32
)


def test_an_in_scope_text_called_out_of_scope_counts_as_wrong() -> None:
    assert in_scope_accuracy(ANSWERS, TRUTH, OOS, 0.35) == pytest.approx(2 / 4)
    assert in_scope_accuracy(ANSWERS, TRUTH, OOS, 0.45) == pytest.approx(3 / 4)


def test_out_of_scope_recall_counts_scores_from_the_threshold_on() -> None:
    assert out_of_scope_recall(ANSWERS, TRUTH, OOS, 0.35) == pytest.approx(1 / 2)
    assert out_of_scope_recall(ANSWERS, TRUTH, OOS, 0.3) == pytest.approx(1)


def test_in_scope_accuracy_looks_past_the_out_of_scope_score_below_the_threshold() -> None:
    answers = np.array([[0.4, 0.1, 0.5]])
    truth = np.array([[1, 0, 0]], dtype=np.float32)
    assert in_scope_accuracy(answers, truth, OOS, 0.9) == 1


def test_calibration_error_is_the_distance_of_claim_and_outcome_in_each_bin() -> None:
    confidence = np.array([0.9, 0.92, 0.3, 0.32])
    right = np.array([True, True, False, True])
    # One bin holds the first two: |1.82 - 2| = 0.18. Bins end at k/15, so 0.3 and 0.32 share
    # the one from 0.267 to 0.333: |0.62 - 1| = 0.38.
    assert expected_calibration_error(confidence, right) == pytest.approx((0.18 + 0.38) / 4)


def test_calibration_error_of_certain_and_right_answers_is_zero() -> None:
    assert expected_calibration_error(np.ones(3), np.ones(3, np.bool_)) == 0
    assert expected_calibration_error(np.zeros(3), np.zeros(3, np.bool_)) == 0


def test_calibration_error_of_several_labels_looks_at_each() -> None:
    confidence = np.array([[0.5, 0.1], [0.5, 0.1]])
    truth = np.array([[1, 0], [0, 0]], dtype=np.float32)
    assert expected_calibration_error(confidence, truth) == pytest.approx(0.2 / 4)


def test_f1_of_each_label_and_their_means() -> None:
    said = np.array([[True, False, False], [True, True, False], [False, True, False]])
    truth = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0]], dtype=np.float32)
    assert f1_per_label(said, truth) == pytest.approx([2 / 3, 1, 0])
    assert macro_f1(said, truth) == pytest.approx(5 / 9)
    assert micro_f1(said, truth) == pytest.approx(2 * 3 / (4 + 3))


def test_the_best_label_may_be_any_of_the_true_ones() -> None:
    probabilities = np.array([[0.6, 0.4], [0.2, 0.8]])
    truth = np.array([[1, 1], [1, 0]], dtype=np.float32)
    assert best_is_true(probabilities, truth).tolist() == [True, False]
    assert best_only(probabilities).tolist() == [[True, False], [False, True]]
