"""``aiaas-mock train`` and ``aiaas-mock evaluate``: make the shipped models again, measure them."""

from __future__ import annotations

from pathlib import Path

import click

from aiaas_mock import zoo
from aiaas_mock.inference.bundles import SHIPPED
from aiaas_mock.inference.cards import BundleError

_name = click.argument("name", type=click.Choice(sorted(zoo.FAMILIES)))
_data = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Folder of the data set; else the variable {zoo.DATA_DIR_VARIABLE}.",
)


@click.command()
@_name
@_data
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("bundles"),
    show_default=True,
    help="Folder of bundles to write to; 'serve --models' serves it.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Fewer for a trial run.")
def train(name: str, data: Path | None, out: Path, epochs: int | None) -> None:
    """Train the model NAME from its data and write its bundle (needs TensorFlow)."""
    try:
        folder = zoo.train(name, data=data, out=out, epochs=epochs, report=click.echo)
    except (zoo.ZooError, BundleError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"written to {folder}")


@click.command()
@_name
@_data
@click.option(
    "--models",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SHIPPED,
    help="Folder of the bundles to measure; else the shipped ones.",
)
@click.option(
    "--over-http",
    is_flag=True,
    help="Have a server of its own answer, through the SDK, in place of the file (text models).",
)
def evaluate(name: str, data: Path | None, models: Path, over_http: bool) -> None:
    """Measure the model NAME on its held-out data and print the figures."""
    try:
        if over_http:
            # Imported here, as nothing else of this command needs the SDK.
            from aiaas_mock.conformance.asking import deployment

            with deployment(models) as ask:
                metrics = zoo.evaluate(name, data=data, bundles=models, ask=ask)
        else:
            metrics = zoo.evaluate(name, data=data, bundles=models)
    except (zoo.ZooError, BundleError) as error:
        raise click.ClickException(str(error)) from error
    for metric in metrics:
        note = f"  ({metric.note})" if metric.note else ""
        click.echo(f"{metric.name}  {metric.split}  {metric.variant}  {metric.value:.4f}{note}")
