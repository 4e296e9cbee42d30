"""Make the bundle of the clothing model."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aiaas_mock.inference.card_inputs import VectorInput
from aiaas_mock.inference.card_outputs import EmbeddingOutput, ScoresOutput
from aiaas_mock.inference.cards import Card, Training
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.clothing.embeddings import Embeddings, embed, random_views
from aiaas_mock.zoo.clothing.evaluate import evaluate, load_base
from aiaas_mock.zoo.clothing.head import HeadSettings, fit_head
from aiaas_mock.zoo.conversion import VARIANTS, save_model
from aiaas_mock.zoo.data_sets import CLOTHING_LABELS, CLOTHING_SMALL, iter_clothing
from aiaas_mock.zoo.measuring import picture_input

LABELS_FILE = "labels.txt"


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train `clothing` and write its bundle.

    A first head is trained on the train split and measured on the validation split, as a check.
    The one that is kept is then trained on both.
    """
    settings = HeadSettings()
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    base, model = load_base(out)
    report(f"{name}: embedding the photos, several views of each")
    rng = np.random.default_rng(settings.seed)
    train, validation = (
        embed(iter_clothing(data, split), model, picture_input(base), random_views(rng))
        for split in ("train", "validation")
    )
    classes = len(CLOTHING_LABELS)
    fit_head(train, classes, settings, report, validation=validation)
    head = fit_head(_both(train, validation), classes, settings, report)

    card = _draft(name, base, settings, parameters=head.count_params())
    folder = new_bundle_folder(out, card)
    save_model(head, folder)
    return finish_bundle(
        folder,
        card,
        labels=CLOTHING_LABELS,
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )


def _both(first: Embeddings, second: Embeddings) -> Embeddings:
    return Embeddings(
        np.concatenate([first.values, second.values]),
        np.concatenate([first.labels, second.labels]),
    )


def _draft(name: str, base: Card, settings: HeadSettings, *, parameters: int) -> Card:
    if not isinstance(base.output, EmbeddingOutput):
        raise TypeError(f"{base.id} gives no embedding")
    return Card(
        name=name,
        version="1",
        task="image-classification",
        summary="Names the kind of garment in a photo: ten kinds, on real customers' pictures",
        origin="trained-by-us",
        base=base.id,
        input=VectorInput(size=base.output.size),
        output=ScoresOutput(size=len(CLOTHING_LABELS), labels_file=LABELS_FILE),
        max_batch=64,
        architecture=f"A head on {base.id}: unit normalisation, "
        f"dense {settings.hidden} relu, dense 10 softmax",
        parameters=parameters,
        data=CLOTHING_SMALL,
        limits="One garment a photo, laid out or on a hanger, as sellers take them; worn clothes "
        "and crowded pictures are not in the data. Dresses and skirts are the weak classes (0.60 "
        "and 0.67 of the test photos right, 15 and 12 photos), then shirts; shirt, longsleeve and "
        "t-shirt are taken for one another. It always names one of its ten kinds.",
        licence="Apache-2.0",
        created=datetime.now(UTC).date(),
        training=Training(
            command=f"aiaas-mock train {name} --data DIR --out DIR",
            settings={
                "optimizer": "AdamW, cosine decay",
                "loss": "sparse categorical cross-entropy",
                "augmentation": "one random view of each photo an epoch: as served, mirrored, "
                "squeezed, or one of three crops",
                **asdict(settings),
                "trained_on": "the train and validation splits; the settings were chosen by "
                "5-fold cross-validation on these two",
                "test_split": "looked at three times: settings chosen on the validation split "
                "alone reached 0.8495; these, with other random crops, 0.8656; this run 0.8602",
            },
        ),
        variants=VARIANTS,
        default_variant="float32",
    )
