"""``aiaas-mock models``: what there is to answer with."""

from __future__ import annotations

from pathlib import Path

import click

from aiaas_mock.inference.bundles import SHIPPED, Bundle, Catalogue
from aiaas_mock.inference.cards import BundleError


@click.command()
@click.option(
    "--models",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with bundles of your own, shown beside the shipped ones.",
)
def models(folder: Path | None) -> None:
    """List the models, each verified against its card."""
    try:
        catalogue = Catalogue.scan(SHIPPED, *([folder] if folder else []))
    except BundleError as error:
        raise click.ClickException(str(error)) from error
    rows = [_row(bundle) for bundle in catalogue.bundles.values()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _row(bundle: Bundle) -> tuple[str, ...]:
    card = bundle.card
    size = sum(entry.size_bytes for entry in card.files.values())
    best = next((m for m in card.metrics if m.variant == card.default_variant), None)
    quality = f"{best.name} {best.value:.4g} ({best.split})" if best else "-"
    return card.id, card.task, f"{size / 1e6:.1f} MB", ",".join(card.variants), quality, card.origin
