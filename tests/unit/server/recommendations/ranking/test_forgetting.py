"""A namespace that is erased while it is being read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.server.recommendations.ranking.conftest import START, open_shop

from aiaas_mock.inference.bundles import Catalogue
from aiaas_mock.storage.sql import SqlStore


class Interrupted(SqlStore):
    """A store that does something between a transaction and who asked for it."""

    between: Callable[[], object] | None = None

    async def run(self, work: Callable[[Any], Any], /) -> Any:
        found = await super().run(work)
        if self.between is not None:
            between, self.between = self.between, None
            between()
        return found


async def test_what_was_read_before_a_namespace_was_forgotten_is_not_kept(tmp_path: Path) -> None:
    store = Interrupted(now=lambda: START)
    async with open_shop(tmp_path, Catalogue([]), store) as shop:
        await shop.stock("a", "b")
        store.between = lambda: shop.recommending.forget("ours")
        assert len(await shop.ids("popular")) == 2
        await store.run(lambda tx: tx.namespaces.erase("ours"))
        assert await shop.ids("popular") == []
