"""Bundle cards: what a model is, what it takes and gives, and the checksums of its files.

A bundle is a folder `NAME/VERSION/` that holds `card.json` beside the files that the card lists.
Preprocessing, the engines and the model catalogue are driven by the card alone, so that a
customer's own model is served without code. Nothing here is pickled or executed.
"""

import hashlib
import json
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError

from aiaas.contract._findings import findings
from aiaas_mock.inference.card_inputs import CardPart, Input, StepInput, TextInput, WordsInput
from aiaas_mock.inference.card_outputs import ItemScoresOutput, Output, ScoresOutput, TagsOutput

CARD_FILE = "card.json"

Task = Literal[
    "image-classification",
    "image-embedding",
    "text-sentiment",
    "text-emotions",
    "text-classification",
    "text-entities",
    "text-embedding",
    "text-generation",
    "recommendation",
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
BundleErrorCode = Literal[
    "card_missing",
    "card_invalid",
    "file_missing",
    "file_changed",
    "file_unlisted",
    "path_escapes",
]


class BundleError(Exception):
    """A bundle that must not be served.

    Attributes:
        code: Stable name of what is wrong.
        folder: The bundle's folder.
    """

    def __init__(self, code: BundleErrorCode, folder: Path, message: str) -> None:
        super().__init__(f"bundle {folder}: {message}")
        self.code: BundleErrorCode = code
        self.folder = folder


class DataSet(CardPart):
    """The data that a model was trained on."""

    name: str
    licence: str
    source: str
    split: str


class Metric(CardPart):
    """One measured figure and the command that measures it again.

    Attributes:
        variant: The card's variant that was measured.
        command: Shell command that prints the figure anew; for a figure that is only quoted,
            the place where it is published.
    """

    name: str
    split: str
    value: float
    variant: str
    command: str
    note: str | None = None


class Source(CardPart):
    """Where a third party's model was taken from."""

    url: str
    commit: str


class Training(CardPart):
    """How a model was made.

    Attributes:
        command: Shell command that trains it again.
        settings: The settings that matter, by name.
    """

    command: str
    settings: dict[str, str | int | float | bool] = Field({})


class Variant(CardPart):
    """One form of the weights and the engine that runs it.

    Attributes:
        engine: "recommender" is none of the engines of rows: the service of recommendations reads
            the whole folder, whose manifest is `file`.
    """

    engine: Literal["litert", "tensorflow", "recommender"]
    file: str


class FileEntry(CardPart):
    """What a file of the bundle must look like."""

    sha256: Sha256
    size_bytes: NonNegativeInt


class Card(CardPart):
    """The content of `card.json`.

    Attributes:
        languages: BCP 47 codes of the languages that a text model was made for.
        base: "name@version" of the bundle whose output this one takes as its input.
        fixed_batch: The only batch size that the file can run, or None where the batch is free.
        parameters: Number of weights, trainable or not; None where it is not known.
        baselines: The same figures of a simpler method on the same split, fitted by the command
            that trained the model.
        limits: What the model must not be used for, and its known weaknesses.
        files: Every file of the bundle but the card itself, by POSIX path inside the folder.
    """

    schema_version: Literal[1] = 1
    name: Name
    version: Version
    aliases: tuple[Name, ...] = ()
    task: Task
    summary: str
    origin: Literal["trained-by-us", "third-party"]
    base: str | None = None
    languages: tuple[str, ...] = ()
    input: Annotated[Input, Field(discriminator="kind")]
    output: Annotated[Output, Field(discriminator="kind")]
    max_batch: PositiveInt
    fixed_batch: Literal[1] | None = None
    architecture: str
    parameters: PositiveInt | None = None
    data: DataSet
    metrics: tuple[Metric, ...] = ()
    baselines: tuple[Metric, ...] = ()
    limits: str
    licence: str
    source: Source | None = None
    created: date
    training: Training | None = None
    variants: dict[str, Variant]
    default_variant: str
    files: dict[str, FileEntry] = Field({})

    @property
    def id(self) -> str:
        """The model's full name, "name@version"."""
        return f"{self.name}@{self.version}"


def read_card(folder: Path) -> Card:
    """Read the card of a bundle without looking at the other files.

    Raises:
        BundleError: No card, or one that breaks the schema or contradicts itself.
    """
    try:
        text = (folder / CARD_FILE).read_bytes()
    except OSError as error:
        raise BundleError(
            "card_missing",
            folder,
            f"no readable {CARD_FILE} ({error.strerror}); a bundle is a folder NAME/VERSION "
            "that holds one",
        ) from error
    try:
        card = Card.model_validate_json(text)
    except ValidationError as error:
        raise BundleError(
            "card_invalid", folder, f"{CARD_FILE} breaks the schema: {_first_fault(error)}"
        ) from error
    _check_references(folder, card)
    return card


def verify_bundle(folder: Path) -> Card:
    """Read a card and hold every file of the folder against it.

    Raises:
        BundleError: The card is missing or invalid, a file is missing, changed or not listed,
            or a path leads out of the folder.
    """
    card = read_card(folder)
    for name, entry in card.files.items():
        _check_file(folder, name, entry)
    unlisted = sorted(_files_in(folder) - card.files.keys())
    if unlisted:
        raise BundleError(
            "file_unlisted",
            folder,
            f"{unlisted[0]!r} is not listed in {CARD_FILE}; remove the file or list it with its "
            "size and SHA-256",
        )
    if isinstance(card.output, ScoresOutput | TagsOutput):
        labels = read_labels(folder, card.output)
        if isinstance(card.output, ScoresOutput):
            _check_decisions(folder, card.output, labels)
    return card


def read_labels(folder: Path, output: ScoresOutput | TagsOutput) -> tuple[str, ...]:
    """Read the labels of a classifier, or the tags of a tagger, in the order of its classes.

    Raises:
        BundleError: The number of labels is not the number of classes.
    """
    labels = tuple((folder / output.labels_file).read_text("utf-8").splitlines())
    classes = output.size if isinstance(output, ScoresOutput) else len(output.start)
    if len(labels) != classes:
        raise BundleError(
            "card_invalid",
            folder,
            f"{output.labels_file!r} has {len(labels)} lines, but the model has {classes} "
            "classes; write one label a line",
        )
    return labels


def write_card(folder: Path, card: Card) -> Card:
    """Write `card.json` with the checksums of all files that lie in the folder.

    Args:
        folder: A bundle folder whose other files are in place.
        card: The card; its `files` are computed anew.

    Returns:
        The card as written.
    """
    files = {name: _entry_of(folder / name) for name in sorted(_files_in(folder))}
    card = card.model_copy(update={"files": files})
    _check_references(folder, card)
    content = card.model_dump(mode="json", exclude_none=True)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, "utf-8")
    return card


def _check_references(folder: Path, card: Card) -> None:
    """Hold the parts of a card against each other."""
    for name in card.files:
        if _escapes(name):
            raise BundleError(
                "path_escapes",
                folder,
                f"{CARD_FILE} lists {name!r}; a path must be relative, with '/' and without '..'",
            )
    if card.default_variant not in card.variants:
        raise BundleError(
            "card_invalid",
            folder,
            f"default_variant {card.default_variant!r} is not one of {sorted(card.variants)}",
        )
    wanted = [variant.file for variant in card.variants.values()]
    if isinstance(card.output, ScoresOutput | TagsOutput):
        wanted.append(card.output.labels_file)
    if isinstance(card.output, ItemScoresOutput):
        wanted += [card.output.catalogue_file] if card.output.catalogue_file else []
    if isinstance(card.input, TextInput | StepInput):
        wanted.append(card.input.tokenizer_file)
    if isinstance(card.input, WordsInput):
        wanted.append(card.input.vocabulary_file)
        wanted += [card.input.lists_file] if card.input.lists_file else []
    for name in wanted:
        # A SavedModel is a folder, whose files are listed one by one.
        if not any(listed == name or listed.startswith(f"{name}/") for listed in card.files):
            raise BundleError(
                "card_invalid",
                folder,
                f"{name!r} is used by the card but not listed under 'files'; list it with its "
                "size and SHA-256",
            )


def _check_decisions(folder: Path, output: ScoresOutput, labels: tuple[str, ...]) -> None:
    """Hold what decides on the scores against the labels."""
    outside = output.out_of_scope
    if outside is not None and outside.label not in labels:
        raise BundleError(
            "card_invalid", folder, f"out_of_scope.label {outside.label!r} is not in the labels"
        )
    if output.activation == "sigmoid" and len(output.thresholds) != output.size:
        raise BundleError(
            "card_invalid",
            folder,
            f"there are {len(output.thresholds)} thresholds for {output.size} classes; with the "
            "activation sigmoid every class needs one",
        )


def _check_file(folder: Path, name: str, entry: FileEntry) -> None:
    path = folder / name
    if not path.is_file():
        raise BundleError(
            "file_missing", folder, f"{name!r} is listed in the card but missing; restore it"
        )
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BundleError(
            "path_escapes", folder, f"{name!r} is a link out of the folder; copy the file instead"
        )
    found = _entry_of(path)
    if found.size_bytes != entry.size_bytes:
        expected, actual = f"{entry.size_bytes} bytes", f"{found.size_bytes} bytes"
    elif found.sha256 != entry.sha256:
        expected, actual = f"SHA-256 {entry.sha256}", found.sha256
    else:
        return
    raise BundleError(
        "file_changed",
        folder,
        f"{name!r} was changed: expected {expected}, found {actual}; restore the file, or write "
        "the card anew if the change is yours",
    )


def _entry_of(path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(sha256=digest, size_bytes=file.tell())


def _files_in(folder: Path) -> set[str]:
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - {CARD_FILE}


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return not name or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name


def _first_fault(error: ValidationError) -> str:
    first = findings(error, Card)[0]
    place = ".".join(str(step) for step in first.place) or "the document"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{first.about(place)}{more}"
