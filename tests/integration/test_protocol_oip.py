"""The Open Inference Protocol, asked by Triton's client as it is."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from PIL import Image

from aiaas import Client
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT
from aiaas_mock.gateway.key_file import KeyFile
from aiaas_mock.inference.backend import Array, Inference, ModelUnavailable, Overloaded
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.preprocess.text import TextEncoder

Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]
Headers = dict[str, str]

MODEL: Final = "fashion-cnn"
PICTURES: Final = np.linspace(0, 1, 3 * 28 * 28, dtype=np.float32).reshape(3, 28, 28, 1)
LENGTH: Final = "Inference-Header-Content-Length"
TAKING_ROWS: Final = {
    bundle.card.name
    for bundle in Catalogue.scan(SHIPPED).bundles.values()
    if bundle.card.task != "recommendation"  # whose models take histories
}


@pytest.fixture(scope="module")
def client(live: ServerProcess) -> Iterator[Any]:
    with triton.InferenceServerClient(live.url.removeprefix("http://")) as client:
        yield client


@pytest.fixture
def key(api_key: str) -> Headers:
    """The key as its users send it; a new one each time, as the client adds to what it is given."""
    return {"Authorization": f"Bearer {api_key}"}


def tensor(array: Array = PICTURES, datatype: str = "FP32", *, binary: bool = True) -> Any:
    made = triton.InferInput("input", array.shape, datatype)
    made.set_data_from_numpy(array, binary_data=binary)
    return made


def wanted(*, binary: bool, classes: int = 0) -> list[Any]:
    return [triton.InferRequestedOutput("output", binary_data=binary, class_count=classes)]


@pytest.fixture(scope="module")
def expected(client: Any, api_key: str) -> Array:
    """What the model says to `PICTURES`, asked in the client's own way."""
    headers = {"Authorization": f"Bearer {api_key}"}
    found: Array = client.infer(MODEL, [tensor()], headers=headers).as_numpy("output")
    return found


# The server


def test_health_and_server_need_no_key(client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    server = client.get_server_metadata()
    assert (server["name"], "binary_tensor_data" in server["extensions"]) == ("aiaas-mock", True)


async def test_a_server_whose_models_cannot_be_loaded_is_live_but_not_ready(
    open_app: Open, tiny_models: Path
) -> None:
    defaults = {"images.classify": "tiny"}  # its weights are none
    async with open_app(models=tiny_models, default=defaults, warm=("tiny",)) as client:
        live, ready = await client.get("/v2/health/live"), await client.get("/v2/health/ready")
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (503, {"ready": False})


# The models


def test_the_metadata_say_what_a_model_takes_and_gives(client: Any, key: Headers) -> None:
    assert client.get_model_metadata(MODEL, headers=key) == {
        "name": MODEL,
        "versions": ["1"],
        "platform": "litert",
        "inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 28, 28, 1]}],
        "outputs": [{"name": "output", "datatype": "FP32", "shape": [-1, 10]}],
    }


@pytest.mark.parametrize(
    ("model", "datatype", "shape"),
    [
        ("clothing", "UINT8", [-1, 224, 224, 3]),  # what its base takes
        ("sentiment-en", "INT32", [-1, 40]),
        ("lstm-lm", "FP32", [-1, 641]),
        ("fashion-cnn:int8", "FP32", [-1, 28, 28, 1]),
    ],
)
def test_every_kind_of_input_has_its_datatype(
    model: str, datatype: str, shape: list[int], client: Any, key: Headers
) -> None:
    (described,) = client.get_model_metadata(model, headers=key)["inputs"]
    assert (described["datatype"], described["shape"]) == (datatype, shape)


def test_models_are_ready_by_name_and_version(client: Any, key: Headers) -> None:
    assert client.is_model_ready(MODEL, headers=key)
    assert client.is_model_ready(MODEL, "1", headers=key)
    assert not client.is_model_ready(MODEL, "2", headers=key)
    assert not client.is_model_ready("no-such-model", headers=key)


def test_the_configuration_is_in_tritons_words(client: Any, key: Headers) -> None:
    config = client.get_model_config(MODEL, headers=key)
    assert config["max_batch_size"] == 64
    assert config["input"][0]["data_type"] == "TYPE_FP32"
    assert config["input"][0]["dims"] == [28, 28, 1]
    assert config["output"][0]["label_filename"] == "labels.txt"
    assert "label_filename" not in client.get_model_config("word2vec", headers=key)["output"][0]


def test_the_repository_lists_every_model(client: Any, key: Headers) -> None:
    index = client.get_model_repository_index(headers=key)
    assert {row["name"] for row in index} == TAKING_ROWS
    assert {row["state"] for row in index} == {"READY"}


def test_a_model_can_be_loaded_but_stays_and_is_not_replaced(client: Any, key: Headers) -> None:
    client.load_model(MODEL, headers=key)
    rows = {row["name"]: row for row in client.get_model_repository_index(headers=key)}
    assert rows[MODEL]["reason"] == ""
    with pytest.raises(triton.InferenceServerException, match="shared by all") as unloaded:
        client.unload_model(MODEL, headers=key)
    with pytest.raises(triton.InferenceServerException, match="not taken from requests"):
        client.load_model(MODEL, headers=key, config="{}")
    assert unloaded.value.status() == "400"


def test_statistics_count_what_was_asked(client: Any, key: Headers) -> None:
    def count() -> tuple[int, int, int]:
        (row,) = client.get_inference_statistics(MODEL, headers=key)["model_stats"]
        success = row["inference_stats"]["success"]
        assert success["ns"] > 0
        return row["inference_count"], row["execution_count"], success["count"]

    client.infer(MODEL, [tensor()], headers=dict(key))
    before = count()
    client.infer(MODEL, [tensor()], headers=dict(key))
    after = count()
    assert [b - a for a, b in zip(before, after, strict=True)] == [3, 1, 1]
    everything = client.get_inference_statistics(headers=key)["model_stats"]
    assert {row["name"] for row in everything} == TAKING_ROWS


# Inference


@pytest.mark.parametrize("sent", [True, False], ids=["bytes", "JSON"])
@pytest.mark.parametrize("answered", [True, False], ids=["bytes back", "JSON back"])
@pytest.mark.parametrize("packed", [None, "gzip", "deflate"])
def test_the_answer_is_the_same_however_it_travels(
    sent: bool, answered: bool, packed: str | None, client: Any, key: Headers, expected: Array
) -> None:
    answer = client.infer(
        MODEL,
        [tensor(binary=sent)],
        outputs=wanted(binary=answered),
        headers=key,
        request_compression_algorithm=packed,
        response_compression_algorithm=packed,
    )
    assert answer.as_numpy("output").dtype == np.float32
    np.testing.assert_array_equal(answer.as_numpy("output"), expected)


def test_a_large_batch_is_answered_and_compressed(client: Any, key: Headers) -> None:
    pictures = np.repeat(PICTURES, 70, axis=0)
    answer = client.infer(
        MODEL, [tensor(pictures)], headers=key, response_compression_algorithm="gzip"
    )
    assert answer.as_numpy("output").shape == (210, 10)


def test_id_model_and_version_come_back(client: Any, key: Headers) -> None:
    answer = client.infer(MODEL, [tensor()], "1", request_id="mine", headers=key).get_response()
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("mine", MODEL, "1")


def test_the_tensor_of_a_picture_gets_the_scores_that_the_picture_gets(
    client: Any, key: Headers, api_key: str, live: ServerProcess, tmp_path: Path
) -> None:
    path = tmp_path / "boot.png"
    path.write_bytes(ANKLE_BOOT)
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"), np.float32)[None, :, :, None] / np.float32(255)
    answer = client.infer(
        MODEL, [tensor(pixels)], outputs=wanted(binary=True, classes=3), headers=key
    )
    with Client(api_key, base_url=live.url) as ours:
        predictions = ours.images.classify(path, model=MODEL, top_k=3).predictions
    found = [text.decode().split(":") for text in answer.as_numpy("output")[0]]
    assert [label for _, _, label in found] == [one.label for one in predictions]
    np.testing.assert_allclose(
        [float(score) for score, _, _ in found], [one.score for one in predictions], atol=2e-6
    )


def test_the_ids_of_a_text_get_the_label_that_the_text_gets(
    client: Any, key: Headers, api_key: str, live: ServerProcess
) -> None:
    text = "The battery lasts for days, I love it."
    bundle = Catalogue.scan(SHIPPED).resolve("sentiment-en").bundle
    assert isinstance(bundle.card.input, TextInput)
    ids = TextEncoder.of_bundle(bundle.folder, bundle.card.input).rows([text])
    answer = client.infer("sentiment-en", [tensor(ids, "INT32")], headers=key)
    with Client(api_key, base_url=live.url) as ours:
        label = ours.text.sentiment(text).label
    assert bundle.labels[int(answer.as_numpy("output").argmax())] == label


def test_classes_come_as_text_in_json_too(client: Any, key: Headers, expected: Array) -> None:
    outputs = wanted(binary=False, classes=2)
    answer = client.infer(MODEL, [tensor()], outputs=outputs, headers=key)
    best = answer.as_numpy("output")
    assert best.shape == (3, 2)
    score, index, label = best[0, 0].split(":")
    winner = int(expected[0].argmax())
    assert (int(index), label) == (
        winner,
        Catalogue.scan(SHIPPED).resolve(MODEL).bundle.labels[winner],
    )
    assert float(score) == pytest.approx(float(expected[0].max()), abs=1e-6)


def test_many_requests_at_once_each_get_their_own_answer(client: Any, api_key: str) -> None:
    pictures = [np.full((1, 28, 28, 1), shade / 8, np.float32) for shade in range(8)]
    alone = [
        client.infer(MODEL, [tensor(p)], headers={"Authorization": f"Bearer {api_key}"})
        for p in pictures
    ]
    together = [
        client.async_infer(MODEL, [tensor(p)], headers={"Authorization": f"Bearer {api_key}"})
        for p in pictures
    ]
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(
            one.as_numpy("output"), other.get_result().as_numpy("output"), atol=1e-6
        )


@pytest.fixture
async def aio_client(live: ServerProcess) -> AsyncIterator[Any]:
    async with triton_aio.InferenceServerClient(live.url.removeprefix("http://")) as client:
        yield client


async def test_the_asynchronous_client_is_answered_too(
    aio_client: Any, key: Headers, expected: Array
) -> None:
    assert await aio_client.is_server_ready()
    answer = await aio_client.infer(MODEL, [tensor()], headers=key)
    np.testing.assert_array_equal(answer.as_numpy("output"), expected)


# Refusals


@pytest.mark.parametrize(
    ("array", "datatype", "says"),
    [
        (PICTURES.astype(np.float64), "FP64", "takes FP32, not 'FP64'"),
        (PICTURES[:, :27], "FP32", r"shape is \[3,27,28,1\]; the model takes \[-1,28,28,1\]"),
        (PICTURES[0], "FP32", r"shape is \[28,28,1\]"),
        (np.full((1, 28, 28, 1), np.nan, np.float32), "FP32", "not finite"),
    ],
    ids=["datatype", "shape", "no batch", "not a number"],
)
def test_a_tensor_that_the_model_does_not_take_is_refused(
    array: Array, datatype: str, says: str, client: Any, key: Headers
) -> None:
    with pytest.raises(triton.InferenceServerException, match=says) as caught:
        client.infer(MODEL, [tensor(array, datatype)], headers=key)
    assert caught.value.status() == "400"


def test_a_wrong_name_of_input_or_output_is_refused(client: Any, key: Headers) -> None:
    other = triton.InferInput("pixels", PICTURES.shape, "FP32")
    other.set_data_from_numpy(PICTURES)
    with pytest.raises(triton.InferenceServerException, match="takes one tensor, 'input'"):
        client.infer(MODEL, [other], headers=dict(key))
    outputs = [triton.InferRequestedOutput("scores")]
    with pytest.raises(triton.InferenceServerException, match="gives one tensor, 'output'"):
        client.infer(MODEL, [tensor()], outputs=outputs, headers=dict(key))


def test_classes_of_a_model_that_has_none_are_refused(client: Any, key: Headers) -> None:
    ids = np.ones((1, 128), np.int32)
    outputs = wanted(binary=True, classes=3)
    with pytest.raises(triton.InferenceServerException, match="has no classes"):
        client.infer("word2vec", [tensor(ids, "INT32")], outputs=outputs, headers=key)


def test_shared_memory_is_refused(client: Any, key: Headers) -> None:
    shared = triton.InferInput("input", PICTURES.shape, "FP32")
    shared.set_shared_memory("region", PICTURES.nbytes)
    with pytest.raises(triton.InferenceServerException, match="no shared memory here"):
        client.infer(MODEL, [shared], headers=key)


@pytest.mark.parametrize("ask", ["get_log_settings", "get_system_shared_memory_status"])
def test_what_is_not_here_is_refused_in_the_protocols_words(
    ask: str, client: Any, key: Headers
) -> None:
    with pytest.raises(triton.InferenceServerException, match="nothing at this address") as caught:
        getattr(client, ask)(headers=key)
    assert caught.value.status() == "404"


def test_an_unknown_model_is_not_found(client: Any, key: Headers) -> None:
    with pytest.raises(triton.InferenceServerException, match="no model 'no-such'") as caught:
        client.infer("no-such", [tensor()], headers=key)
    assert caught.value.status() == "404"


def test_without_a_key_only_health_is_answered(client: Any) -> None:
    with pytest.raises(triton.InferenceServerException, match="No Authorization") as caught:
        client.infer(MODEL, [tensor()])
    assert caught.value.status() == "401"


# What no careful client sends


TINY: Final = "/v2/models/tiny/infer"


def described(**changes: Any) -> dict[str, Any]:
    """A tensor for the model of `open_stub`: two pictures of 2 x 2 grey pixels, all black."""
    return {
        "name": "input",
        "shape": [2, 2, 2, 1],
        "datatype": "UINT8",
        "data": [0] * 8,
        **changes,
    }


async def even(inputs: Array) -> Inference:
    return Inference(np.full((len(inputs), 2), 0.5, np.float32), 0.0, len(inputs))


async def test_an_answer_in_json_is_what_anybody_can_read(open_stub: Open) -> None:
    async with open_stub(even) as client:
        answer = await client.post(TINY, json={"inputs": [described()]})
    assert answer.json() == {
        "model_name": "tiny",
        "model_version": "1",
        "outputs": [
            {"name": "output", "datatype": "FP32", "shape": [2, 2], "data": [0.5, 0.5, 0.5, 0.5]}
        ],
    }


async def test_numbers_may_be_nested_as_the_shape_says(open_stub: Open) -> None:
    nested = [[[[0], [1]], [[2], [3]]]] * 2
    seen: list[Array] = []

    async def keep(inputs: Array) -> Inference:
        seen.append(inputs)
        return await even(inputs)

    async with open_stub(keep) as client:
        await client.post(TINY, json={"inputs": [described(data=nested)]})
    assert seen[0].tolist() == nested


async def test_bytes_are_run_where_they_lie_in_the_body(open_stub: Open) -> None:
    seen: list[Array] = []

    async def keep(inputs: Array) -> Inference:
        seen.append(inputs)
        return await even(inputs)

    tensor = described(parameters={"binary_data_size": 8})
    del tensor["data"]
    head = json.dumps({"inputs": [tensor]}).encode()
    async with open_stub(keep) as client:
        answer = await client.post(
            TINY, content=head + bytes(range(8)), headers={LENGTH: str(len(head))}
        )
    assert answer.status_code == 200
    assert not seen[0].flags.owndata
    assert seen[0].reshape(-1).tolist() == list(range(8))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"data": [0] * 7}, "not as many numbers"),
        ({"data": [[0] * 4] * 2}, "not as many numbers"),
        ({"data": [256] * 8}, "out of range"),
        ({"data": ["a"] * 8}, "whole numbers"),
        ({"data": None}, "must be in 'data'"),
        ({"shape": [0, 2, 2, 1]}, "must be 1 or more"),
        ({"shape": [2, 2, 2, 1] * 3}, "at most 8 entries"),
        ({"parameters": {"binary_data_size": 8}}, "8 bytes must be announced"),
        ({"data": None, "parameters": {"binary_data_size": "8"}}, "8 bytes must be announced"),
        ({"name": 1}, "must be a string"),
    ],
)
async def test_a_faulty_tensor_is_refused_with_its_fault(
    change: dict[str, Any], says: str, open_stub: Open
) -> None:
    async with open_stub(even) as client:
        answer = await client.post(TINY, json={"inputs": [described(**change)]})
    assert (answer.status_code, answer.json().keys()) == (400, {"error"})
    assert says in answer.json()["error"]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"inputs": []}, "takes one tensor"),
        ({"inputs": [described()] * 2}, "takes one tensor"),
        ({"inputs": [described()], "outputs": [{"name": "output"}] * 2}, "gives one tensor"),
        ({"inputs": [described()], "parameters": {"timeout": -1}}, "whole microseconds"),
        ({"inputs": [described()], "parameters": {"timeout": True}}, "whole microseconds"),
        (
            {
                "inputs": [described()],
                "outputs": [{"name": "output", "parameters": {"classification": "3"}}],
            },
            "number of classes",
        ),
        ({}, "required"),
        ([], "an object"),
    ],
)
async def test_a_faulty_request_is_refused_with_its_fault(
    request_: Any, says: str, open_stub: Open
) -> None:
    async with open_stub(even) as client:
        answer = await client.post(TINY, json=request_)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


@pytest.mark.parametrize("length", ["-1", "x", "100000", "9" * 20])
async def test_a_wrong_length_of_the_json_is_refused(length: str, open_stub: Open) -> None:
    async with open_stub(even) as client:
        answer = await client.post(TINY, content=b"{}", headers={LENGTH: length})
    assert answer.status_code == 400
    assert LENGTH in answer.json()["error"]


async def test_more_bytes_than_announced_are_refused(open_stub: Open) -> None:
    head = json.dumps({"inputs": [described()]}).encode()
    async with open_stub(even) as client:
        answer = await client.post(TINY, content=head + b"more", headers={LENGTH: str(len(head))})
    assert "must be in 'data', or follow" in answer.json()["error"]


async def test_a_body_that_becomes_too_large_is_refused(open_stub: Open) -> None:
    body = gzip.compress(bytes(100_000))
    async with open_stub(even, max_body_bytes=10_000) as client:
        answer = await client.post(TINY, content=body, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, "larger than 10000" in answer.json()["error"]) == (413, True)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Overloaded(2.0), 503), (ModelUnavailable("no file"), 503), (ValueError("a secret"), 500)],
)
async def test_what_goes_wrong_inside_is_told_in_the_protocols_words(
    error: Exception, status: int, open_stub: Open
) -> None:
    async def fail(inputs: Array) -> Inference:
        raise error

    async with open_stub(fail) as client:
        answer = await client.post(TINY, json={"inputs": [described()]})
    assert (answer.status_code, answer.json().keys()) == (status, {"error"})
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"].startswith("req_")


async def test_the_timeout_of_a_request_is_its_deadline(open_app: Open, tiny_models: Path) -> None:
    request = {"inputs": [described()], "parameters": {"timeout": 1}}
    async with open_app(engine="null", models=tiny_models) as client:
        await client.post("/v2/repository/models/tiny/load")
        late = await client.post(TINY, json=request)
        request["parameters"] = {"timeout": 10_000_000}
        in_time = await client.post(TINY, json=request)
    assert (late.status_code, in_time.status_code) == (504, 200)


async def test_a_wrong_method_is_refused_in_the_protocols_words(open_stub: Open) -> None:
    async with open_stub(even) as client:
        answer = await client.get(TINY)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json().keys() == {"error"}


async def test_raw_tensors_need_a_scope_of_their_own(open_app: Open, tmp_path: Path) -> None:
    file = KeyFile.new()
    _, reader = file.create("default", frozenset({"models:read"}))
    _, runner = file.create("default", frozenset({"models:infer"}))
    file.write(tmp_path / "keys.json")
    async with open_app(engine="null", key_file=tmp_path / "keys.json") as client:
        statuses = [
            (await client.request(method, path, headers={"Authorization": f"Bearer {key}"}))
            for key in (reader, runner)
            for method, path in (("GET", "/v2/models/tiny"), ("POST", TINY))
        ]
    # 404 and 400 are what is said of model and body, once the key is let in.
    assert [answer.status_code for answer in statuses] == [404, 403, 403, 400]


async def test_requests_are_in_log_usage_and_limits_under_their_own_names(
    open_stub: Open, log_lines: list[dict[str, Any]]
) -> None:
    async with open_stub(even, rate_limit="5/minute") as client:
        answer = await client.post(TINY, json={"inputs": [described()]})
        usage = (await client.get("/v1/usage")).json()["data"]
    assert answer.headers["ratelimit"].startswith('"default";r=4')
    (line,) = (line for line in log_lines if line.get("operation") == "oip.infer")
    assert (line["model"], line["inputs"], line["status"]) == ("tiny@1", 2, 200)
    assert usage == [{"operation": "oip.infer", "requests": 1, "failed_requests": 0, "inputs": 2}]
