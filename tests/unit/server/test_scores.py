"""From a model's output to probabilities, logits and labels, as its card says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.services.scores import best_classes, logits, probabilities

WriteBundle = Callable[..., Path]
MakeRef = Callable[..., ModelRef]


@pytest.fixture
def make_ref(write_bundle: WriteBundle, tmp_path: Path) -> MakeRef:
    """Make a model with the classes "cat" and "dog"."""

    def make(**output: object) -> ModelRef:
        scores = {"kind": "scores", "size": 2, "labels_file": "labels.txt"}
        write_bundle(output={**scores, **output})
        return Catalogue.scan(tmp_path / "models").resolve("tiny")

    return make


def floats(*rows: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(rows, np.float32)


def test_softmax_adds_up_to_one_however_large_the_logits(make_ref: MakeRef) -> None:
    found = probabilities(make_ref(activation="softmax"), floats((0, 0), (1e4, -1e4), (3, 1)))
    assert found.tolist()[:2] == [[0.5, 0.5], [1.0, 0.0]]
    assert found[2] == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))])


def test_sigmoid_looks_at_each_class_alone_and_never_overflows(make_ref: MakeRef) -> None:
    with np.errstate(all="raise"):
        found = probabilities(
            make_ref(activation="sigmoid", thresholds=[0.5, 0.5]), floats((0, 1e4), (-1e4, 2))
        )
    assert found.tolist()[0] == [0.5, 1.0]
    assert found[1] == pytest.approx([0.0, 1 / (1 + np.exp(-2))])


def test_a_model_that_gives_probabilities_is_believed(make_ref: MakeRef) -> None:
    rows = floats((0.25, 0.75))
    ref = make_ref()
    assert probabilities(ref, rows) is rows
    assert logits(ref, rows)[0] == pytest.approx([-np.log(3), np.log(3)], rel=1e-5)
    assert np.isfinite(logits(ref, floats((0, 1)))).all()


def test_logits_are_passed_on_as_they_are(make_ref: MakeRef) -> None:
    rows = floats((-5, 7))
    assert logits(make_ref(activation="softmax"), rows) is rows


def test_what_is_not_shown_leaves_the_other_scores_alone(make_ref: MakeRef) -> None:
    ref = make_ref(out_of_scope={"label": "cat", "threshold": 0.5})
    ((only,),) = best_classes(ref, floats((0.9, 0.1)))
    assert (only.label, only.score) == ("dog", 0.1)


def test_equal_scores_keep_the_order_of_the_labels(make_ref: MakeRef) -> None:
    (best,) = best_classes(make_ref(), floats((0.5, 0.5)))
    assert [one.label for one in best] == ["cat", "dog"]


def test_no_rows_have_no_labels(make_ref: MakeRef) -> None:
    ref = make_ref(activation="softmax")
    assert best_classes(ref, probabilities(ref, np.empty((0, 2), np.float32))) == []
