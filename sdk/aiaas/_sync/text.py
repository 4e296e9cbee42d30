# Generated from aiaas/_async/text.py by `make sync`; edit that file instead.
"""Text: what is said, found, compared and written."""

from __future__ import annotations

from aiaas._sync.text_classification import TextClassifying
from aiaas._sync.text_extraction import TextExtracting
from aiaas._sync.text_generation import TextGenerating
from aiaas._sync.text_reading import TextReading
from aiaas._sync.text_vectors import TextComparing


class Text(
    TextClassifying,
    TextExtracting,
    TextReading,
    TextComparing,
    TextGenerating,
):
    """Understand, compare and write texts. Reach it as ``client.text``.

    Every method for one text has a twin for many (``sentiment_many``), which sends them in as few
    requests as possible and puts an `ItemError` in the place of a text that cannot be used.
    Positions in texts are counted in Unicode code points: they are indexes of a Python ``str``.
    """
