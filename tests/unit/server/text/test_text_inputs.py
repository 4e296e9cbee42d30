"""Which texts a model is asked about."""

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.services.text.inputs import checked


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\u3000",
        "\x00\x07\x1b\x7f\x85\x9f",
        "\u200b\u2060\ufeff\ufe0f",
        "\u2800\u3164\uffa0\u115f\u1160",
        "\U000e0001\U000e0067\U000e007f\U000e0100",
    ],
)
def test_a_text_of_characters_that_leave_nothing_to_see_is_empty(text: str) -> None:
    found = checked(text)
    assert isinstance(found, ApiError)
    assert found.code == "empty_input"


@pytest.mark.parametrize("text", ["\x00a", "\u2801", "\u1161", "👍\ufe0f", ".", "\ufffd"])
def test_a_text_with_anything_to_see_is_not(text: str) -> None:
    assert checked(text) == text
