"""Cases of ``images.*``."""

from __future__ import annotations

from typing import Any, Final

from aiaas_mock.conformance.case import Case, Expectation, Json, Multipart, Raw, auth_cases, refusal
from aiaas_mock.conformance.matchers import (
    BEST_FIRST,
    UNIT_VECTOR,
    Between,
    Every,
    Holds,
    Length,
    Text,
)
from aiaas_mock.conformance.material import (
    ANKLE_BOOT,
    CUT_OFF,
    NOT_A_PICTURE,
    TIFF,
    in_base64,
)

_BOOT: Final = {"data": in_base64(ANKLE_BOOT)}
_PNG: Final = "image/png"
_MOST: Final = 64


def _json(*, inputs: Any = (_BOOT,), **options: Any) -> Json:
    return Json({"inputs": list(inputs), **options})


def _inputs(*pictures: bytes) -> list[dict[str, str]]:
    return [{"data": in_base64(picture)} for picture in pictures]


def _bad(operation: str, name: str, body: Json | Raw | Multipart, expect: Expectation) -> Case:
    return Case(operation=operation, kind="bad_input", name=name, body=body, expect=expect)


def _both(operation: str) -> tuple[Case, ...]:
    """Cases that classify and embed share: how pictures travel and what is wrong with them."""
    size = {"/results/0/index": 0, "/results/0/width": 28, "/results/0/height": 28}
    one = Expectation(values={"/results": Length.of(1), "/usage/inputs": 1, **size})
    happy: dict[str, Any] = {"operation": operation, "kind": "happy"}
    return (
        Case(name="takes base64 in JSON", body=_json(), expect=one, **happy),
        Case(name="takes one raw picture", body=Raw(ANKLE_BOOT, _PNG), expect=one, **happy),
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
            body=_json(
                inputs=[
                    *_inputs(ANKLE_BOOT, NOT_A_PICTURE, b"", CUT_OFF, TIFF),
                    {"data": "@@@"},
                    _BOOT,
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
        *auth_cases(operation, body=_json()),
    )


def _bad_bodies(operation: str) -> tuple[Case, ...]:
    unsupported = refusal("unsupported_media_type", 415)
    too_many = refusal("invalid_request", 422, "/inputs")
    none = refusal("invalid_request", 422, "/inputs")
    bad_form = refusal("invalid_multipart", 400)
    form = "multipart/form-data"
    return (
        _bad(operation, "without pictures is refused", _json(inputs=()), none),
        _bad(operation, "with a form without files is refused", Multipart((), {}), none),
        _bad(operation, "with 65 pictures is refused", _json(inputs=[_BOOT] * 65), too_many),
        _bad(
            operation,
            "with 65 files in a form is refused",
            Multipart((ANKLE_BOOT,) * 65),
            too_many,
        ),
        _bad(operation, "with a text is refused", Raw(b"boot", "text/plain"), unsupported),
        _bad(operation, "without a content type is refused", Raw(ANKLE_BOOT, None), unsupported),
        _bad(operation, "with a form without boundary is refused", Raw(b"", form), bad_form),
        _bad(
            operation,
            "with a form that breaks off is refused",
            Raw(b'--x\r\nContent-Disposition: form-data; name="inputs"', f"{form}; boundary=x"),
            bad_form,
        ),
        _bad(
            operation,
            "with broken JSON is refused",
            Raw(b'{"inputs": [', "application/json"),
            refusal("invalid_json", 400),
        ),
        _bad(
            operation,
            "with JSON nested without end is refused",
            Raw(b"[" * 100_000, "application/json"),
            refusal("invalid_json", 400),
        ),
        _bad(
            operation,
            "with a list in place of an object is refused",
            Json([]),
            refusal("invalid_request", 422, ""),
        ),
    )


def _bad_options(operation: str) -> tuple[Case, ...]:
    invalid = "invalid_request"
    return (
        _bad(
            operation,
            "with an unknown field is refused",
            _json(colour="red"),
            refusal(invalid, 422, "/colour"),
        ),
        _bad(
            operation,
            "with an unknown field in an input is refused",
            _json(inputs=[{**_BOOT, "url": "https://example.com/cat.jpg"}]),
            refusal(invalid, 422, "/inputs/0/url"),
        ),
        _bad(
            operation,
            "with an unknown model is refused",
            _json(model="no-such-model"),
            refusal("model_not_found", 404, "/model"),
        ),
        _bad(
            operation,
            "with a model that is no text is refused",
            _json(model=7),
            refusal(invalid, 422, "/model"),
        ),
        _bad(
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
            body=Raw(ANKLE_BOOT, _PNG),
            expect=refusal(invalid, 422, "/colour"),
        ),
        Case(
            operation=operation,
            kind="bad_input",
            name="with options in the query beside JSON is refused",
            query=(("model", "imagenet-mobilenet-v2"),),
            body=_json(),
            expect=refusal(invalid, 422, "/model"),
        ),
    )


CLASSIFY: Final = (
    Case(
        operation="images.classify",
        kind="happy",
        name="gives five labels, best first, unless asked for more",
        body=_json(),
        expect=Expectation(
            values={
                "/object": "images.classification",
                "/id": Text(r"icl_\w+"),
                "/model": Text(r".+@.+"),
                "/results/0/predictions": BEST_FIRST,
                "/results/0/predictions/4/score": Between(0.0, 1.0),
                "/warnings": [],
            },
            headers={"Content-Type": "application/json", "X-Request-Id": Text(r"req_\w+")},
        ),
    ),
    Case(
        operation="images.classify",
        kind="happy",
        name="gives as many labels as asked for",
        body=Multipart((ANKLE_BOOT,), {"top_k": 2}),
        expect=Expectation(values={"/results/0/predictions": Length.of(2)}),
    ),
    Case(
        operation="images.classify",
        kind="happy",
        name="leaves out labels that score too little",
        query=(("min_score", "0.2"), ("top_k", "1000")),
        body=Raw(ANKLE_BOOT, _PNG),
        expect=Expectation(
            values={
                "/results/0/predictions": Every(
                    Holds("of at least 0.2", lambda prediction: prediction["score"] >= 0.2)
                )
            }
        ),
    ),
    *_both("images.classify"),
    _bad(
        "images.classify",
        "with no label wanted is refused",
        _json(top_k=0),
        refusal("invalid_request", 422, "/top_k"),
    ),
    _bad(
        "images.classify",
        "with a score that is no number is refused",
        Raw(b'{"inputs": [{"data": ""}], "min_score": NaN}', "application/json"),
        refusal("invalid_request", 422, "/min_score"),
    ),
    _bad(
        "images.classify",
        "with a model for another task is refused",
        _json(model="imagenet-mobilenet-v1-embedding"),
        refusal("model_task_mismatch", 422, "/model"),
    ),
)

EMBED: Final = (
    Case(
        operation="images.embed",
        kind="happy",
        name="gives a vector of length 1",
        body=_json(),
        expect=Expectation(
            values={
                "/object": "images.embedding",
                "/id": Text(r"iem_\w+"),
                "/dimensions": 1024,
                "/results/0/embedding": UNIT_VECTOR,
            }
        ),
    ),
    Case(
        operation="images.embed",
        kind="happy",
        name="shortens vectors and scales them to length 1 again",
        body=_json(dimensions=4),
        expect=Expectation(
            values={
                "/dimensions": 4,
                "/results/0/embedding": UNIT_VECTOR,
                "/results/0/embedding/3": Between(-1.0, 1.0),
            }
        ),
    ),
    Case(
        operation="images.embed",
        kind="happy",
        name="packs vectors as float32 in base64",
        query=(("encoding_format", "base64"), ("dimensions", "3")),
        body=Raw(ANKLE_BOOT, _PNG),
        expect=Expectation(values={"/results/0/embedding": Text(r"[A-Za-z0-9+/]{16}")}),
    ),
    *_both("images.embed"),
    _bad(
        "images.embed",
        "with more dimensions than the model has is refused",
        _json(dimensions=1025),
        refusal("invalid_request", 422, "/dimensions"),
    ),
    _bad(
        "images.embed",
        "with an unknown encoding is refused",
        _json(encoding_format="hex"),
        refusal("invalid_request", 422, "/encoding_format"),
    ),
    _bad(
        "images.embed",
        "with a model for another task is refused",
        _json(model="imagenet-mobilenet-v2"),
        refusal("model_task_mismatch", 422, "/model"),
    ),
)

CASES: Final = (*CLASSIFY, *EMBED)
