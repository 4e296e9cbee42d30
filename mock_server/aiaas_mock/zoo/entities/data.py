"""The sentences of WNUT 2017, as texts with the names in them."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from aiaas_mock.inference.cards import DataSet
from aiaas_mock.inference.preprocess.words import Span, split_words
from aiaas_mock.zoo.errors import ZooError

Split = Literal["train", "val", "test"]

LABELS: Final = ("person", "location", "corporation", "product", "group", "creative_work")
TAGS: Final = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
WNUT: Final = DataSet(
    name="WNUT 2017, emerging and rare entities",
    licence="CC BY 4.0, Derczynski et al. 2017",
    source="https://github.com/leondz/emerging_entities_17 at commit "
    "e52a2d2a71ac1a051ca2d532eef28653c5c02603",
    split="official: 3,394 train, 1,009 dev, 1,287 test sentences",
)
_FILE: Final = "wnut17.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence.

    Attributes:
        text: Its tokens, with blanks between them.
        spans: Where the words lie, as they are cut when the model is served: a token may be
            several.
        tags: One per word, an index into `TAGS`.
        entities: Each name's first code point, the one after its last, and its type.
    """

    text: str
    spans: tuple[Span, ...]
    tags: tuple[int, ...]
    entities: frozenset[tuple[int, int, str]]

    @property
    def words(self) -> list[str]:
        """The words."""
        return [self.text[start:end] for start, end in self.spans]


def load_sentences(data: Path, split: Split) -> list[Sentence]:
    """Read one official split.

    Raises:
        ZooError: The file is not there.
    """
    for folder in (data, data / "wnut17"):
        if (folder / _FILE).is_file():
            with gzip.open(folder / _FILE, "rt", encoding="utf-8") as file:
                rows = [json.loads(line) for line in file]
            return [_sentence(row["tokens"], row["tags"]) for row in rows if row["split"] == split]
    raise ZooError("data_missing", f"no {_FILE} in {data} or {data / 'wnut17'}")


def _sentence(tokens: Sequence[str], tags: Sequence[str]) -> Sentence:
    text, found, at = " ".join(tokens), list[tuple[int, int, str]](), 0
    for token, tag in zip(tokens, tags, strict=True):
        place, _, label = tag.partition("-")
        if place == "B":
            found.append((at, at + len(token), label.replace("-", "_")))
        elif place == "I":
            start, _, label = found[-1]
            found[-1] = (start, at + len(token), label)
        at += len(token) + 1
    spans = tuple(split_words(text))
    return Sentence(text, spans, tuple(_tags(spans, found)), frozenset(found))


def _tags(spans: Sequence[Span], entities: Sequence[tuple[int, int, str]]) -> list[int]:
    tags = [0] * len(spans)
    for start, end, label in entities:
        inside = [n for n, (first, last) in enumerate(spans) if first >= start and last <= end]
        for place, word in enumerate(inside):
            tags[word] = TAGS.index(f"{'I' if place else 'B'}-{label}")
    return tags
