"""Models are listed over all pages, and described by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import aiaas

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

MODEL = {
    "id": "small@1",
    "name": "small",
    "version": "1",
    "task": "image-classification",
    "operations": ["images.classify"],
    "default_for": [],
    "aliases": [],
    "variants": [],
    "summary": "Small.",
    "origin": "trained-by-us",
    "licence": "Apache-2.0",
    "limits": "Small.",
    "metrics": [],
    "loaded": True,
    "created": "2026-01-01",
}


def page(*names: str, cursor: str | None = None) -> dict[str, Any]:
    data = [MODEL | {"id": name} for name in names]
    return {"object": "list", "data": data, "has_more": bool(cursor), "next_cursor": cursor}


def test_iterating_fetches_all_pages(cloud: Cloud) -> None:
    cloud.answers(cloud.json(page("a", "b", cursor="n/2")), cloud.json(page("c")))

    models = cloud.run(lambda client: client.models.list(task="t", limit=2))

    assert [model.id for model in models] == ["a", "b", "c"]
    assert models[0].request_id == "req_json"
    queries = [dict(request.url.params) for request in cloud.requests]
    assert queries == [{"task": "t", "limit": "2"}, {"task": "t", "limit": "2", "cursor": "n/2"}]


def test_pages_can_be_had_whole(cloud: Cloud) -> None:
    cloud.answers(cloud.json(page("a", cursor="2")), cloud.json(page("b")))
    pages = cloud.run(lambda client: client.models.list().pages())
    assert [[model.id for model in page.data] for page in pages] == [["a"], ["b"]]
    assert pages[0].request_id == "req_json"


def test_a_list_that_is_not_read_is_not_asked_for(cloud: Cloud) -> None:
    def look(client: Any) -> None:
        client.models.list()

    cloud.run(look)
    assert cloud.requests == []


def test_a_list_can_be_read_twice(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json(page("a")), sync_cloud.json(page("b")))

    def twice(client: Any) -> list[list[str]]:
        models = client.models.list()
        return [[model.id for model in models] for _ in range(2)]

    assert sync_cloud.run(twice) == [["a"], ["b"]]


@pytest.mark.parametrize("cursor", ["same", None])
def test_a_page_that_leads_nowhere_ends_the_list(cloud: Cloud, cursor: str | None) -> None:
    endless = page("a", cursor=cursor) | {"has_more": True}
    cloud.answers(*(cloud.json(endless) for _ in range(2)))
    assert len(cloud.run(lambda client: client.models.list())) == (2 if cursor else 1)


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_size_out_of_range_is_refused(cloud: Cloud, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        cloud.run(lambda client: client.models.list(limit=limit))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("small", b"/v1/models/small"),
        ("small@1:int8", b"/v1/models/small%401%3Aint8"),
        ("a/b?c#d e", b"/v1/models/a%2Fb%3Fc%23d%20e"),
        ("..", b"/v1/models/%2E%2E"),
        (".", b"/v1/models/%2E"),
        ("é", b"/v1/models/%C3%A9"),
    ],
)
def test_a_name_stays_within_its_place_in_the_path(cloud: Cloud, name: str, path: bytes) -> None:
    cloud.answers(cloud.json(MODEL))
    model = cloud.run(lambda client: client.models.retrieve(name))
    assert cloud.requests[0].url.raw_path == path
    assert isinstance(model, aiaas.Model)
    assert model.request_id == "req_json"


def test_a_model_without_a_name_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match=r"^name must have at least 1"):
        cloud.run(lambda client: client.models.retrieve(""))
