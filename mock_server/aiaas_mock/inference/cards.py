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

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, ValidationError

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
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
HASHED_FEATURES = 7
"""Hashed ids per word: its beginnings, endings and shapes; see `WordsInput`."""
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


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ImageInput(_Part):
    """A picture, as an array of height x width x channels: `value = byte * scale + offset`.

    Attributes:
        resize: "stretch" scales both sides on their own; "cover" scales until the shorter side
            fits and cuts the middle out of the longer one.
    """

    kind: Literal["image"] = "image"
    width: PositiveInt
    height: PositiveInt
    mode: Literal["L", "RGB"]
    dtype: Literal["uint8", "float32"]
    scale: float = 1.0
    offset: float = 0.0
    resize: Literal["stretch", "cover"] = "stretch"

    @property
    def channels(self) -> int:
        """Values per pixel."""
        return 1 if self.mode == "L" else 3


class VectorInput(_Part):
    """A vector of float32 numbers, such as the output of the card's `base`."""

    kind: Literal["vector"] = "vector"
    size: PositiveInt


class NGrams(_Part):
    """Hashed n-grams of a text's words and of the characters of its words, beside its tokens.

    The hashing trick (Weinberger et al. 2009), as in fastText (Bojanowski et al. 2017): a word
    stands between ``<`` and ``>``, and an n-gram's id is 1 + its CRC-32 modulo `buckets`.

    Attributes:
        words: Sizes of the n-grams of words.
        characters: Sizes of the n-grams of the characters of a word.
        buckets: Number of ids; 0 pads.
        length: Ids in a row; words come first, what is too much is cut off.
    """

    words: tuple[PositiveInt, ...] = ()
    characters: tuple[PositiveInt, ...] = ()
    buckets: PositiveInt
    length: PositiveInt


class TextInput(_Part):
    """A text, as a row of int32: the ids of its tokens, then those of its n-grams.

    Attributes:
        tokenizer_file: A ``tokenizer.json`` of the `tokenizers` library, whose id 0 pads.
        length: Token ids in a row; a shorter text is padded at its end, a longer one cut off.
        ngrams: The n-grams, for a model that takes them.
    """

    kind: Literal["text"] = "text"
    tokenizer_file: str
    length: PositiveInt
    ngrams: NGrams | None = None

    @property
    def size(self) -> int:
        """Ids in a row."""
        return self.length + (self.ngrams.length if self.ngrams else 0)


class WordsInput(_Part):
    """The words of a text, as a row of int32: the numbers of the first word, then of the next.

    A word's numbers are its id in the vocabulary, the ids of its characters, the hashed ids of its
    beginnings, endings and shapes, and for each list of names whether a name of the list begins
    (1) or goes on (2) there. Beyond the end of a text all numbers are 0.

    Attributes:
        length: Words in a row; a longer text takes several rows.
        overlap: Words that two rows of a text have in common.
        vocabulary_file: Text file with one lower-case word a line: ids from 2 on; 1 is any other.
        alphabet: The characters that have an id, from 2 on; 1 is any other.
        characters: Characters of a word that are looked at: of a longer word its two ends.
        buckets: Hashed ids there are, from 1 on.
        lists: The lists of names.
        lists_file: Text file with one name a line, a tab, and the numbers of the lists that have
            it, the first list being 0; names in lower case, words set apart by blanks.
    """

    kind: Literal["words"] = "words"
    length: PositiveInt
    overlap: NonNegativeInt
    vocabulary_file: str
    alphabet: str
    characters: PositiveInt
    buckets: PositiveInt
    lists: tuple[str, ...] = ()
    lists_file: str | None = None

    @property
    def columns(self) -> int:
        """Numbers per word."""
        return 1 + self.characters + HASHED_FEATURES + len(self.lists)

    @property
    def size(self) -> int:
        """Numbers in a row."""
        return self.length * self.columns


class StepInput(_Part):
    """One step of a recurrent language model: a row of float32, a token's id before the state.

    The state is zero at first and then what the step before gave out, so that many streams of
    text can share a batch. A text begins with the start token.

    Attributes:
        tokenizer_file: A ``tokenizer.json`` of the `tokenizers` library, byte-level: any text has
            tokens, and a token stands for bytes.
        vocabulary: Number of tokens.
        state: Numbers in the state.
        start_token: Id of the token before any text.
    """

    kind: Literal["step"] = "step"
    tokenizer_file: str
    vocabulary: PositiveInt
    state: PositiveInt
    start_token: NonNegativeInt

    @property
    def size(self) -> int:
        """Numbers in a row."""
        return 1 + self.state


class OutOfScope(_Part):
    """How a classifier says that an input is none of its business.

    Attributes:
        label: The class whose probability is the score; it is not shown among the others.
        threshold: From this score on, the input counts as out of scope; chosen on validation.
    """

    label: str
    threshold: float


class ScoresOutput(_Part):
    """One score per class.

    Attributes:
        labels_file: Text file with one label a line, in the order of the classes.
        ignored: Indices of classes that are never shown, such as a background row.
        activation: What makes calibrated probabilities of the model's output: nothing where it
            gives them, softmax for one class of several, sigmoid where several classes may hold.
        thresholds: For sigmoid: the probability from which each class is said to hold.
        abstain_below: Below this best probability the model had better not decide.
        out_of_scope: For a classifier that can tell that none of its classes fits.
    """

    kind: Literal["scores"] = "scores"
    size: PositiveInt
    labels_file: str
    ignored: tuple[NonNegativeInt, ...] = ()
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    thresholds: tuple[float, ...] = ()
    abstain_below: float | None = None
    out_of_scope: OutOfScope | None = None


class EmbeddingOutput(_Part):
    """A feature vector; the card promises nothing about its length."""

    kind: Literal["embedding"] = "embedding"
    size: PositiveInt


class TagsOutput(_Part):
    """A score for each tag of each word: the tags of the first word, then of the next.

    The tags are of the BIO kind: "O" is outside, "B-person" begins a person, "I-person" goes on.
    The best row of tags is the one with the highest sum of scores and transitions.

    Attributes:
        size: Words in a row times tags.
        labels_file: Text file with one tag a line.
        start: For each tag, what it scores to be the first of a text.
        transitions: For each tag, what it scores that each tag follows.
        temperature: What scores and transitions are divided by before probabilities are made of
            them; chosen on validation.
    """

    kind: Literal["tags"] = "tags"
    size: PositiveInt
    labels_file: str
    start: tuple[float, ...]
    transitions: tuple[tuple[float, ...], ...]
    temperature: float = 1.0


class NextTokenOutput(_Part):
    """The scores of all tokens to come next (logits), before the new state.

    Attributes:
        vocabulary: Number of tokens.
        state: Numbers in the state.
        end_token: Id of the token that ends a text.
    """

    kind: Literal["next-token"] = "next-token"
    vocabulary: PositiveInt
    state: PositiveInt
    end_token: NonNegativeInt

    @property
    def size(self) -> int:
        """Numbers in a row."""
        return self.vocabulary + self.state


class DataSet(_Part):
    """The data that a model was trained on."""

    name: str
    licence: str
    source: str
    split: str


class Metric(_Part):
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


class Source(_Part):
    """Where a third party's model was taken from."""

    url: str
    commit: str


class Training(_Part):
    """How a model was made.

    Attributes:
        command: Shell command that trains it again.
        settings: The settings that matter, by name.
    """

    command: str
    settings: dict[str, str | int | float | bool] = {}


class Variant(_Part):
    """One form of the weights and the engine that runs it."""

    engine: Literal["litert", "tensorflow"]
    file: str


class FileEntry(_Part):
    """What a file of the bundle must look like."""

    sha256: Sha256
    size_bytes: NonNegativeInt


class Card(_Part):
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
    input: Annotated[
        ImageInput | VectorInput | TextInput | WordsInput | StepInput, Field(discriminator="kind")
    ]
    output: Annotated[
        ScoresOutput | EmbeddingOutput | TagsOutput | NextTokenOutput, Field(discriminator="kind")
    ]
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
    files: dict[str, FileEntry] = {}

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
        read_labels(folder, card.output)
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
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in fault["loc"]) or "the document"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {fault['msg']}{more}"
