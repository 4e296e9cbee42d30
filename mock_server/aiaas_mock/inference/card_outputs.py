"""What a model gives, by its kind."""

from typing import Literal

from pydantic import NonNegativeInt, PositiveInt

from aiaas_mock.inference.card_inputs import CardPart


class OutOfScope(CardPart):
    """How a classifier says that an input is none of its business.

    Attributes:
        label: The class whose probability is the score; it is not shown among the others.
        threshold: From this score on, the input counts as out of scope; chosen on validation.
    """

    label: str
    threshold: float


class ScoresOutput(CardPart):
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


class EmbeddingOutput(CardPart):
    """A feature vector; the card promises nothing about its length."""

    kind: Literal["embedding"] = "embedding"
    size: PositiveInt


class TagsOutput(CardPart):
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


class NextTokenOutput(CardPart):
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


class ItemScoresOutput(CardPart):
    """A score for each item; what fits better has more, and that is all it says.

    Attributes:
        size: Number of items that the model knows.
        catalogue_file: JSON lines with `item_id`, `title` and `metadata` of the items.
    """

    kind: Literal["item-scores"] = "item-scores"
    size: PositiveInt
    catalogue_file: str | None = None


Output = ScoresOutput | EmbeddingOutput | TagsOutput | NextTokenOutput | ItemScoresOutput
