"""Measure all models on a data set: ``python -m aiaas_mock.zoo.recommendations.benchmark``.

With ``--split val`` and ``--set`` this is also how settings are chosen.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.data import Benchmark, Split, load, with_new_items
from aiaas_mock.zoo.recommendations.measures import p_value
from aiaas_mock.zoo.recommendations.recipes import RECIPES, family_of
from aiaas_mock.zoo.recommendations.settings import Setting
from aiaas_mock.zoo.recommendations.table import K, Row, row_of

_Given = tuple[tuple[str, str], ...]


@click.command()
@click.argument("models", nargs=-1)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--on", "benchmark", type=click.Choice(list(RECIPES)), default="online-retail")
@click.option("--split", type=click.Choice(["val", "test"]), default="val", show_default=True)
@click.option("--set", "given", type=(str, str), multiple=True, help="A setting, as JSON.")
@click.option(
    "--new-items",
    type=click.FloatRange(0, 0.5),
    default=0.0,
    help="Share of the items that are kept out of the training, to be found all the same.",
)
@click.option("--keep", type=click.Path(path_type=Path), help="Folder for what was trained.")
def main(
    models: tuple[str, ...],
    data: Path,
    benchmark: Benchmark,
    split: Split,
    given: _Given,
    new_items: float,
    keep: Path | None,
) -> None:
    """Train MODELS, all that have a recipe without one, and print a line of JSON for each."""
    recipes = RECIPES[benchmark]
    unknown = set(models) - recipes.keys()
    if unknown:
        raise click.ClickException(f"no recipe {sorted(unknown)[0]!r}; there is {list(recipes)}")
    changes = {name: json.loads(value) for name, value in given}
    try:
        experiment = with_new_items(load(benchmark, data, split), new_items)
        first: Row | None = None
        for name in models or recipes:
            settings: dict[str, Setting] = {**recipes[name], **changes}
            with TemporaryDirectory() as scratch:
                folder = keep / name.replace(" ", "-") if keep else Path(scratch)
                row = row_of(experiment, family_of(name), settings, folder, _quiet)
            click.echo(json.dumps(_line(name, settings, row, first)))
            first = first or row
    except ZooError as error:
        raise click.ClickException(str(error)) from error


def _line(
    name: str, settings: dict[str, Setting], row: Row, first: Row | None
) -> dict[str, object]:
    line: dict[str, object] = {"model": name, "settings": settings, **row.figures}
    for measure in (f"recall@{K}", f"ndcg@{K}"):
        low, high = row.interval_of(measure) or (0.0, 0.0)
        line[f"{measure} interval"] = [round(low, 4), round(high, 4)]
    if first is not None:
        line[f"p of ndcg@{K}, beside the first"] = p_value(row.measured.ndcg, first.measured.ndcg)
    return {**line, "seconds": round(row.seconds, 1)}


def _quiet(message: str, fraction: float) -> None:
    """Print nothing: the lines are read by machines."""


if __name__ == "__main__":
    main()
