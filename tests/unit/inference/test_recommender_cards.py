"""The card of a recommender: what it lists, and who may run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiaas_mock.inference.backend import ModelUnavailable
from aiaas_mock.inference.bundles import SHIPPED, Bundle, Catalogue, ModelRef
from aiaas_mock.inference.card_inputs import HistoryInput
from aiaas_mock.inference.card_outputs import ItemScoresOutput
from aiaas_mock.inference.cards import BundleError, read_card, verify_bundle, write_card
from aiaas_mock.inference.engines import EngineName, load_engine
from aiaas_mock.inference.recommenders import load_recommender

NAMES = ("retail", "retail-next")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_recommender_is_what_its_card_says(name: str) -> None:
    folder = SHIPPED / name / "1"
    card = verify_bundle(folder)
    model = load_recommender(folder)
    assert isinstance(card.input, HistoryInput)
    assert isinstance(card.output, ItemScoresOutput)
    assert card.task == "recommendation"
    assert len(model.items) == card.input.size == card.output.size
    assert model.exact == (name == "retail")
    assert Catalogue([Bundle(card, folder)]).resolve(name).bundle.labels == ()


def test_the_better_of_them_beats_its_own_parts() -> None:
    card = verify_bundle(SHIPPED / "retail" / "1")
    figures = {metric.name: metric.value for metric in card.metrics}
    assert figures["recall@10"] >= 0.208
    assert figures["ndcg@10"] >= 0.160
    for metric in card.baselines:
        if metric.name in {"recall@10", "ndcg@10"}:
            assert figures[metric.name] > metric.value


@pytest.mark.parametrize("engine", ["litert", "tensorflow"])
def test_no_engine_of_rows_runs_a_recommender(engine: EngineName) -> None:
    folder = SHIPPED / "retail" / "1"
    with pytest.raises(ModelUnavailable, match="operations of recommendations"):
        load_engine(ModelRef(Bundle(verify_bundle(folder), folder)), engine)


def test_a_catalogue_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    card = read_card(SHIPPED / "retail-next" / "1")
    output = ItemScoresOutput(size=3, catalogue_file="catalogue.jsonl")
    (tmp_path / "recommender.json").write_text("{}", "utf-8")
    with pytest.raises(BundleError, match=r"catalogue\.jsonl") as refused:
        write_card(tmp_path, card.model_copy(update={"output": output}))
    assert refused.value.code == "card_invalid"
