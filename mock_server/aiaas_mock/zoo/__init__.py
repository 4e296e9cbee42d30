"""How the shipped models are made and measured.

`train` and `evaluate` are what `aiaas-mock train NAME` and `aiaas-mock evaluate NAME` call. The
families are imported on use: training needs TensorFlow, measuring runs on LiteRT alone.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from aiaas_mock.inference.cards import CARD_FILE, Card, Metric, verify_bundle
from aiaas_mock.zoo.errors import ZooError, ZooErrorCode

__all__ = ["FAMILIES", "Family", "ZooError", "ZooErrorCode", "evaluate", "train"]

DATA_DIR_VARIABLE: Final = "AIAAS_DATA_DIR"

_HERE: Final = __name__

Answers = Callable[[Sequence[str]], Any]
"""Gives what a model of text says of each text, in the form that its family measures."""


@dataclass(frozen=True, slots=True)
class Family:
    """Where a model is made and measured, as "module:function" inside this package."""

    train: str
    evaluate: str


_TEXTS: Final = Family("text.train:train", "text.evaluate:evaluate")
FAMILIES: Final[dict[str, Family]] = {
    "clothing": Family("clothing.train:train", "clothing.evaluate:evaluate"),
    "entities": Family("entities.train:train", "entities.evaluate:evaluate"),
    "fashion-cnn": Family("fashion.train:train_cnn", "fashion.evaluate:evaluate"),
    "fashion-resnet": Family("fashion.train:train_resnet", "fashion.evaluate:evaluate"),
    "imagenet-mobilenet-v1-embedding": Family("imagenet:train", "imagenet:evaluate_embedding"),
    "imagenet-mobilenet-v2": Family("imagenet:train", "imagenet:evaluate_photos"),
    "lstm-lm": Family("language_model.train:train", "language_model.evaluate:evaluate"),
    "retail": Family("recommendations.retail:train", "recommendations.retail:evaluate"),
    "retail-next": Family("recommendations.retail:train", "recommendations.retail:evaluate"),
    "word2vec": Family("word2vec.train:train", "word2vec.evaluate:evaluate"),
    **dict.fromkeys(("emotions", "intents-banking77"), _TEXTS),
    **{
        f"{subject}{rung}": _TEXTS
        for subject in ("intents-clinc150", "sentiment-en", "sentiment-zh")
        # The best model, and the textbook ladder that leads to it.
        for rung in ("", "-bow", "-tfidf", "-word2vec", "-rnn", "-lstm")
    },
}


def train(
    name: str,
    *,
    data: Path | None = None,
    out: Path,
    epochs: int | None = None,
    report: Callable[[str], None] = print,
) -> Path:
    """Train a model from its data set and write its bundle.

    Args:
        name: A key of `FAMILIES`.
        data: Folder of the data set; without it, the variable `AIAAS_DATA_DIR`.
        out: Folder of bundles: the new one becomes `out/NAME/1`, in place of what was there. A
            model with a `base` finds that in this folder too.
        epochs: Passes over the data, when not the number that the shipped model was made with.
        report: Gets a line of progress now and then.

    Returns:
        The folder of the new bundle.

    Raises:
        ZooError: The name is unknown, the model is a third party's, the data set or TensorFlow
            is missing.
    """
    function = _function(name, _family(name).train)
    folder: Path = function(
        name=name, data=_data_folder(data), out=out, epochs=epochs, report=report
    )
    return folder


def evaluate(
    name: str,
    *,
    data: Path | None = None,
    bundles: Path,
    ask: Callable[[Card], Answers] | None = None,
) -> tuple[Metric, ...]:
    """Measure the figures of a model's card anew.

    Args:
        name: A key of `FAMILIES`.
        data: Folder of the data set; without it, the variable `AIAAS_DATA_DIR`.
        bundles: Folder of bundles that has `NAME/VERSION`; the newest version is measured.
        ask: For models of text: gives the function that answers texts in place of the model's
            file, for instance by asking a deployment.

    Returns:
        The metrics as found now, in the order of the card.

    Raises:
        ZooError: The name is unknown or the data set is missing.
        BundleError: The bundle is missing or damaged.
    """
    function = _function(name, _family(name).evaluate)
    folder = _newest(bundles, name)
    card: Card = verify_bundle(folder)
    answers = {} if ask is None else {"answers": ask(card)}
    metrics: tuple[Metric, ...] = function(
        card=card, folder=folder, data=_data_folder(data), bundles=bundles, **answers
    )
    return metrics


def _family(name: str) -> Family:
    try:
        return FAMILIES[name]
    except KeyError:
        raise ZooError(
            "unknown_model", f"no model {name!r} in the zoo; it has {', '.join(FAMILIES)}"
        ) from None


def _function(name: str, target: str) -> Callable[..., Any]:
    module, function = target.split(":")
    try:
        return getattr(import_module(f"{_HERE}.{module}"), function)  # type: ignore[no-any-return]
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"tensorflow", "keras"}:
            raise
        raise ZooError(
            "tensorflow_missing",
            f"training {name} needs TensorFlow: pip install 'aiaas[server,tensorflow]'",
        ) from error


def _data_folder(data: Path | None) -> Path:
    if data is not None:
        return data
    if folder := os.environ.get(DATA_DIR_VARIABLE):
        return Path(folder)
    raise ZooError("data_missing", f"give the data folder, or set {DATA_DIR_VARIABLE}")


def _newest(bundles: Path, name: str) -> Path:
    versions = [card.parent for card in (bundles / name).glob(f"*/{CARD_FILE}")]
    numbered = {int(path.name): path for path in versions if path.name.isdecimal()}
    return numbered[max(numbered)] if numbered else bundles / name / "1"
