"""Which language a text is in.

py3langid knows some 130 languages by naive Bayes over byte n-grams. On 64 short sentences in 24
languages it was right as often (62) as lingua (62) and fastText's small model (63). lingua took
1.1 GB of memory and 25 ms a sentence, and fastText's model is under a share-alike licence;
py3langid is BSD, unpickles nothing, and takes 0.1 ms a sentence, 80 MB, and one second at the
first text.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED: Final = "und"
"""ISO 639-2's code for a text whose language is not known."""

Supported = Literal["en", "zh"]
SUPPORTED: Final = ("en", "zh")
"""The languages that the shipped text models and rules are made for."""

_MACROLANGUAGES: Final = {
    "ary": "ar",
    "arz": "ar",
    "fuv": "ff",
    "gug": "gn",
    "kik": "ki",
    "ltg": "lv",
    "sdh": "ku",
    "uzs": "uz",
    "wuu": "zh",
    "yue": "zh",
}
"""The ISO 639-1 code that holds a variety too: a few characters cannot tell Wu from Mandarin."""

_WITHOUT_LANGUAGE: Final = frozenset({"zxx", UNDETERMINED})
_LETTER: Final = re.compile(r"[^\W\d_]")
_CJK: Final = re.compile(
    r"[\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_CJK_PER_WORD: Final = 1.5
"""Characters of an average Chinese word."""

_LOOKED_AT: Final = 2_000
"""Characters that tell the script of a text, however long it is."""

_NO_EVIDENCE: Final = 3.0
"""Below this many times the share of a blind guess, the best language is one."""


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """A language and its probability.

    Attributes:
        language: ISO 639-1 code, or that of ISO 639-3 for a language without one.
        probability: 0 to 1; over all languages of a text they add up to 1.
    """

    language: str
    probability: float


class LanguageDetector:
    """Says which language a text is in; loads its model at the first text."""

    def __init__(self) -> None:
        self.model: Final = f"py3langid@{version('py3langid')}"
        self._loading = threading.Lock()
        self._identifier: LanguageIdentifier | None = None

    def detect(self, text: str) -> list[LanguageShare]:
        """Return all languages, most probable first.

        A text without letters, or with too few to tell anything (``ok``), is ``und``.
        """
        if not _LETTER.search(text):
            return [LanguageShare(UNDETERMINED, 1.0)]
        ranked = self._loaded().rank(text)
        best, share = ranked[0]
        if best in _WITHOUT_LANGUAGE or share * len(ranked) < _NO_EVIDENCE:
            return [LanguageShare(UNDETERMINED, 1.0)]
        shares: dict[str, float] = {}
        for variety, probability in ranked:
            language = _MACROLANGUAGES.get(variety, variety)
            shares[language] = shares.get(language, 0.0) + probability
        total = sum(shares.values())
        best_first = sorted(shares.items(), key=lambda item: -item[1])
        return [LanguageShare(language, share / total) for language, share in best_first]

    @staticmethod
    def of(text: str) -> Supported:
        """Choose between English and Chinese, for the choice of a model or of rules.

        The script alone decides, which holds for the shortest text and for emoji too: Chinese
        (and kana, which is written without spaces as well) unless there are more words in other
        scripts than Chinese ones of average length. The beginning of a long text speaks for it.
        """
        head = text.lstrip()[:_LOOKED_AT]
        characters = sum(1 for _ in _CJK.finditer(head))
        if characters == 0:
            return "en"
        words = sum(1 for _ in _WORD.finditer(_CJK.sub(" ", head)))
        return "zh" if characters / _CJK_PER_WORD >= words else "en"

    def _loaded(self) -> LanguageIdentifier:
        with self._loading:
            if self._identifier is None:
                # Slow to load and of no use to whoever never asks for a language.
                from py3langid.langid import MODEL_FILE, LanguageIdentifier

                self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
            return self._identifier
