"""Answers are validated, and results know where they came from."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.contract import images
from aiaas.contract.system import HEALTH, METRICS, OPENAPI, READY

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

RESULT = {
    "index": 0,
    "predictions": [{"label": "cat", "score": 0.5}],
    "width": 2,
    "height": 3,
    "format": "png",
}
ANSWER = {"id": "a", "object": "o", "model": "small@1", "usage": {"inputs": 1}, "results": [RESULT]}


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def broken(cloud: Cloud, answer: httpx.Response) -> aiaas.ResponseValidationError:
    cloud.answers(answer)
    with pytest.raises(aiaas.ResponseValidationError) as info:
        cloud.run(classify)
    return info.value


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"results": "nope"}, "results"),
        ({"results": [RESULT | {"width": "2"}]}, "results.0"),
        ({"results": [RESULT | {"predictions": [{"label": 3, "score": 0.5}]}]}, "results.0"),
        ({"model": None}, "model"),
        ({"usage": {}}, "usage.inputs"),
        ({"results": []}, "results"),
        ({"results": [RESULT, RESULT]}, "results"),
        ({"results": [RESULT | {"index": 1}]}, "results.0.index"),
    ],
)
def test_a_wrong_type_is_reported_with_place_and_request_id(
    cloud: Cloud, change: dict[str, Any], place: str
) -> None:
    error = broken(cloud, cloud.json(ANSWER | change))
    assert error.place is not None
    assert error.place.startswith(place)
    assert (error.operation, error.status, error.request_id) == ("images.classify", 200, "req_json")
    assert "req_json" in str(error)
    assert place in str(error)


def test_a_page_of_html_is_not_an_answer(cloud: Cloud) -> None:
    error = broken(cloud, httpx.Response(200, html="<h1>Welcome to secret-page</h1>"))
    assert error.place is None
    assert "text/html" in str(error)
    assert error.body == b"<h1>Welcome to secret-page</h1>"


def test_an_answer_that_cannot_be_read_knows_the_attempts(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), httpx.Response(200, html="<h1>"))
    with pytest.raises(aiaas.ResponseValidationError) as info:
        cloud.run(lambda client: client.models.retrieve("m"))
    assert info.value.attempts == 2


def test_the_message_does_not_repeat_the_answer(sync_cloud: Cloud) -> None:
    error = broken(sync_cloud, sync_cloud.json(ANSWER | {"results": "private words"}))
    assert "private words" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_fields_of_a_newer_deployment_are_kept(cloud: Cloud) -> None:
    cloud.answers(cloud.json(ANSWER | {"results": [RESULT | {"colour": "red"}]}))
    result = cloud.run(classify)
    assert result.model_extra == {"colour": "red"}


def test_a_result_knows_its_model_and_request(cloud: Cloud) -> None:
    result = cloud.run(classify)
    assert isinstance(result, aiaas.ImageClassification)
    assert issubclass(aiaas.ImageClassification, images.ImageClassification)
    assert (result.model, result.request_id) == ("small@1", "req_json")


def test_where_a_result_came_from_is_no_part_of_it(sync_cloud: Cloud) -> None:
    result = sync_cloud.run(classify)
    by_hand = aiaas.ImageClassification.model_validate_json(result.model_dump_json())

    assert (by_hand.model, by_hand.request_id) == (None, None)
    assert result == by_hand
    assert by_hand == result
    assert hash(result) == hash(by_hand)
    assert repr(result) == repr(by_hand)
    assert result.model_dump() == by_hand.model_dump()


def test_where_a_result_came_from_is_copied_with_it(sync_cloud: Cloud) -> None:
    result = sync_cloud.run(classify)
    twins = [
        pickle.loads(pickle.dumps(result)),  # noqa: S301 - our own bytes
        copy.copy(result),
        copy.deepcopy(result),
        result.model_copy(update={"index": 7}),
    ]
    assert {(twin.model, twin.request_id) for twin in twins} == {("small@1", "req_json")}
    assert twins[:3] == [result] * 3


def test_operations_without_a_method_can_be_called(cloud: Cloud) -> None:
    cloud.answers(
        cloud.json({"status": "ok", "version": "1"}),
        cloud.json({"status": "starting", "models": []}, status=503),
        cloud.json({"openapi": "3.1.0"}),
        httpx.Response(200, text="requests 1\n"),
    )
    assert cloud.run(lambda client: client.request(HEALTH)).version == "1"
    assert cloud.run(lambda client: client.request(READY)).status == "starting"
    assert cloud.run(lambda client: client.request(OPENAPI)) == {"openapi": "3.1.0"}
    assert cloud.run(lambda client: client.request(METRICS)) == "requests 1\n"


def test_a_document_that_is_not_json_is_reported(cloud: Cloud) -> None:
    cloud.answers(httpx.Response(200, html="<h1>hello</h1>"))
    with pytest.raises(aiaas.ResponseValidationError, match="not JSON"):
        cloud.run(lambda client: client.request(OPENAPI))


def test_any_operation_can_be_called_with_a_request_of_the_contract(cloud: Cloud) -> None:
    picture = images.ImageData(data="eA==")
    request = images.ClassifyImagesRequest(inputs=(picture,), top_k=2)
    cloud.answers(cloud.json(ANSWER))

    answer = cloud.run(lambda client: client.request(images.CLASSIFY, request))

    assert isinstance(answer, images.ClassifyImagesResponse)
    assert cloud.requests[0].headers["content-type"] == "application/json"
    sent = images.ClassifyImagesRequest.model_validate_json(cloud.requests[0].content)
    assert sent == request
