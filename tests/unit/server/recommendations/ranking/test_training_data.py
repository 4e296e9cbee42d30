"""What a training process is given."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from tests.unit.server.recommendations.ranking.conftest import Shop

from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.training_data import EVENTS, export
from aiaas_mock.storage import Store


class Repeats:
    """A store whose database undoes every transaction once, for another's sake."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, work: Callable[[Any], Any], /) -> Any:
        await self._store.run(work)
        return await self._store.run(work)


async def test_events_of_a_transaction_that_is_run_again_count_once(
    shop: Shop, tmp_path: Path
) -> None:
    await shop.stock("a", "b")
    await shop.tell(*[(f"u{number}", "view", "ab"[number % 2]) for number in range(8)])

    async def write(work: Callable[[], None]) -> None:
        work()

    exported = await export(
        cast("Store", Repeats(shop.store)),
        DemoCatalogue.none(),
        "ours",
        tmp_path,
        types=None,
        write=write,
    )
    assert (exported.events, exported.users) == (8, 8)
    with np.load(tmp_path / EVENTS) as arrays:
        assert arrays["users"].tolist() == list(range(8))
