"""Make the bundles of the Fashion-MNIST models."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.cards import Card, Training
from aiaas_mock.inference.preprocess.images import to_input
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.conversion import INT8_VARIANT, VARIANTS, save_model
from aiaas_mock.zoo.data_sets import FASHION_LABELS, LabelledImages, load_fashion_mnist
from aiaas_mock.zoo.fashion.card import INPUT, draft
from aiaas_mock.zoo.fashion.cnn import BATCH, EPOCHS, SEED, fit_cnn
from aiaas_mock.zoo.fashion.evaluate import evaluate
from aiaas_mock.zoo.fashion.fit_resnet import FitSettings, fit

TYPICAL_IMAGES = 500
"""Training images that the ranges of an int8 form are taken from."""


def train_cnn(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train `fashion-cnn` and write its bundle."""
    train = load_fashion_mnist(data, "train")
    epochs = epochs or EPOCHS
    report(f"{name}: {epochs} epochs of {len(train):,} images")
    model = fit_cnn(train, INPUT, epochs=epochs)
    card = draft(
        name,
        summary="The textbook network for Fashion-MNIST, which the others are measured by",
        architecture="Conv 32 3x3 relu, max-pool 2x2, conv 64 3x3 relu, max-pool 2x2, "
        "conv 64 3x3 relu, flatten, dense 64 relu, dense 10 softmax",
        parameters=model.count_params(),
        training=_training(
            name,
            {
                "optimizer": "Adam, learning rate 0.001",
                "loss": "sparse categorical cross-entropy",
                "epochs": epochs,
                "batch": BATCH,
                "seed": SEED,
                "trained_on": "the whole training split",
            },
        ),
        variants=VARIANTS | INT8_VARIANT,
        created=datetime.now(UTC).date(),
    )
    return _write(model, card, train, data, out)


def train_resnet(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train `fashion-resnet` and write its bundle."""
    settings = FitSettings()
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    train = load_fashion_mnist(data, "train")
    model = fit(train, INPUT, settings, report)
    return write_resnet(model, settings, train, name=name, data=data, out=out)


def write_resnet(
    model: Any, settings: FitSettings, train: LabelledImages, *, name: str, data: Path, out: Path
) -> Path:
    """Write the bundle of a trained `fashion-resnet`."""
    card = draft(
        name,
        summary="Names the kind of clothing in a Fashion-MNIST picture: our most accurate one",
        architecture="Residual network: conv 16 at 28x28, two blocks of 48 filters at 14x14, two "
        "of 88 at 7x7, squeeze-and-excitation in each, global average pooling, dense 10 softmax; "
        "the scores of the picture and of its mirror image are averaged inside the model",
        parameters=model.count_params(),
        training=_training(
            name,
            {
                "optimizer": "SGD with Nesterov momentum, one-cycle learning rate",
                "loss": "categorical cross-entropy with label smoothing",
                "augmentation": "mirror, shift by up to 2 pixels, random erasing",
                **asdict(settings),
                "trained_on": "the training split without 5,000 images, which were held out to "
                "choose the settings on",
            },
        ),
        variants=VARIANTS | INT8_VARIANT,
        created=datetime.now(UTC).date(),
    )
    return _write(model, card, train, data, out)


def _training(name: str, settings: dict[str, str | int | float | bool]) -> Training:
    return Training(command=f"aiaas-mock train {name} --data DIR --out DIR", settings=settings)


def _write(model: Any, card: Card, train: LabelledImages, data: Path, out: Path) -> Path:
    folder = new_bundle_folder(out, card)
    save_model(model, folder, typical=_typical(train))
    return finish_bundle(
        folder,
        card,
        labels=FASHION_LABELS,
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )


def _typical(train: LabelledImages) -> NDArray[np.float32]:
    chosen = train.subset(np.arange(min(TYPICAL_IMAGES, len(train))))
    values: NDArray[np.float32] = to_input(chosen.images, INPUT)[..., None]
    return values
