"""What a model takes: the preprocessing of a bundle's card, by its kind."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

HASHED_FEATURES: Final = 7
"""Hashed ids per word: its beginnings, endings and shapes; see `WordsInput`."""


class CardPart(BaseModel):
    """Base of everything in a card: nothing unknown, nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ImageInput(CardPart):
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


class VectorInput(CardPart):
    """A vector of float32 numbers, such as the output of the card's `base`."""

    kind: Literal["vector"] = "vector"
    size: PositiveInt


class NGrams(CardPart):
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


class TextInput(CardPart):
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


class WordsInput(CardPart):
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


class StepInput(CardPart):
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


class HistoryInput(CardPart):
    """The items of somebody's past, each with a weight.

    Attributes:
        size: Number of items that the model knows.
    """

    kind: Literal["history"] = "history"
    size: PositiveInt


Input = ImageInput | VectorInput | TextInput | WordsInput | StepInput | HistoryInput
