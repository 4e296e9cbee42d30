"""Recommenders of every family are trained, and the training job lives and dies with its server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.unit.zoo_recommendations.shops import (
    PER_GROUP,
    give,
    shop,
    write_movielens,
    write_msweb,
    write_retail,
)

from aiaas_mock import zoo
from aiaas_mock.inference.bundles import SHIPPED
from aiaas_mock.inference.cards import verify_bundle
from aiaas_mock.inference.recommenders import load_recommender
from aiaas_mock.zoo.recommendations.benchmark import main as benchmark
from aiaas_mock.zoo.recommendations.job import main

pytestmark = [
    pytest.mark.tensorflow,
    # TensorFlow's own code.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

JOB = [sys.executable, "-m", "aiaas_mock.zoo.recommendations.job"]
SETTINGS: dict[str, dict[str, Any]] = {
    "bpr": {"factors": 8, "batch": 32, "epochs": 30},
    "two-tower": {"factors": 8, "batch": 8, "epochs": 40, "rate": 0.01},
    "multi-vae": {"hidden": 16, "batch": 8, "epochs": 60, "rate": 0.01, "dropout": 0.1},
    "sasrec": {"factors": 16, "batch": 8, "epochs": 40, "length": 6, "rate": 0.01},
    "ensemble": {
        "multi_vae": 0.1,
        "two_tower": 0.01,
        "sasrec": 0.1,
        "multi-vae.epochs": 2,
        "two-tower.epochs": 2,
        "sasrec.epochs": 2,
        "ease.penalty": 5.0,
    },
}


@pytest.fixture(scope="module", autouse=True)
def keras() -> Iterator[None]:
    module = pytest.importorskip("keras")
    yield
    module.backend.clear_session()


@pytest.mark.parametrize("family", SETTINGS)
def test_a_network_is_trained_and_answers_without_tensorflow(tmp_path: Path, family: str) -> None:
    source = give(tmp_path / "in", shop(), family=family, settings=SETTINGS[family])
    lines: list[Any] = []
    assert main([str(source), str(tmp_path)], lines.append) == 0, lines
    fractions = [line["fraction"] for line in lines]
    assert fractions == sorted(fractions)
    model = load_recommender(tmp_path / "model")
    assert model.family == family
    assert model.exact == (family in {"bpr", "two-tower"})
    history, weights = np.array([7, 8], np.int32), np.ones(2, np.float32)
    scores = model.scores(history, weights)
    assert np.isfinite(scores).all()
    scores[history] = scores.min()
    # What else is bought by those who bought these.
    assert set(np.argsort(-scores)[:3]) <= set(range(PER_GROUP, 2 * PER_GROUP))
    nine = np.array([9], np.int32)
    (shares,) = model.contributions(history, weights, nine)
    if model.exact:
        whole = model.scores(history, weights)[9] - model.base(nine)[0]
        assert shares.sum() == pytest.approx(whole, abs=1e-5)
    assert np.isfinite(shares).all()


def test_an_item_that_nobody_had_is_found_by_its_title(tmp_path: Path) -> None:
    events = shop()
    red = events.chosen(events.items != 0)  # the first of the red ones
    settings = {**SETTINGS["two-tower"], "epochs": 60, "hidden_ids": 0.5, "prior": 0.0}
    source = give(tmp_path / "in", red, family="two-tower", settings=settings)
    assert main([str(source), str(tmp_path)], lambda line: None) == 0
    model = load_recommender(tmp_path / "model")
    fits = model.scores(np.array([1, 2], np.int32), np.ones(2, np.float32))[0]
    others = model.scores(np.array([7, 8], np.int32), np.ones(2, np.float32))[0]
    assert fits > others


@pytest.mark.parametrize("name", ["retail", "retail-next"])
def test_a_shipped_recommender_is_made_and_measured_beside_the_others(
    tmp_path: Path, name: str
) -> None:
    write_retail(tmp_path)
    lines: list[str] = []
    folder = zoo.train(name, data=tmp_path, out=tmp_path, epochs=1, report=lines.append)
    card, shipped = verify_bundle(folder), verify_bundle(SHIPPED / name / "1")
    assert card.files.keys() == shipped.files.keys()
    assert (card.task, card.input.kind) == (shipped.task, shipped.input.kind)
    assert {metric.variant for metric in card.baselines} == {
        metric.variant for metric in shipped.baselines
    }
    assert lines
    assert zoo.evaluate(name, data=tmp_path, bundles=tmp_path) == card.metrics


@pytest.mark.parametrize("on", ["msweb", "movielens-100k"])
def test_any_data_set_is_measured_by_one_command(tmp_path: Path, on: str) -> None:
    write_msweb(tmp_path)
    write_movielens(tmp_path)
    arguments = ["popularity", "ease", "--data", str(tmp_path), "--on", on]
    done = CliRunner().invoke(benchmark, [*arguments, "--set", "seed", "1", "--new-items", "0.2"])
    assert done.exit_code == 0, done.output
    popularity, ease = (json.loads(line) for line in done.output.splitlines())
    assert ease["settings"]["seed"] == 1
    assert "p of ndcg@10, beside the first" in ease
    assert 0 <= popularity["recall@10"] <= 1
    refused = CliRunner().invoke(benchmark, ["magic", *arguments[2:]])
    assert "no recipe 'magic'" in refused.output
    missing = CliRunner().invoke(benchmark, ["--data", str(SHIPPED), "--on", on])
    assert "in " + str(SHIPPED) in missing.output


def job_of(source: Path, out: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*JOB, str(source), str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    )


def said_by(job: subprocess.Popen[bytes]) -> Iterator[Any]:
    assert job.stdout is not None
    for line in job.stdout:
        yield json.loads(line)


def test_the_job_tells_what_it_does_line_by_line(tmp_path: Path) -> None:
    with job_of(give(tmp_path / "in", shop()), tmp_path) as job:
        *_, last = said_by(job)
        assert job.wait() == 0
    assert last["step"] == "done"
    assert (tmp_path / "model" / "recommender.json").is_file()


def test_the_job_ends_when_its_server_is_gone(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop(), family="bpr", settings={"epochs": 10**6})
    with job_of(source, tmp_path) as job:
        assert next(said_by(job))["step"] == "read"
        assert job.stdin is not None
        job.stdin.close()
        assert job.wait(timeout=60) != 0
    assert not (tmp_path / "report.json").exists()


def test_a_network_without_tensorflow_is_refused_with_what_to_install(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop(), family="two-tower")
    (tmp_path / "tensorflow.py").write_text(
        "raise ModuleNotFoundError('it is not here', name='tensorflow')\n", "utf-8"
    )
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    with job_of(source, tmp_path, PYTHONPATH=os.pathsep.join(paths)) as job:
        *_, last = said_by(job)
        assert job.wait() == 3
    assert last["error"]["code"] == "training_unavailable"
    assert "pip install" in last["error"]["detail"]
