"""The models of text can be made again, and what they are measured by can be asked of a server."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.integration.tiny_texts import write_data_sets, write_packages

from aiaas_mock import zoo
from aiaas_mock.conformance.asking import deployment
from aiaas_mock.inference.bundles import SHIPPED
from aiaas_mock.inference.cards import BundleError, Card, verify_bundle
from aiaas_mock.zoo import ZooError

pytestmark = [
    pytest.mark.tensorflow,
    # TensorFlow's and scikit-learn's own code.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

BEST = ("intents-clinc150", "intents-banking77", "emotions", "sentiment-en", "sentiment-zh")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_data_sets(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def keras() -> Iterator[None]:
    module = pytest.importorskip("keras")
    yield
    module.backend.clear_session()


def made(name: str, data: Path, out: Path) -> Card:
    """Train a model and hold its card against a measurement of its file."""
    lines: list[str] = []
    folder = zoo.train(name, data=data, out=out, epochs=1, report=lines.append)
    card = verify_bundle(folder)
    assert folder == out / name / "1"
    assert lines
    shipped = verify_bundle(SHIPPED / name / "1")
    assert card.files.keys() == shipped.files.keys()
    assert (card.task, card.languages, type(card.output)) == (
        shipped.task,
        shipped.languages,
        type(shipped.output),
    )
    assert [metric.name for metric in card.metrics] == [metric.name for metric in shipped.metrics]
    assert all(math.isfinite(metric.value) for metric in card.metrics)
    assert zoo.evaluate(name, data=data, bundles=out) == card.metrics
    return card


@pytest.mark.parametrize("name", BEST)
def test_a_classifier_is_made_calibrated_and_measured_beside_its_baseline(
    data: Path, tmp_path: Path, name: str
) -> None:
    card = made(name, data, tmp_path)
    assert {metric.name for metric in card.baselines} <= {metric.name for metric in card.metrics}
    assert card.baselines


@pytest.mark.parametrize("step", ["bow", "rnn", "lstm"])
def test_a_step_of_the_ladder_is_made(data: Path, tmp_path: Path, step: str) -> None:
    assert not made(f"sentiment-zh-{step}", data, tmp_path).baselines


def test_the_step_of_word_vectors_stands_on_those_beside_it(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="word2vec"):
        zoo.train("sentiment-en-word2vec", data=data, out=tmp_path, report=lambda line: None)
    shutil.copytree(SHIPPED / "word2vec", tmp_path / "word2vec")
    made("sentiment-en-word2vec", data, tmp_path)


def test_word_vectors_are_made(data: Path, tmp_path: Path) -> None:
    made("word2vec", data, tmp_path)


def test_skip_grams_put_words_that_stand_together_close_to_each_other() -> None:
    from aiaas_mock.zoo.word2vec.skipgram import SkipGramSettings, train_vectors

    rng = np.random.default_rng(1)
    topics = rng.integers(0, 2, 400)  # each text is about the words 0 to 4, or 5 to 9
    ids = (rng.integers(0, 5, (400, 8)) + 5 * topics[:, None]).astype(np.int32)
    texts = np.repeat(np.arange(400, dtype=np.int32), 8)
    settings = SkipGramSettings(size=8, batch=256, epochs=8, subsample=1.0)
    vectors = train_vectors(ids.ravel(), texts, 10, settings, lambda line: None)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = vectors @ vectors.T
    assert alike[:5, :5].mean() > alike[:5, 5:].mean() + 0.3


def test_a_language_model_is_made_beside_counts_of_tokens(data: Path, tmp_path: Path) -> None:
    card = made("lstm-lm", data, tmp_path)
    assert {metric.variant.partition(",")[0] for metric in card.baselines} == {"unigram", "trigram"}


def test_a_tagger_is_made_with_lists_of_names(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_packages(tmp_path / "packages")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    card = made("entities", data, tmp_path / "bundles")
    assert "CRF" in card.baselines[0].variant
    names = (tmp_path / "bundles" / "entities" / "1" / "names.txt").read_text("utf-8")
    assert {"lindau", "ada lovelace", "the third man", "acme"} <= {
        line.partition("\t")[0] for line in names.splitlines()
    }


def test_a_missing_data_set_is_named_with_where_it_should_be(tmp_path: Path) -> None:
    for name in (*BEST, "word2vec", "lstm-lm", "entities"):
        with pytest.raises(ZooError, match=str(tmp_path)) as refused:
            zoo.train(name, data=tmp_path, out=tmp_path, report=lambda line: None)
        assert refused.value.code == "data_missing"


def test_a_server_answers_what_the_files_of_its_models_do(data: Path) -> None:
    names = ("sentiment-en", "emotions", "word2vec", "entities")
    with deployment(SHIPPED) as ask:
        for name in names:
            asked = zoo.evaluate(name, data=data, bundles=SHIPPED, ask=ask)
            here = zoo.evaluate(name, data=data, bundles=SHIPPED)
            assert [metric.value for metric in asked] == pytest.approx(
                [metric.value for metric in here], abs=2e-3
            )
        with pytest.raises(ZooError, match="cannot be had over the network"):
            zoo.evaluate("lstm-lm", data=data, bundles=SHIPPED, ask=ask)


def test_the_classes_of_a_server_are_asked_for_with_what_fits_none_of_them() -> None:
    card = verify_bundle(SHIPPED / "intents-clinc150" / "1")
    with deployment(SHIPPED) as ask:
        inside, outside = ask(card)(["what is my bank balance", "who painted the night watch"])
    labels = (SHIPPED / "intents-clinc150" / "1" / "labels.txt").read_text("utf-8").splitlines()
    assert labels[inside.argmax()] == "balance"
    assert outside[labels.index("oos")] > inside[labels.index("oos")]
    assert inside.sum() == pytest.approx(1, abs=1e-3)
