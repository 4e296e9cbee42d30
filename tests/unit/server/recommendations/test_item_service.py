"""Items: what is kept, what is refused, and what a namespace without items shows."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aiaas.contract.recommendations._common import ItemRequest
from aiaas.contract.recommendations.items import ListItemsRequest, NewItem, UpsertItemsRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.cursors import encode_cursor
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.items import ItemService
from aiaas_mock.storage.sql import SqlStore


def sent(*items: dict[str, Any]) -> UpsertItemsRequest:
    return UpsertItemsRequest(items=tuple(NewItem(**item) for item in items))


async def ids(service: ItemService, context: RequestContext) -> list[str]:
    return [item.id for item in (await service.list(ListItemsRequest(), context)).data]


async def test_the_last_of_items_with_one_id_stays(
    items: ItemService, context: RequestContext
) -> None:
    answer = await items.upsert(
        sent({"id": "a", "title": "first"}, {"id": "b"}, {"id": "a", "title": "last"}), context
    )
    assert (answer.created, answer.updated, answer.errors) == (2, 0, ())
    assert (await items.retrieve(ItemRequest(item="a"), context)).title == "last"


async def test_an_item_that_is_refused_leaves_the_one_before_it(
    items: ItemService, context: RequestContext, store: SqlStore
) -> None:
    answer = await items.upsert(
        sent(
            {"id": "a", "metadata": {"price": 1}},
            {"id": "a", "metadata": {"brand_new": True, "price": "much"}},
        ),
        context,
    )
    assert (answer.created, [error.index for error in answer.errors]) == (1, [1])
    detail = answer.errors[0].error.detail
    assert detail == "'price' is a number since it was first sent, and here a text."
    assert (await items.retrieve(ItemRequest(item="a"), context)).metadata == {"price": 1}
    fields = await store.run(lambda tx: tx.items.fields("ours"))
    assert fields == {"price": "number"}, "a refused item fixes no type"


async def test_a_field_keeps_its_type_when_its_items_are_gone(
    items: ItemService, context: RequestContext
) -> None:
    await items.upsert(sent({"id": "a", "metadata": {"on": True}}, {"id": "b"}), context)
    await items.delete(ItemRequest(item="a"), context)
    answer = await items.upsert(sent({"id": "a", "metadata": {"on": 1}}), context)
    assert [error.error.code for error in answer.errors] == ["metadata_type_mismatch"]


async def test_whole_and_other_numbers_are_one_type(
    items: ItemService, context: RequestContext
) -> None:
    answer = await items.upsert(
        sent({"id": "a", "metadata": {"price": 1}}, {"id": "b", "metadata": {"price": 1.5}}),
        context,
    )
    assert answer.errors == ()


async def test_whoever_sends_a_field_first_decides_though_another_looked_before(
    items: ItemService, context_of: Any, store: SqlStore
) -> None:
    class Late:
        """A transaction that looked at the fields before another one declared one of them."""

        def __init__(self, transaction: Any) -> None:
            self._table = transaction.items
            self._looked = False
            self.items = self

        def __getattr__(self, name: str) -> Any:
            return getattr(self._table, name)

        def fields(self, namespace: str) -> Any:
            seen = self._table.fields(namespace)
            if not self._looked:
                self._looked = True
                self._table.declare(namespace, {"price": "text"})
            return seen

    async def commit(effect: Any, /) -> Any:
        return await store.run(lambda transaction: effect(Late(transaction)))

    late = replace(context_of(), commit=commit)
    answer = await items.upsert(
        sent(
            {"id": "a", "metadata": {"price": 1}},
            {"id": "b", "metadata": {"price": "cheap", "on_sale": True}},
        ),
        late,
    )
    assert (answer.created, [error.index for error in answer.errors]) == (1, [0])
    assert await store.run(lambda tx: tx.items.fields("ours")) == {
        "price": "text",
        "on_sale": "bool",
    }


async def test_a_namespace_has_so_many_fields_and_no_more(
    items: ItemService, context: RequestContext
) -> None:
    full = [{"id": f"i{n}", "metadata": {f"f{n * 50 + m}": m for m in range(50)}} for n in range(4)]
    known = {"id": "known", "metadata": {"f7": 1}}
    answer = await items.upsert(
        sent(*full, known, {"id": "new", "metadata": {"one_more": 1}}), context
    )
    assert answer.created == 5
    (error,) = answer.errors
    assert (error.index, error.error.code) == (5, "metadata_too_large")
    assert "at most 200 different fields; there are 200 already, and here 1 more" in str(error)


async def test_namespaces_do_not_see_each_other(items: ItemService, context_of: Any) -> None:
    await items.upsert(sent({"id": "a", "metadata": {"price": 1}}), context_of("ours"))
    theirs = context_of("theirs")
    answer = await items.upsert(sent({"id": "z", "metadata": {"price": "1"}}), theirs)
    assert answer.errors == ()
    assert await ids(items, theirs) == ["z"]
    with pytest.raises(ApiError, match="item_not_found"):
        await items.retrieve(ItemRequest(item="a"), theirs)


async def test_an_item_is_deleted_once(
    items: ItemService, context: RequestContext, told: Any
) -> None:
    await items.upsert(sent({"id": "a"}, {"id": "b"}), context)
    await items.delete(ItemRequest(item="a"), context)
    with pytest.raises(ApiError, match="item_not_found"):
        await items.delete(ItemRequest(item="a"), context)
    assert await ids(items, context) == ["b"]
    assert told.items == ["ours", "ours"], "told of what was committed, and of nothing else"


async def test_what_was_done_is_in_the_record_of_the_request(
    items: ItemService, context: RequestContext
) -> None:
    await items.upsert(sent({"id": "a"}, {"id": "b", "metadata": {"n": 2**70}}), context)
    assert (context.trace.inputs, context.trace.failed_inputs) == (2, 1)


@pytest.mark.parametrize("place", ["", "two words", "\0"])
async def test_a_cursor_that_is_no_item_is_refused(
    items: ItemService, context: RequestContext, place: str
) -> None:
    with pytest.raises(ApiError, match="cursor"):
        await items.list(ListItemsRequest(cursor=encode_cursor(place) or "="), context)


# The demo


async def test_a_namespace_without_items_shows_the_demo(
    items: ItemService, context: RequestContext, now: datetime
) -> None:
    first = await items.list(ListItemsRequest(limit=2), context)
    assert [item.id for item in first.data] == ["d1", "d2"]
    last = await items.list(ListItemsRequest(limit=2, cursor=first.next_cursor), context)
    assert [item.id for item in last.data] == ["d3"]
    assert last.next_cursor is None
    shown = await items.retrieve(ItemRequest(item="d2"), context)
    assert shown.metadata == {"price": 2.5, "tags": ("red",)}
    assert shown.updated_at == now


async def test_an_item_of_the_demo_is_not_deleted(
    items: ItemService, context: RequestContext
) -> None:
    with pytest.raises(ApiError, match="'d1' is none of yours") as caught:
        await items.delete(ItemRequest(item="d1"), context)
    assert caught.value.code == "item_not_found"
    assert caught.value.param == "/item"
    assert await ids(items, context) == ["d1", "d2", "d3"]


async def test_the_demo_is_gone_with_the_first_item_and_back_after_the_last(
    items: ItemService, context: RequestContext
) -> None:
    await items.upsert(sent({"id": "a", "metadata": {"price": "now a text"}}), context)
    assert await ids(items, context) == ["a"]
    for refused in (items.retrieve, items.delete):
        with pytest.raises(ApiError, match="item_not_found"):
            await refused(ItemRequest(item="d1"), context)
    await items.delete(ItemRequest(item="a"), context)
    assert await ids(items, context) == ["d1", "d2", "d3"]


async def test_a_request_of_which_nothing_is_kept_leaves_the_demo(
    items: ItemService, context: RequestContext
) -> None:
    await items.upsert(sent({"id": "a", "metadata": {"n": 2**70}}), context)
    assert await ids(items, context) == ["d1", "d2", "d3"]


async def test_without_a_demo_a_new_namespace_is_empty(
    store: SqlStore, no_titles: Any, context: RequestContext
) -> None:
    service = ItemService(store, DemoCatalogue.none(), no_titles, on_items=lambda namespace: None)
    assert await ids(service, context) == []
    with pytest.raises(ApiError, match="item_not_found"):
        await service.retrieve(ItemRequest(item="d1"), context)


def test_the_demo_knows_the_types_of_its_fields(demo: DemoCatalogue) -> None:
    assert demo.fields == {"price": "number", "tags": "texts"}
    assert DemoCatalogue.none().items == {}


def test_the_demo_is_that_of_a_bundle_that_has_one(write_bundle: Any, tmp_path: Path) -> None:
    from aiaas_mock.inference.bundles import Catalogue

    folder = write_bundle()
    bundle = Catalogue.scan(tmp_path / "models").resolve("tiny").bundle
    assert DemoCatalogue.of_bundle(bundle).items == {}
    line = '{"item_id": "x", "title": "X", "metadata": {}}\n'
    (folder / "catalogue.jsonl").write_text(line, "utf-8")
    shown = DemoCatalogue.of_bundle(bundle).items["x"]
    assert shown.title == "X"
    assert shown.updated_at.isoformat() == "2026-01-02T00:00:00+00:00"
