"""Cases of ``text.generate``, at once and as a stream, and ``text.count_tokens``."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.text._common import MAX_CHARACTERS
from aiaas_mock.conformance.case import Case, Json, auth_cases, refusal
from aiaas_mock.conformance.cases.text_requests import (
    ENGLISH,
    bad,
    bad_bodies,
    happy,
    model_cases,
    shared_cases,
    texts,
)
from aiaas_mock.conformance.matchers import WHOLE_STREAM, Between, Holds, Length, Text

_EVENTS: Final = {
    "Content-Type": Text(r"text/event-stream(;.*)?"),
    "X-Request-Id": Text(r"req_\w+"),
}
_PROMPT: Final = "To be, or not"


def _prompt(**changes: Any) -> Json:
    return Json({"prompt": _PROMPT, "max_tokens": 8, "temperature": 0.0, "seed": 7, **changes})


def _wrong(name: str, field: str, value: Any, param: str | None = None) -> Case:
    refused = refusal("invalid_request", 422, param or f"/{field}")
    return bad("text.generate", f"{name} is refused", _prompt(**{field: value}), refused)


GENERATE: Final = (
    happy(
        "text.generate",
        "continues a text by as many tokens as asked for",
        _prompt(),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/text": Text(r"(?s).+"),
            "/finish_reason": Text(r"length|stop"),
            "/seed": 7,
            "/usage/prompt_tokens": Between(1, 100),
            "/usage/completion_tokens": Between(1, 8),
        },
        headers={"Content-Type": "application/json", "X-Request-Id": Text(r"req_\w+")},
    ),
    happy(
        "text.generate",
        "begins with nothing",
        _prompt(prompt="", temperature=1.0),
        {"/usage/completion_tokens": Between(0, 8)},
    ),
    happy(
        "text.generate",
        "chooses a seed and says which",
        Json({"prompt": _PROMPT, "max_tokens": 2}),
        {"/seed": Between(0, 2**63)},
    ),
    happy(
        "text.generate",
        "ends before a text that it is to stop at",
        _prompt(max_tokens=64, stop=[" ", "e", "a"]),
        {
            "/finish_reason": "stop",
            "/text": Holds("without ' ', 'e' and 'a'", lambda text: not set(" ea") & set(text)),
        },
    ),
    happy(
        "text.generate",
        "streams tokens that make up the text",
        _prompt(stream=True),
        {
            "": WHOLE_STREAM,
            "/0/event": "token",
            "/0/data/index": 0,
        },
        headers=_EVENTS,
    ),
    happy(
        "text.generate",
        "streams no more tokens than asked for",
        _prompt(stream=True, max_tokens=1),
        {"": Length(1, 2)},
        headers=_EVENTS,
    ),
    *bad_bodies("text.generate", _prompt()),
    bad(
        "text.generate",
        "without a prompt is refused",
        Json({}),
        refusal("invalid_request", 422, "/prompt"),
    ),
    _wrong("with a prompt that is no text", "prompt", 7),
    _wrong("with no token wanted", "max_tokens", 0),
    _wrong("with too many tokens wanted", "max_tokens", 1025),
    _wrong("with a negative temperature", "temperature", -1),
    _wrong("with no probability to draw from", "top_p", 0),
    _wrong("with a negative seed", "seed", -1),
    _wrong("with five texts to stop at", "stop", ["a", "b", "c", "d", "e"]),
    _wrong("with an empty text to stop at", "stop", [""], "/stop/0"),
    _wrong("with a stream that is neither true nor false", "stream", "yes"),
    bad(
        "text.generate",
        "with an unknown model is refused before a stream begins",
        _prompt(stream=True, model="no-such-model"),
        refusal("model_not_found", 404, "/model"),
    ),
    *model_cases("text.generate", _prompt().value),
    *auth_cases("text.generate", body=_prompt()),
)

COUNT_TOKENS: Final = (
    happy(
        "text.count_tokens",
        "counts more tokens in a longer text",
        texts("To be", ENGLISH),
        {
            "/object": Text(r"text\.\w+"),
            "/model": Text(r".+@.+"),
            "/results": Holds(
                "more in the second", lambda found: 0 < found[0]["tokens"] < found[1]["tokens"]
            ),
        },
    ),
    *shared_cases(
        "text.count_tokens", refused="x" * (MAX_CHARACTERS + 1), because=("text_too_long", "")
    ),
    happy(
        "text.count_tokens",
        "finds no tokens in an empty text",
        texts(""),
        {"/results/0/tokens": 0, "/usage/inputs": 1},
    ),
)

CASES: Final = (*GENERATE, *COUNT_TOKENS)
