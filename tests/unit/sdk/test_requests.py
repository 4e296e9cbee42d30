"""How a typed call becomes a path, a query and a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from aiaas._async import _runtime as async_runtime
from aiaas._core.requests import ArgumentError, arguments, build, query_of
from aiaas._sync import _runtime
from aiaas.contract.files import CREATE, CreateFileRequest
from aiaas.contract.images import CLASSIFY, ClassifyImagesRequest, ImageData
from aiaas.contract.models import LIST, RETRIEVE, ListModelsRequest
from aiaas.contract.system import HEALTH

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud


def test_a_query_is_written_as_json_writes_and_quoted() -> None:
    values = {"yes": True, "no": False, "none": None, "half": 0.5, "text": "a b&c=d/é+"}
    assert query_of(values) == "yes=true&no=false&half=0.5&text=a%20b%26c%3Dd%2F%C3%A9%2B"
    assert query_of({"none": None}) == ""


def test_what_reads_has_a_query_and_no_body() -> None:
    outgoing = build(LIST, ListModelsRequest(task="t"))
    assert (outgoing.path, outgoing.query, outgoing.content) == (
        "/v1/models",
        "task=t&limit=20",
        None,
    )


def test_what_computes_has_a_body_and_no_query() -> None:
    outgoing = build(CLASSIFY, ClassifyImagesRequest(inputs=(ImageData(data="eA=="),)))
    assert outgoing.query == ""
    assert outgoing.content == b'{"top_k":5,"min_score":0.0,"inputs":[{"data":"eA=="}]}'


def test_an_operation_without_parameters_is_its_path() -> None:
    assert build(HEALTH, None).path == "/healthz"


async def test_both_ways_to_sleep_wait() -> None:
    _runtime.sleep(0.001)
    await async_runtime.sleep(0.001)


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        (RETRIEVE, None, "models.retrieve needs a request of the type RetrieveModelRequest; got n"),
        (CLASSIFY, None, "images.classify needs a request of the type ClassifyImagesRequest"),
        (RETRIEVE, ListModelsRequest(), "RetrieveModelRequest; got ListModelsRequest"),
        (HEALTH, ListModelsRequest(), "system.health takes no request; got ListModelsRequest"),
        (CREATE, None, r"files.create sends a file: call client\.files\.create"),
        (CREATE, CreateFileRequest(), r"files.create sends a file: call client\.files\.create"),
    ],
)
def test_a_request_of_the_wrong_type_is_told(
    sync_cloud: Cloud, operation: Any, request_: Any, words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        sync_cloud.run(lambda client: client.raw.send(operation, request_))
    with pytest.raises(TypeError, match=words):
        sync_cloud.run(lambda client: client.request(operation, request_))
    assert sync_cloud.requests == []


def test_a_request_without_required_fields_may_be_left_out() -> None:
    assert build(LIST, None).path == "/v1/models"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.models.list(limit=0), "limit must be 1 or more; got 0"),
        (lambda c: c.files.list(limit="5"), "limit must be a whole number; got '5'"),
        (lambda c: c.models.list(cursor=""), "cursor must have at least 1 character; got ''"),
        (lambda c: c.models.retrieve(""), "name must have at least 1 character; got ''"),
        (lambda c: c.models.retrieve(None), "name must be a string; got None"),
        (lambda c: c.files.delete("x" * 65), "file_id must have at most 64 characters$"),
        (lambda c: c.files.content(""), "file_id must have at least 1 character; got ''"),
        (
            lambda c: c.files.create(b"", purpose="A b"),
            "purpose must be 1 to 32 .*; got 'A",
        ),
        (lambda c: c.usage.retrieve(operation=""), "operation must have at least 1 character"),
    ],
)
def test_an_argument_that_is_not_allowed_is_named(
    cloud: Cloud, call: Callable[[Any], Any], words: str
) -> None:
    with pytest.raises(ValueError, match=f"^{words}") as info:
        cloud.run(call)
    assert "\n" not in str(info.value)
    assert info.value.__suppress_context__
    assert cloud.requests == []


def test_a_message_of_another_form_is_kept_and_other_errors_pass() -> None:
    with pytest.raises(ArgumentError, match=r"^inputs\.0\.data is required$"), arguments():
        ClassifyImagesRequest(inputs=({},))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^mine$"), arguments():
        raise ValueError("mine")
