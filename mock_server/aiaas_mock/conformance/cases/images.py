"""Cases of ``images.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import Case, Expectation, Multipart, Raw, refusal
from aiaas_mock.conformance.cases.image_requests import PNG, bad, json_body, shared_cases
from aiaas_mock.conformance.matchers import (
    BEST_FIRST,
    UNIT_VECTOR,
    Between,
    Every,
    Holds,
    Length,
    Text,
)
from aiaas_mock.conformance.material import ANKLE_BOOT

CLASSIFY: Final = (
    Case(
        operation="images.classify",
        kind="happy",
        name="gives five labels, best first, unless asked for more",
        body=json_body(),
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
        body=Raw(ANKLE_BOOT, PNG),
        expect=Expectation(
            values={
                "/results/0/predictions": Every(
                    Holds("of at least 0.2", lambda prediction: prediction["score"] >= 0.2)
                )
            }
        ),
    ),
    *shared_cases("images.classify"),
    bad(
        "images.classify",
        "with no label wanted is refused",
        json_body(top_k=0),
        refusal("invalid_request", 422, "/top_k"),
    ),
    bad(
        "images.classify",
        "with a score that is no number is refused",
        Raw(b'{"inputs": [{"data": ""}], "min_score": NaN}', "application/json"),
        refusal("invalid_request", 422, "/min_score"),
    ),
    bad(
        "images.classify",
        "with a model for another task is refused",
        json_body(model="imagenet-mobilenet-v1-embedding"),
        refusal("model_task_mismatch", 422, "/model"),
    ),
)

EMBED: Final = (
    Case(
        operation="images.embed",
        kind="happy",
        name="gives a vector of length 1",
        body=json_body(),
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
        body=json_body(dimensions=4),
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
        body=Raw(ANKLE_BOOT, PNG),
        expect=Expectation(values={"/results/0/embedding": Text(r"[A-Za-z0-9+/]{16}")}),
    ),
    *shared_cases("images.embed"),
    bad(
        "images.embed",
        "with more dimensions than the model has is refused",
        json_body(dimensions=1025),
        refusal("invalid_request", 422, "/dimensions", source="deployment"),
    ),
    bad(
        "images.embed",
        "with an unknown encoding is refused",
        json_body(encoding_format="hex"),
        refusal("invalid_request", 422, "/encoding_format"),
    ),
    bad(
        "images.embed",
        "with a model for another task is refused",
        json_body(model="imagenet-mobilenet-v2"),
        refusal("model_task_mismatch", 422, "/model"),
    ),
)

CASES: Final = (*CLASSIFY, *EMBED)
