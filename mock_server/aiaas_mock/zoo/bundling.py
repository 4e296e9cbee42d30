"""Lay a bundle's folder, and close it with measured figures and checksums."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.cards import Card, Metric, write_card


def new_bundle_folder(out: Path, card: Card) -> Path:
    """Make the empty folder `out/NAME/VERSION`, in place of one that was there."""
    folder = out / card.name / card.version
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def finish_bundle(
    folder: Path,
    card: Card,
    *,
    measure: Callable[[Card], tuple[Metric, ...]],
    labels: Sequence[str] = (),
) -> Path:
    """Write the labels, measure the model as it will be served, and write the card.

    Args:
        folder: A bundle folder with the weights in it.
        card: A card without metrics and checksums.
        measure: Gives the metrics of that card.
        labels: One per class, for a classifier.
    """
    if isinstance(card.output, ScoresOutput):
        text = "".join(f"{label}\n" for label in labels)
        (folder / card.output.labels_file).write_text(text, "utf-8")
    write_card(folder, card.model_copy(update={"metrics": measure(card)}))
    return folder
