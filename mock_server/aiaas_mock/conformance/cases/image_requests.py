"""What all operations on pictures share: how pictures travel, and what can be wrong with them."""

from __future__ import annotations

from typing import Any, Final

from aiaas_mock.conformance.case import Case, Expectation, Json, Multipart, Raw, auth_cases, refusal
from aiaas_mock.conformance.matchers import Length
from aiaas_mock.conformance.material import (
    ANKLE_BOOT,
    CUT_OFF,
    NOT_A_PICTURE,
    TIFF,
    in_base64,
)

BOOT: Final = {"data": in_base64(ANKLE_BOOT)}
PNG: Final = "image/png"
_MOST: Final = 64


def json_body(*, inputs: Any = (BOOT,), **options: Any) -> Json:
    """Make a JSON body; one picture unless others are given."""
    return Json({"inputs": list(inputs), **options})


def _inputs(*pictures: bytes) -> list[dict[str, str]]:
    return [{"data": in_base64(picture)} for picture in pictures]


def bad(operation: str, name: str, body: Json | Raw | Multipart, expect: Expectation) -> Case:
    """Make a case of bad input."""
    return Case(operation=operation, kind="bad_input", name=name, body=body, expect=expect)


def shared_cases(operation: str) -> tuple[Case, ...]:
    """Cases that classify and embed share: how pictures travel and what is wrong with them."""
    size = {"/results/0/index": 0, "/results/0/width": 28, "/results/0/height": 28}
    one = Expectation(values={"/results": Length.of(1), "/usage/inputs": 1, **size})
    happy: dict[str, Any] = {"operation": operation, "kind": "happy"}
    return (
        Case(name="takes base64 in JSON", body=json_body(), expect=one, **happy),
        Case(name="takes one raw picture", body=Raw(ANKLE_BOOT, PNG), expect=one, **happy),
        Case(name="takes files in a form", body=Multipart((ANKLE_BOOT,)), expect=one, **happy),
        Case(
            name="answers 64 pictures in their order",
            body=Multipart((ANKLE_BOOT,) * _MOST),
            expect=Expectation(
                values={
                    "/results": Length.of(_MOST),
                    "/results/63/index": 63,
                    "/usage/inputs": _MOST,
                }
            ),
            **happy,
        ),
        Case(
            name="puts an error in the place of each picture that cannot be used",
            body=json_body(
                inputs=[
                    *_inputs(ANKLE_BOOT, NOT_A_PICTURE, b"", CUT_OFF, TIFF),
                    {"data": "@@@"},
                    BOOT,
                ]
            ),
            expect=Expectation(
                values={
                    "/usage/inputs": 2,
                    "/results/0/format": "png",
                    "/results/1/index": 1,
                    "/results/1/error/code": "invalid_image",
                    "/results/1/error/param": "/inputs/1",
                    "/results/2/error/code": "empty_input",
                    "/results/3/error/code": "invalid_image",
                    "/results/4/error/code": "unsupported_image_format",
                    "/results/5/error/code": "invalid_base64",
                    "/results/6/index": 6,
                    "/results/6/format": "png",
                }
            ),
            **happy,
        ),
        *_bad_bodies(operation),
        *_bad_options(operation),
        *auth_cases(operation, body=json_body()),
    )


def _bad_bodies(operation: str) -> tuple[Case, ...]:
    unsupported = refusal("unsupported_media_type", 415)
    too_many = refusal("invalid_request", 422, "/inputs")
    none = refusal("invalid_request", 422, "/inputs")
    bad_form = refusal("invalid_multipart", 400)
    form = "multipart/form-data"
    return (
        bad(operation, "without pictures is refused", json_body(inputs=()), none),
        bad(operation, "with a form without files is refused", Multipart((), {}), none),
        bad(operation, "with 65 pictures is refused", json_body(inputs=[BOOT] * 65), too_many),
        bad(
            operation,
            "with 65 files in a form is refused",
            Multipart((ANKLE_BOOT,) * 65),
            too_many,
        ),
        bad(operation, "with a text is refused", Raw(b"boot", "text/plain"), unsupported),
        bad(operation, "without a content type is refused", Raw(ANKLE_BOOT, None), unsupported),
        bad(operation, "with a form without boundary is refused", Raw(b"", form), bad_form),
        bad(
            operation,
            "with a form that breaks off is refused",
            Raw(b'--x\r\nContent-Disposition: form-data; name="inputs"', f"{form}; boundary=x"),
            bad_form,
        ),
        bad(
            operation,
            "with broken JSON is refused",
            Raw(b'{"inputs": [', "application/json"),
            refusal("invalid_json", 400),
        ),
        bad(
            operation,
            "with JSON nested without end is refused",
            Raw(b"[" * 100_000, "application/json"),
            refusal("invalid_json", 400),
        ),
        bad(
            operation,
            "with a list in place of an object is refused",
            Json([]),
            refusal("invalid_request", 422, ""),
        ),
    )


def _bad_options(operation: str) -> tuple[Case, ...]:
    invalid = "invalid_request"
    return (
        bad(
            operation,
            "with an unknown field is refused",
            json_body(colour="red"),
            refusal(invalid, 422, "/colour"),
        ),
        bad(
            operation,
            "with an unknown field in an input is refused",
            json_body(inputs=[{**BOOT, "url": "https://example.com/cat.jpg"}]),
            refusal(invalid, 422, "/inputs/0/url"),
        ),
        bad(
            operation,
            "with an unknown model is refused",
            json_body(model="no-such-model"),
            refusal("model_not_found", 404, "/model"),
        ),
        bad(
            operation,
            "with a model that is no text is refused",
            json_body(model=7),
            refusal(invalid, 422, "/model"),
        ),
        bad(
            operation,
            "with a wrong option in a form is refused",
            Multipart((ANKLE_BOOT,), {"model": ""}),
            refusal(invalid, 422, "/model"),
        ),
        Case(
            operation=operation,
            kind="bad_input",
            name="with an unknown query field beside a raw picture is refused",
            query=(("colour", "red"),),
            body=Raw(ANKLE_BOOT, PNG),
            expect=refusal(invalid, 422, "/colour"),
        ),
        Case(
            operation=operation,
            kind="bad_input",
            name="with options in the query beside JSON is refused",
            query=(("model", "imagenet-mobilenet-v2"),),
            body=json_body(),
            expect=refusal(invalid, 422, "/model"),
        ),
    )
