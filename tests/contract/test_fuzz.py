"""The OpenAPI document and the server agree, as far as generated requests can tell."""

from pathlib import Path
from typing import Any

import pytest
from tests.fuzz.__main__ import fuzz
from tests.fuzz.deviations import DEVIATIONS, Deployment, be_patient, mend, narrowed
from tests.fuzz.pictures import MEDIA_TYPES, picture_of

from aiaas.contract.openapi import build_document
from aiaas_mock.conformance import ServerProcess

DOCS = Path(__file__).parents[2] / "docs" / "contract-suite.md"
MODELS = [
    {"id": "tiny@1", "operations": ["images.embed", "text.embed"], "dimensions": 16},
    {"id": "small@1", "operations": ["images.embed"], "dimensions": 32},
]


def test_every_check_and_phase_of_the_fuzzer_passes(live: ServerProcess, api_key: str) -> None:
    result = fuzz(live.url, api_key, "--seed", "1", examples=1)
    assert result.returncode == 0, result.stdout + result.stderr
    assert all(f"✅ {phase}" in result.stdout for phase in ("Coverage", "Fuzzing", "Stateful"))


def test_the_document_is_narrowed_to_what_a_deployment_has() -> None:
    document = narrowed(build_document(), Deployment(models=MODELS, api_key="the-key"))
    options = document["components"]["schemas"]["EmbedImagesOptions"]["properties"]
    assert options["model"]["anyOf"] == [
        {"type": "string", "enum": ["tiny@1", "small@1"]},
        {"type": "null"},
    ]
    assert options["dimensions"]["anyOf"][0]["maximum"] == 16
    token = document["components"]["schemas"]["TokenRequest"]["properties"]
    assert token["client_secret"]["anyOf"][0]["enum"] == ["the-key"]
    listed = document["paths"]["/v1/files"]["get"]["parameters"]
    assert [parameter["name"] for parameter in listed] == ["purpose", "limit", "Aiaas-Deadline-Ms"]


def test_no_operation_is_left_out_by_narrowing() -> None:
    whole = build_document()
    document = narrowed(whole, Deployment(models=MODELS, api_key="the-key"))
    assert {path: set(methods) for path, methods in document["paths"].items()} == {
        path: set(methods) for path, methods in whole["paths"].items()
    }


def test_what_ties_a_request_together_is_put_right() -> None:
    headers = {"Idempotency-Key": "0"}
    body: dict[str, Any] = {"file": b"x", "request": {}}
    query = {"top_k": 1}
    mend("multipart/form-data", body, query, headers)
    assert list(body) == ["request", "file"]
    assert (query, headers["Idempotency-Key"] != "0") == ({}, True)
    pictures: dict[str, Any] = {"inputs": [{"data": "AA=="}, "no object"]}
    mend("application/json", pictures, {}, {})
    assert pictures["inputs"][0]["data"].startswith("iVBORw0KGgo")


@pytest.mark.parametrize(
    ("given", "sent"), [("1", "60000"), ("70000", "70000"), ("soon", "soon"), ("", "")]
)
def test_a_deadline_that_is_one_becomes_a_long_one(given: str, sent: str) -> None:
    headers = {"Aiaas-Deadline-Ms": given}
    be_patient(headers)
    assert headers == {"Aiaas-Deadline-Ms": sent}


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_drawn_pictures_are_real_and_the_same_for_the_same(media_type: str) -> None:
    assert picture_of(b"x", media_type) == picture_of(b"x", media_type)
    assert picture_of(b"x", media_type) != picture_of(b"y", media_type)


def test_every_deviation_is_documented() -> None:
    text = " ".join(DOCS.read_text("utf-8").split())
    for deviation in DEVIATIONS:
        assert f"| `{deviation.name}` | {deviation.why} |" in text, deviation.name
