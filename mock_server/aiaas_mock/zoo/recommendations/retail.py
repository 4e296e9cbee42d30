"""The shipped recommenders: `retail` for a person, `retail-next` for what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiaas_mock.inference.card_inputs import HistoryInput
from aiaas_mock.inference.card_outputs import ItemScoresOutput
from aiaas_mock.inference.cards import Card, Metric, Training, Variant
from aiaas_mock.inference.recommenders import MANIFEST_FILE, load_recommender, read_manifest
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.recommendations.data import ATTRIBUTION, ONLINE_RETAIL, Experiment, load
from aiaas_mock.zoo.recommendations.measures import p_value
from aiaas_mock.zoo.recommendations.recipes import RECIPES, family_of
from aiaas_mock.zoo.recommendations.sessions import sessions
from aiaas_mock.zoo.recommendations.settings import Setting
from aiaas_mock.zoo.recommendations.shop_catalogue import (
    CATALOGUE_FILE,
    catalogue,
    write_catalogue,
)
from aiaas_mock.zoo.recommendations.table import Row, measured_row, row_of

VARIANT: Final = "recommender"
_RECIPES: Final = RECIPES["online-retail"]
_NETWORKS: Final = ("bpr", "two-tower", "multi-vae", "sasrec", "ensemble")
_LIMITS: Final = (
    "One British shop of gifts, many of whose customers are wholesalers, from December 2010 to "
    "December 2011. The split is per customer, not one date for all: what others bought later "
    "was learned from, and most held-out items were bought in the same visit as known ones. At "
    "one date for all, expect less. "
)


@dataclass(frozen=True, slots=True)
class _Shipped:
    """What is different between the two."""

    row: str
    summary: str
    architecture: str
    limits: str
    split: str
    others: tuple[str, ...]


_SHIPPED: Final[Mapping[str, _Shipped]] = {
    "retail": _Shipped(
        row="ensemble",
        summary="Recommends gifts to the customers of a shop, and says which purchases made it",
        architecture="EASE over customers and visits, the strongest 64 weights of an item kept, "
        "plus two towers whose items are made of their id and the words of their title; both "
        "linear, so that the reasons are exact",
        limits=_LIMITS + "It knows nothing of stock, seasons to come or age limits.",
        split="test, {people} customers",
        others=tuple(name for name in _RECIPES if name != "ensemble"),
    ),
    "retail-next": _Shipped(
        row="sasrec",
        summary="Tells what a customer of the shop puts in the basket next",
        architecture="SASRec: self-attention over the last 32 items, int8 kernels",
        limits=_LIMITS + "Within a visit the order of the items is not known: it was drawn. So a "
        "model of sequences has little to learn from here, and `retail` foretells the next item "
        "far better, as the baselines show.",
        split="test, next item of {people} visits",
        others=("popularity", "item-knn", "ease", "ensemble"),
    ),
}


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train a bundle's model on train and val, and the others to measure it beside."""
    shipped = _SHIPPED[name]
    experiment = _experiment(name, data)
    known = load("online-retail", data, "test")
    card = _draft(name, shipped, experiment)
    folder = new_bundle_folder(out, card)

    def progress(message: str, fraction: float) -> None:
        report(f"{fraction:4.0%} {message}")

    rows: dict[str, Row] = {}
    with TemporaryDirectory() as scratch:
        for row in (shipped.row, *shipped.others):
            at = folder if row == shipped.row else Path(scratch) / row.replace(" ", "-")
            settings = _settings(row, epochs)
            made = row_of(known, family_of(row), settings, at, progress)
            measured = measured_row(load_recommender(at), experiment)
            rows[row] = replace(measured, seconds=made.seconds)
            report(f"{row}: {dict(rows[row].figures)}, {made.seconds:.0f} s")
    if name == "retail":
        write_catalogue(folder, catalogue(data, experiment.known.item_ids))
    changes = {
        "baselines": _baselines(name, shipped, rows),
        "training": _training(name, shipped, folder, seconds=rows[shipped.row].seconds),
    }
    return finish_bundle(
        folder,
        card.model_copy(update=changes),
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )


def evaluate(*, card: Card, folder: Path, data: Path, bundles: Path) -> tuple[Metric, ...]:
    """Measure a bundle's model on the test split."""
    experiment = _experiment(card.name, data)
    row = measured_row(load_recommender(folder), experiment)
    split = _SHIPPED[card.name].split.format(people=f"{len(experiment.cases):,}")
    command = f"aiaas-mock evaluate {card.name} --data DIR"
    return tuple(_metrics(row, split, VARIANT, command, None))


def _experiment(name: str, data: Path) -> Experiment:
    experiment = load("online-retail", data, "test")
    return sessions(experiment) if name == "retail-next" else experiment


def _settings(row: str, epochs: int | None) -> dict[str, Setting]:
    settings = dict(_RECIPES[row])
    if epochs is not None and row in _NETWORKS:
        settings["two-tower.epochs" if row == "ensemble" else "epochs"] = epochs
    return settings


def _metrics(
    row: Row, split: str, variant: str, command: str, note: str | None
) -> Iterator[Metric]:
    for name, value in row.figures.items():
        spread = row.interval_of(name)
        parts = [f"95 % interval {spread[0]:.4f} to {spread[1]:.4f}"] if spread else []
        parts += [note] if note else []
        yield Metric(
            name=name,
            split=split,
            value=value,
            variant=variant,
            command=command,
            note="; ".join(parts) or None,
        )


def _baselines(name: str, shipped: _Shipped, rows: Mapping[str, Row]) -> tuple[Metric, ...]:
    ours = rows[shipped.row]
    split = shipped.split.format(people=f"{len(ours.measured.ndcg):,}")
    command = f"aiaas-mock train {name} --data DIR --out DIR"
    found: list[Metric] = []
    for row in shipped.others:
        theirs = rows[row]
        chance = p_value(ours.measured.ndcg, theirs.measured.ndcg)
        note = f"trained in {theirs.seconds:.0f} s; nDCG beside {name}: p = {chance:.3f}"
        found += _metrics(theirs, split, row, command, note)
    return tuple(found)


def _draft(name: str, shipped: _Shipped, experiment: Experiment) -> Card:
    size = experiment.known.size
    return Card(
        name=name,
        version="1",
        task="recommendation",
        summary=shipped.summary,
        origin="trained-by-us",
        input=HistoryInput(size=size),
        output=ItemScoresOutput(
            size=size, catalogue_file=CATALOGUE_FILE if name == "retail" else None
        ),
        max_batch=1,
        architecture=shipped.architecture,
        data=ONLINE_RETAIL,
        limits=shipped.limits,
        licence=f"Apache-2.0; titles and prices: {ATTRIBUTION}",
        created=datetime.now(UTC).date(),
        variants={VARIANT: Variant(engine="recommender", file=MANIFEST_FILE)},
        default_variant=VARIANT,
    )


def _training(name: str, shipped: _Shipped, folder: Path, *, seconds: float) -> Training:
    return Training(
        command=f"aiaas-mock train {name} --data DIR --out DIR",
        settings={
            **read_manifest(folder).settings,
            **_RECIPES[shipped.row],
            "seconds": round(seconds),
            "trained_on": "the train and val splits; settings were chosen on val, when only train "
            "had been learned from",
            "test_split": "looked at once",
        },
    )
