"""Which texts a model that talks must not learn from."""

import codecs
import re
from collections.abc import Sequence
from typing import Final

from aiaas_mock.zoo.word2vec.corpus import Text

# Stems, so that their endings are found too. ROT13: nobody needs to read these by accident.
_ANYWHERE: Final = (
    "shpx|shpxf|fuvg|ovgpu|phag|nffubyr|onfgneq|qvpxurnq|jnaxre|chffl|pbpxfhpx|zbgureshpx|juber|"
    "fyhg|avttre|avttn|snttbg|ergneq|genaal|cnrqbcuvy|crqbcuvy|cbeabtencu|encvfg|wrex bss|"
    "wrexvat bss"
)
_WHOLE: Final = (
    "nff|nffrf|snt|sntf|qlxr|qlxrf|fcvp|fcvpf|puvax|puvaxf|xvxr|xvxrf|gjng|gjngf|gvgf|gvggvrf|"
    "qvpx|qvpxf|pbpx|pbpxf|cravf|intvan|cbea|encr|encrq|encrf|encvat|cvff|cvffrq|qnza|uryy|penc|"
    "ubeal|obbof|phz|oybjwbo|anmv|anmvf|uvgyre|xvyy lbhefrys|fhvpvqr|fhvpvqny|fgsh|jgs|yznb|yzsnb"
)
_CHINESE: Final = re.compile("妈的|他妈|操你|傻逼|傻B|傻b|婊|贱人|王八蛋|狗日|去死|屁|垃圾人")
_ENGLISH: Final = re.compile(
    rf"{codecs.decode(_ANYWHERE, 'rot13')}|\b(?:{codecs.decode(_WHOLE, 'rot13')})\b",
    re.IGNORECASE,
)


def is_clean(text: str) -> bool:
    """Tell whether a text holds none of the words of a short list of profanity and slurs."""
    return _ENGLISH.search(text) is None and _CHINESE.search(text) is None


def clean_texts(texts: Sequence[Text]) -> list[Text]:
    """Leave out the texts that are not clean."""
    return [text for text in texts if is_clean(text.text)]
