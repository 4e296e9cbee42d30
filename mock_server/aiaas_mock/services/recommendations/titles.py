"""Titles as vectors: their words place an item among others before anybody has bought it."""

from __future__ import annotations

from collections.abc import Sequence

from aiaas.contract.text.vectors import EMBED
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.text.inputs import TextRunner, checked
from aiaas_mock.services.vectors import normalised


class TitleVectors:
    """Embeds titles with the model that embeds texts here.

    Args:
        runner: Runs texts through models.
        models: Knows the default model of ``text.embed``.
    """

    def __init__(self, runner: TextRunner, models: ModelDirectory) -> None:
        self._runner = runner
        self._ref = models.default(EMBED.name)

    async def of(self, titles: Sequence[str | None], context: RequestContext) -> list[bytes | None]:
        """Return the L2-normalised vectors of titles, packed little-endian float32.

        None stands where there is no title or no word that the model knows; everywhere when
        there is no model.

        Raises:
            ApiError: The model is busy or cannot be loaded, or the deadline passed.
        """
        texts = [text for title in titles if isinstance(text := _readable(title), str)]
        if self._ref is None or not texts:
            return [None] * len(titles)
        answered = await self._runner.run(self._ref, texts, context)
        rows = iter(normalised(answered.rows))
        return [
            row.astype("<f4").tobytes()
            if isinstance(_readable(title), str) and (row := next(rows)).any()
            else None
            for title in titles
        ]


def _readable(title: str | None) -> str | ApiError | None:
    return None if title is None else checked(title)
