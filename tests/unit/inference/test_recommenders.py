"""Recommenders: scores, the reasons for them, and the folder that they lie in."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiaas_mock.inference.bundles import SHIPPED
from aiaas_mock.inference.recommenders import (
    MANIFEST_FILE,
    Artefact,
    Manifest,
    Recency,
    Recommender,
    RecommenderError,
    load_recommender,
    write_artefact,
)
from aiaas_mock.inference.recommenders.factors import Factors
from aiaas_mock.inference.recommenders.manifest import (
    FactorsMember,
    NeighboursMember,
    NetworkMember,
    RecencySettings,
)
from aiaas_mock.inference.recommenders.neighbours import Neighbours, largest
from aiaas_mock.inference.recommenders.protocol import Floats, IntArray
from aiaas_mock.inference.recommenders.recency import visits_ago

SIZE = 40
MINUTE_US = 60_000_000
NEXT = SHIPPED / "retail-next" / "1"
NOBODY: tuple[IntArray, Floats] = (np.zeros(0, np.int32), np.zeros(0, np.float32))


def matrix(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(SIZE, SIZE)).astype(np.float32)


@pytest.fixture
def artefact() -> Artefact:
    """An ensemble of a matrix and of vectors."""
    rng = np.random.default_rng(3)
    members = (
        NeighboursMember(family="ease", file="ease.npz", weight=0.5),
        FactorsMember(family="bpr", file="bpr.npz", weight=-2.0),
    )
    return Artefact(
        Manifest(
            family="ensemble",
            items=SIZE,
            members=members,
            recency=RecencySettings(half_life_visits=1.0, floor=0.1),
            trained_until_us=7,
            settings={"penalty": 1.5},
        ),
        tuple(f"item {number}" for number in range(SIZE)),
        rng.random(SIZE, np.float32),
        {
            "ease.npz": largest(matrix(1), 9),
            "bpr.npz": Factors(matrix(2)[:, :4], matrix(3)[:, :4]),
        },
    )


@pytest.fixture
def folder(artefact: Artefact, tmp_path: Path) -> Path:
    write_artefact(tmp_path / "model", artefact)
    return tmp_path / "model"


def past(*items: int) -> tuple[IntArray, Floats]:
    weights = np.linspace(0.2, 1.0, len(items), dtype=np.float32)
    return np.array(items, np.int32), weights


def test_the_contributions_of_a_linear_model_add_up_to_its_scores(folder: Path) -> None:
    model = load_recommender(folder)
    history, weights = past(4, 17, 30, 2)
    scores = model.scores(history, weights)
    assert model.exact
    assert scores.dtype == np.float32
    every = np.arange(SIZE, dtype=np.int32)
    added = model.contributions(history, weights, every)
    assert added.shape == (SIZE, 4)
    assert added.sum(axis=1) == pytest.approx(scores - model.base(every), abs=1e-5)


def test_an_item_has_the_same_contributions_whatever_else_is_asked_about(folder: Path) -> None:
    model = load_recommender(folder)
    history, weights = past(4, 17, 30, 2)
    some = np.array([39, 0, 17], np.int32)
    together = model.contributions(history, weights, some)
    for row, item in zip(together, some, strict=True):
        alone = model.contributions(history, weights, np.array([item], np.int32))
        assert alone[0] == pytest.approx(row, abs=1e-6)
    assert model.contributions(history, weights, some[:0]).shape == (0, 4)


def test_an_ensemble_is_the_weighted_sum_of_its_members(artefact: Artefact, folder: Path) -> None:
    history, weights = past(1, 5)
    rows, vectors = artefact.files["ease.npz"], artefact.files["bpr.npz"]
    assert isinstance(rows, Neighbours)
    assert isinstance(vectors, Factors)
    expected = (
        artefact.prior + 0.5 * rows.scores(history, weights) - 2 * vectors.scores(history, weights)
    )
    found = load_recommender(folder).scores(history, weights)
    assert found == pytest.approx(expected, abs=0.2)  # stored in a byte each


def test_nobody_gets_what_is_popular(artefact: Artefact, folder: Path) -> None:
    model = load_recommender(folder)
    assert model.scores(*NOBODY).tolist() == artefact.prior.tolist()
    assert model.contributions(*NOBODY, np.array([3], np.int32)).tolist() == [[]]


def test_scores_are_not_shared_between_callers(folder: Path) -> None:
    model = load_recommender(folder)
    model.scores(*NOBODY)[:] = 9
    assert model.base(np.array([0], np.int32))[0] != 9


def test_rows_of_neighbours_say_what_the_matrix_says() -> None:
    whole = matrix(5)
    rows = largest(whole, SIZE)
    history, weights = past(3, 8, 9)
    assert rows.scores(history, weights) == pytest.approx(weights @ whole[history], abs=1e-2)


def test_the_strongest_neighbours_are_kept_whatever_their_sign() -> None:
    rows = largest(np.array([[0, -5, 1], [2, 0, 0.5], [0, 0, 0]], np.float32), 1)
    assert rows.neighbours.tolist() == [1, 0]
    assert rows.values.tolist() == [-5, 2]
    assert rows.starts.tolist() == [0, 1, 2, 2]
    assert rows.scores(*past(2)).tolist() == [0, 0, 0]


def test_an_empty_catalogue_has_a_recommender_too(tmp_path: Path) -> None:
    rows = largest(np.zeros((0, 0), np.float32), 5)
    manifest = Manifest(
        family="ease", items=0, members=(NeighboursMember(family="ease", file="e.npz"),)
    )
    write_artefact(tmp_path, Artefact(manifest, (), np.zeros(0, np.float32), {"e.npz": rows}))
    assert load_recommender(tmp_path).scores(*NOBODY).tolist() == []


def test_any_id_of_an_item_comes_back_as_it_was(tmp_path: Path) -> None:
    ids = ("line\nbreak", 'quote"', "杯子", "\u2028", "", "null", "😀", "\ud83d")
    manifest = Manifest(family="popularity", items=len(ids))
    write_artefact(tmp_path, Artefact(manifest, ids, np.zeros(len(ids), np.float32)))
    model = load_recommender(tmp_path)
    assert model.items == ids
    assert model.family == "popularity"


def test_a_model_says_what_older_visits_count() -> None:
    assert Recency().weights(np.array([1, 2])).tolist() == [1, 1]
    assert Recency(1.0).weights(np.zeros(0, np.int64)).tolist() == []
    times = np.array([0, 5, 100, 101, 400]) * MINUTE_US
    assert visits_ago(times).tolist() == [2, 2, 1, 1, 0]
    weights = Recency(half_life_visits=1, floor=0.2).weights(times)
    assert weights == pytest.approx([0.4, 0.4, 0.6, 0.6, 1.0])


def test_the_manifest_is_kept(artefact: Artefact, folder: Path) -> None:
    assert load_recommender(folder).recency == Recency(1.0, 0.1)
    content = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    assert content["trained_until_us"] == 7
    assert content["settings"] == {"penalty": 1.5}


def spoil_manifest(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / MANIFEST_FILE
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")

    return spoil


def write(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: void((folder / name).write_bytes(content))


def void(_: object) -> None:
    """Drop what a call gave."""


def arrays(name: str, **changed: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with np.load(folder / name) as file:
            kept: dict[str, Any] = {key: changed.get(key, file[key]) for key in file}
        np.savez(folder / name, **kept)

    return spoil


NAN = np.full(SIZE, np.nan)
BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "no manifest": (lambda f: (f / MANIFEST_FILE).unlink(), "no readable recommender.json"),
    "no JSON": (write(MANIFEST_FILE, b"{"), "breaks the format: the document"),
    "newer format": (spoil_manifest(format_version=2), "format_version"),
    "unknown field": (spoil_manifest(code="print()"), "code"),
    "path": (
        spoil_manifest(members=[{"kind": "factors", "family": "bpr", "file": "../x.npz"}]),
        "members.0.factors.file",
    ),
    "fewer items": (spoil_manifest(items=SIZE + 1), "has 40 of 41 items"),
    "no items": (lambda f: (f / "items.txt").unlink(), "items.txt cannot be read"),
    "items of no text": (write("items.txt", b"1\n" * SIZE), "not all strings"),
    "an item twice": (write("items.txt", b'"a"\n' * SIZE), "names an item twice"),
    "no prior": (write("prior.npz", b"PK"), "prior.npz cannot be read"),
    "short prior": (arrays("prior.npz", prior=np.zeros(3)), "another number of items"),
    "prior of no numbers": (arrays("prior.npz", prior=NAN), "numbers that are none"),
    "pickle": (arrays("bpr.npz", items=np.array([{}])), "bpr.npz cannot be read"),
    "short vectors": (arrays("bpr.npz", items=np.zeros((3, 4))), "no vectors of 40 items"),
    "longer vectors": (arrays("bpr.npz", items=np.zeros((SIZE, 5))), "no vectors of 40 items"),
    "rows that end early": (arrays("ease.npz", values=np.zeros(3)), "no rows of 40 items"),
    "neighbours outside": (
        arrays("ease.npz", neighbours=np.full(SIZE * 9, SIZE)),
        "no rows of 40 items",
    ),
    "no network": (
        spoil_manifest(
            members=[{"kind": "network", "family": "multi-vae", "file": "x", "input": "bag"}]
        ),
        "x cannot be run",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_folder_that_breaks_the_format_is_refused_with_what_is_wrong(
    folder: Path, fault: str
) -> None:
    spoil, said = BROKEN[fault]
    spoil(folder)
    with pytest.raises(RecommenderError, match=said) as refused:
        load_recommender(folder)
    assert refused.value.folder == folder


@pytest.fixture(scope="module")
def network() -> Recommender:
    return load_recommender(NEXT)


def test_a_network_is_asked_without_each_item_in_turn(network: Recommender) -> None:
    assert not network.exact
    history, weights = past(10, 700, 33)
    scores = network.scores(history, weights)
    items = np.array([scores.argmax(), 12], np.int32)
    shares = network.contributions(history, weights, items)
    without = network.scores(history[1:], weights[1:])
    assert shares[:, 0] == pytest.approx((scores - without)[items], abs=1e-6)
    assert network.scores(*NOBODY)[items] == pytest.approx(network.base(items))


def test_a_long_history_of_a_network_is_explained_in_parts(network: Recommender) -> None:
    history, weights = past(*range(70))
    shares = network.contributions(history, weights, np.array([5, 6], np.int32))
    assert shares.shape == (2, 70)
    assert not shares[:, :30].any()  # beyond what the network looks back on


def test_a_network_answers_many_threads_as_it_does_one(network: Recommender) -> None:
    pasts = [past(*range(start, start + 4)) for start in range(40)]
    alone = [network.scores(*one) for one in pasts]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda one: network.scores(*one), pasts))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_a_network_of_another_number_of_items_is_refused(tmp_path: Path) -> None:
    member = NetworkMember(family="sasrec", file="n.tflite", input="sequence", length=32)
    content = (NEXT / "sasrec.tflite").read_bytes()
    manifest = Manifest(family="sasrec", items=2, members=(member,))
    artefact = Artefact(manifest, ("a", "b"), np.zeros(2, np.float32), {"n.tflite": content})
    write_artefact(tmp_path, artefact)
    with pytest.raises(RecommenderError, match="scores no 2 items"):
        load_recommender(tmp_path)
