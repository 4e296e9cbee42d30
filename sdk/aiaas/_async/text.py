"""Text: what is said, found, compared and written."""

from __future__ import annotations

from aiaas._async.text_classification import AsyncTextClassifying
from aiaas._async.text_extraction import AsyncTextExtracting
from aiaas._async.text_generation import AsyncTextGenerating
from aiaas._async.text_reading import AsyncTextReading
from aiaas._async.text_vectors import AsyncTextComparing


class AsyncText(
    AsyncTextClassifying,
    AsyncTextExtracting,
    AsyncTextReading,
    AsyncTextComparing,
    AsyncTextGenerating,
):
    """Understand, compare and write texts. Reach it as ``client.text``.

    Every method for one text has a twin for many (``sentiment_many``), which sends them in as few
    requests as possible and puts an `ItemError` in the place of a text that cannot be used.
    Positions in texts are counted in Unicode code points: they are indexes of a Python ``str``.
    """
