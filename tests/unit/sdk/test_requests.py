"""How a typed call becomes a path, a query and a body."""

from __future__ import annotations

from aiaas._async import _runtime as async_runtime
from aiaas._core.requests import build, query_of
from aiaas._sync import _runtime
from aiaas.contract.images import CLASSIFY, ClassifyImagesRequest, ImageData
from aiaas.contract.models import LIST, ListModelsRequest
from aiaas.contract.system import HEALTH


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
