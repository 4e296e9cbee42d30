"""Answers and results that are quick to write and right by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

from aiaas.contract.answers import ItemError, Prediction
from aiaas.contract.images import ImageClassification, ImageEmbedding
from aiaas.contract.problems import PROBLEMS, problem
from aiaas.testing._answers import changed_example, check, did_you_mean

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


def answer(operation: Operation[RequestT, ResponseT], /, **changes: object) -> ResponseT:
    """Make the answer of any operation: the contract's example with some fields changed.

    Args:
        operation: A row of the operation table, for instance ``aiaas.contract.models.RETRIEVE``.
        changes: Fields of the answer that matter to the test.

    Raises:
        WrongAnswerError: A field does not exist or has a wrong type.

    Example:
        >>> from aiaas.contract.models import RETRIEVE
        >>> answer(RETRIEVE, name="clothing").name
        'clothing'
    """
    check(operation, (), changes)
    return cast("ResponseT", changed_example(operation, changes))


def classification(
    label: str, score: float = 0.9, *, width: int = 28, height: int = 28, **others: float
) -> ImageClassification:
    """Make what the deployment says about one picture.

    Args:
        label: The best label.
        score: Its score, 0 to 1.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.
        others: Scores of other labels: ``cat=0.05`` or ``**{"Ankle boot": 0.05}``.

    Raises:
        ValueError: A score is not within 0 and 1, or another label scores better.

    Example:
        >>> classification("dog", 0.8, cat=0.15).label
        'dog'
    """
    return ImageClassification(
        index=0,
        predictions=best_first(label, score, others),
        width=width,
        height=height,
        format="png",
    )


def embedding(*numbers: float, width: int = 28, height: int = 28) -> ImageEmbedding:
    """Make the vector of one picture, scaled to length 1 as a deployment does.

    Args:
        numbers: The direction of the vector.
        width: Width of the picture in pixels.
        height: Height of the picture in pixels.

    Raises:
        ValueError: There is no number other than 0.

    Example:
        >>> embedding(3, 4).vector
        (0.6, 0.8)
    """
    return ImageEmbedding(
        index=0, embedding=unit_vector(numbers), width=width, height=height, format="png"
    )


def item_error(code: str = "invalid_image", detail: str | None = None) -> ItemError:
    """Make what stands in place of a result when one input alone cannot be used.

    Args:
        code: A code of the contract's table of problems.
        detail: What is wrong this time; the code's own title when omitted.

    Raises:
        ValueError: There is no such code.
    """
    return ItemError(index=0, error=problem(known_code(code), detail or PROBLEMS[code].title))


def best_first(label: str, score: float, others: Mapping[str, float]) -> tuple[Prediction, ...]:
    """Return labels with scores, best first.

    Raises:
        ValueError: A score is not within 0 and 1, or another label scores better.
    """
    scores = {label: score, **others}
    for name, value in scores.items():
        if not 0 <= value <= 1:
            raise ValueError(f"the score of {name!r} must be within 0 and 1; got {value}")
    ranked = sorted(scores, key=lambda name: -scores[name])
    if ranked[0] != label:
        raise ValueError(f"{ranked[0]!r} would score better than the best label, {label!r}")
    return tuple(Prediction(label=name, score=scores[name]) for name in ranked)


def unit_vector(numbers: Sequence[float]) -> tuple[float, ...]:
    """Return a vector of length 1.

    Raises:
        ValueError: There is no number other than 0.
    """
    length = sum(number * number for number in numbers) ** 0.5
    if not length:
        raise ValueError("an embedding needs a number other than 0")
    return tuple(number / length for number in numbers)


def known_code(code: str) -> str:
    """Return `code` if the contract has it.

    Raises:
        ValueError: There is no such code.
    """
    if code not in PROBLEMS:
        raise ValueError(f"the contract has no problem {code!r}.{did_you_mean(code, PROBLEMS)}")
    return code
