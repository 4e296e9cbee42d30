"""Count document frequencies: ``python -m aiaas_mock.zoo.document_frequencies --data DIR``.

English: the training texts of GoEmotions, CLINC150 and BANKING77 and the product names of Online
Retail. Chinese: the training part of a collection of reviews. Words that stand in fewer than
`FEWEST_TEXTS` texts are left out, so that the file tells nothing of any single text.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from aiaas_mock.inference.document_frequencies import SHIPPED, DocumentFrequencies, write
from aiaas_mock.inference.preprocess.content_words import Language, words_of
from aiaas_mock.zoo.errors import ZooError

FEWEST_TEXTS: Final = 3

_SOURCES: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "en": (
        ("goemotions/goemotions.csv.gz", "text"),
        ("clinc150/clinc150.csv.gz", "text"),
        ("banking77/banking77.csv.gz", "text"),
        ("online-retail/items.csv.gz", "description"),
    ),
    "zh": (("reviews-sentiment-zh/reviews.csv.gz", "text"),),
}
_MASK: Final = re.compile(r"\[[A-Z]+\]")
"""GoEmotions has ``[NAME]`` in the place of names."""


def count(texts: Iterable[str], language: Language) -> DocumentFrequencies:
    """Count in how many of the texts each content word stands."""
    documents = 0
    counts: Counter[str] = Counter()
    for text in texts:
        documents += 1
        words = words_of(_MASK.sub(" ", text), language)
        counts.update({word.key for word in words if word.is_content})
    kept = {word: number for word, number in counts.items() if number >= FEWEST_TEXTS}
    return DocumentFrequencies(documents, kept)


def training_texts(data: Path, language: Language) -> Iterator[str]:
    """Read the background texts of a language.

    Args:
        data: The folder that has the data sets' folders.
        language: Whose texts to read.

    Raises:
        ZooError: A file is not there.
    """
    for name, column in _SOURCES[language]:
        path = data / name
        if not path.is_file():
            raise ZooError("data_missing", f"no {name} in {data}")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("split", "train") == "train":
                    yield row[column]


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=SHIPPED)
def main(data: Path, out: Path) -> None:
    """Count the words of the data sets under DATA and write the file OUT."""
    try:
        counted: dict[str, DocumentFrequencies] = {
            language: count(training_texts(data, language), language) for language in _SOURCES
        }
    except ZooError as error:
        raise click.ClickException(str(error)) from error
    write(out, counted)
    for language, frequencies in counted.items():
        click.echo(f"{language}: {frequencies.documents} texts, {len(frequencies.counts)} words")
    click.echo(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
