"""What all operations on texts share: what can be wrong with a request, and with one text."""

from __future__ import annotations

from typing import Any, Final

from aiaas_mock.conformance.case import Case, Expectation, Json, Raw, auth_cases, refusal
from aiaas_mock.conformance.matchers import Length

ENGLISH: Final = "The battery lasts for days, and the screen is wonderful."
CHINESE: Final = "质量太差了，非常失望。"
MOST: Final = 256
PAIR: Final = {"a": "a pair of leather boots", "b": "winter shoes"}

_INVALID: Final = "invalid_request"
_OF_PICTURES: Final = "imagenet-mobilenet-v2"


def texts(*inputs: Any, **options: Any) -> Json:
    """Make a body; one English text unless others are given."""
    return Json({"inputs": list(inputs or (ENGLISH,)), **options})


def happy(operation: str, name: str, body: Json, values: dict[str, Any], **expect: Any) -> Case:
    """Make a case of a request that is answered."""
    expected = Expectation(values=values, **expect)
    return Case(operation=operation, kind="happy", name=name, body=body, expect=expected)


def bad(operation: str, name: str, body: Json | Raw, expect: Expectation) -> Case:
    """Make a case of bad input."""
    return Case(operation=operation, kind="bad_input", name=name, body=body, expect=expect)


def shared_cases(
    operation: str,
    *,
    good: Any = ENGLISH,
    refused: Any = "",
    because: tuple[str, str] = ("empty_input", ""),
    takes_model: bool = True,
) -> tuple[Case, ...]:
    """Cases that all operations with one result per input have.

    Args:
        operation: Its name.
        good: An input that it answers.
        refused: An input that is refused alone.
        because: The code of its problem, and the pointer inside the input to what is to blame.
        takes_model: Whether a request may name a model.
    """
    return (
        happy(
            operation,
            "answers 256 inputs in their order",
            texts(*(good,) * MOST),
            {
                "/results": Length.of(MOST),
                "/results/0/index": 0,
                "/results/255/index": 255,
                "/usage/inputs": MOST,
            },
        ),
        happy(
            operation,
            "puts an error in the place of an input that it refuses",
            texts(good, refused, good),
            {
                "/usage/inputs": 2,
                "/results": Length.of(3),
                "/results/0/index": 0,
                "/results/1/index": 1,
                "/results/1/error/code": because[0],
                "/results/1/error/param": f"/inputs/1{because[1]}",
                "/results/2/index": 2,
            },
        ),
        *bad_bodies(operation, texts(good)),
        bad(operation, "without inputs is refused", Json({}), refusal(_INVALID, 422, "/inputs")),
        bad(
            operation,
            "with an empty list of inputs is refused",
            Json({"inputs": []}),
            refusal(_INVALID, 422, "/inputs"),
        ),
        bad(
            operation,
            "with 257 inputs is refused",
            texts(*(good,) * (MOST + 1)),
            refusal(_INVALID, 422, "/inputs"),
        ),
        bad(
            operation,
            "with one text in place of a list is refused",
            Json({"inputs": "a text"}),
            refusal(_INVALID, 422, "/inputs"),
        ),
        bad(
            operation,
            "with a number in place of an input is refused",
            texts(good, 7),
            refusal(_INVALID, 422, "/inputs/1"),
        ),
        *(model_cases(operation, {"inputs": [good]}) if takes_model else ()),
        *auth_cases(operation, body=texts(good)),
    )


def bad_bodies(operation: str, body: Json) -> tuple[Case, ...]:
    """Cases of bodies that are wrong whatever the operation; `body` is a right one."""
    return (
        bad(
            operation,
            "with an unknown field is refused",
            Json({**body.value, "colour": "red"}),
            refusal(_INVALID, 422, "/colour"),
        ),
        bad(
            operation,
            "with broken JSON is refused",
            Raw(b'{"inputs": [', "application/json"),
            refusal("invalid_json", 400),
        ),
        bad(
            operation,
            "with a list in place of an object is refused",
            Json([]),
            refusal(_INVALID, 422, ""),
        ),
        bad(
            operation,
            "with a body of another type is refused",
            Raw(b"a text", "text/plain"),
            refusal("unsupported_media_type", 415),
        ),
    )


def model_cases(operation: str, body: dict[str, Any]) -> tuple[Case, ...]:
    """Cases of models that cannot answer; `body` is a right request without a model."""
    return (
        bad(
            operation,
            "with an unknown model is refused",
            Json({**body, "model": "no-such-model"}),
            refusal("model_not_found", 404, "/model"),
        ),
        bad(
            operation,
            "with a model for another task is refused",
            Json({**body, "model": _OF_PICTURES}),
            refusal("model_task_mismatch", 422, "/model"),
        ),
        bad(
            operation,
            "with a model that is no text is refused",
            Json({**body, "model": 7}),
            refusal(_INVALID, 422, "/model"),
        ),
    )
