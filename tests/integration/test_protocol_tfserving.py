"""TensorFlow Serving's REST protocol, by the requests that its documentation describes."""

import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import httpx
import numpy as np
import pytest

from aiaas_mock.conformance.material import ANKLE_BOOT

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Ask = Callable[..., Any]

MODEL: Final = "/compat/tfserving/v1/models/fashion-cnn"
PREDICT: Final = f"{MODEL}:predict"
ROWS: Final = np.linspace(0, 1, 2 * 28 * 28).reshape(2, 28, 28, 1).round(3).tolist()
BOOT: Final = {"b64": base64.b64encode(ANKLE_BOOT).decode()}


@pytest.fixture
def headers(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


# Status and metadata


@pytest.mark.parametrize(
    "ending", ["", "/versions/1", "/labels/stable", "/labels/float32", "/labels/int8"]
)
async def test_the_status_of_a_model_is_told_by_name_version_and_label(
    ending: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await in_process.get(MODEL + ending, headers=headers)
    assert answer.json() == {
        "model_version_status": [
            {
                "version": "1",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ]
    }


@pytest.mark.parametrize("ending", ["", "/versions/1", "/labels/stable"])
async def test_the_metadata_are_a_signature(
    ending: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = (await in_process.get(f"{MODEL}{ending}/metadata", headers=headers)).json()
    assert answer["model_spec"] == {"name": "fashion-cnn", "signature_name": "", "version": "1"}
    signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["method_name"] == "tensorflow/serving/predict"
    (taken,) = signature["inputs"].values()
    assert taken["dtype"] == "DT_FLOAT"
    assert [dim["size"] for dim in taken["tensor_shape"]["dim"]] == ["-1", "28", "28", "1"]
    assert signature["outputs"]["output"]["tensor_shape"]["dim"][1]["size"] == "10"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (f"{MODEL}/versions/7", "no model 'fashion-cnn@7'"),
        (f"{MODEL}/labels/canary", "no label 'canary'; it has stable, float32"),
        ("/compat/tfserving/v1/models/nobody", "no model 'nobody'"),
        ("/compat/tfserving/v1/models", "nothing at this address"),
        ("/compat/tfserving/v1", "nothing at this address"),
    ],
)
async def test_what_is_not_there_is_not_found(
    path: str, says: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await in_process.get(path, headers=headers)
    assert (answer.status_code, answer.json().keys()) == (404, {"error"})
    assert says in answer.json()["error"]


# Predict


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"instances": ROWS}, "predictions"),
        ({"instances": [{"input": row} for row in ROWS]}, "predictions"),
        ({"inputs": ROWS}, "outputs"),
        ({"inputs": {"input": ROWS}}, "outputs"),
        ({"signature_name": "serving_default", "instances": ROWS}, "predictions"),
        ({"signature_name": "", "inputs": ROWS}, "outputs"),
    ],
    ids=["rows", "named rows", "column", "named column", "signature", "no signature"],
)
@pytest.mark.parametrize("path", [PREDICT, f"{MODEL}/versions/1:predict"])
async def test_numbers_are_answered_in_the_form_that_they_came_in(
    body: Any, member: str, path: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = (await in_process.post(path, json=body, headers=headers)).json()
    assert answer.keys() == {member}
    assert np.shape(answer[member]) == (2, 10)
    np.testing.assert_allclose(np.sum(answer[member], axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"instances": [BOOT]}, "predictions"),
        ({"instances": [{"input": BOOT}]}, "predictions"),
        ({"inputs": [BOOT]}, "outputs"),
        ({"inputs": {"input": [BOOT]}}, "outputs"),
    ],
)
async def test_a_picture_is_decoded_as_our_own_operation_does(
    body: Any, member: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    (scores,) = (await in_process.post(PREDICT, json=body, headers=headers)).json()[member]
    ours = await in_process.post(
        "/v1/images/classify?model=fashion-cnn",
        content=ANKLE_BOOT,
        headers={**headers, "Content-Type": "image/png"},
    )
    best = ours.json()["results"][0]["predictions"][0]
    assert best["label"] == "Ankle boot"
    assert max(scores) == pytest.approx(best["score"], abs=1e-6)


async def test_a_label_runs_its_variant(
    in_process: httpx.AsyncClient, headers: dict[str, str], app: Any
) -> None:
    body = {"instances": ROWS}
    plain = await in_process.post(PREDICT, json=body, headers=headers)
    small = await in_process.post(f"{MODEL}/labels/int8:predict", json=body, headers=headers)
    assert plain.json() != small.json()
    np.testing.assert_allclose(plain.json()["predictions"], small.json()["predictions"], atol=0.1)


async def test_texts_are_sent_as_ids(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    path = "/compat/tfserving/v1/models/sentiment-en:predict"
    good = await in_process.post(path, json={"instances": [[7] * 40]}, headers=headers)
    bad = await in_process.post(path, json={"instances": [[8000] * 40]}, headers=headers)
    assert np.shape(good.json()["predictions"]) == (1, 4)
    assert (bad.status_code, "what is no id" in bad.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "either 'instances' or 'inputs'"),
        ({"instances": ROWS, "inputs": ROWS}, "either 'instances' or 'inputs'"),
        ({"instances": []}, "shape is [0]"),
        ({"instances": ROWS[0]}, "shape is [28,28,1]"),
        ({"inputs": 3}, "shape is []"),
        ({"instances": ["a"]}, "must be numbers"),
        ({"instances": [BOOT, ROWS[0]]}, 'must be {"b64"'),
        ({"instances": [{"b64": "no base64!"}]}, "not base64"),
        ({"instances": [{"b64": 3}]}, 'must be {"b64"'),
        ({"instances": [BOOT] * 65}, "at most 64 pictures"),
        ({"instances": [BOOT, {"b64": "aGk="}]}, "/instances/1: The bytes are not a picture"),
        ({"instances": ROWS, "signature_name": "other"}, "only one is 'serving_default'"),
        ({"instances": 3}, "/instances"),
        ([], "an object"),
    ],
)
async def test_a_faulty_request_says_what_is_wrong(
    body: Any, says: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await in_process.post(PREDICT, json=body, headers=headers)
    assert (answer.status_code, answer.json().keys()) == (400, {"error"})
    assert says in answer.json()["error"]


async def test_a_picture_for_a_model_of_texts_is_refused(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    path = "/compat/tfserving/v1/models/word2vec:predict"
    answer = await in_process.post(path, json={"instances": [BOOT]}, headers=headers)
    assert (answer.status_code, "does not take pictures" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("verb", ["classify", "regress"])
async def test_what_needs_another_signature_is_refused(
    verb: str, in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await in_process.post(f"{MODEL}:{verb}", json={}, headers=headers)
    assert (answer.status_code, "ask :predict" in answer.json()["error"]) == (404, True)


async def test_a_key_is_needed(in_process: httpx.AsyncClient) -> None:
    for answer in (await in_process.get(MODEL), await in_process.post(PREDICT, json={})):
        assert (answer.status_code, answer.json().keys()) == (401, {"error"})


async def test_requests_are_logged_under_their_own_name(
    open_app: Open, log_lines: list[dict[str, Any]]
) -> None:
    async with open_app(engine="null") as client:
        await client.post(PREDICT, json={"instances": ROWS})
    (line,) = (line for line in log_lines if line.get("operation") == "tfserving.predict")
    assert (line["model"], line["inputs"], line["status"]) == ("fashion-cnn@1", 2, 200)
