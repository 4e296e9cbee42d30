"""Made-up sentences that say, deny or draw a feeling, to learn what "not" and a smiley do.

People on Reddit rarely write "not good" or a lone smiley, so GoEmotions teaches little of either.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from aiaas_mock.zoo.text.subjects import LabelledTexts

_GOOD: Final = (
    "good great happy nice helpful useful pleasant friendly fresh clean fast reliable comfortable "
    "beautiful fun interesting funny impressive satisfied pleased delicious tasty brilliant "
    "excellent fantastic perfect wonderful amazing worth it easy to use"
)
_BAD: Final = (
    "bad terrible awful horrible boring slow rude dirty broken useless ugly annoying painful sad "
    "angry disappointed disappointing unhappy poor noisy expensive stupid dangerous confusing "
    "disgusting unfriendly cheap lazy unfair"
)
_PHRASES: Final = ("worth it", "easy to use")
_SAID: Final = ("{}", "It is {}", "This is {}", "It was really {}", "so {}!", "I am {} with it")
_DENIED: Final = (
    "not {}",
    "It is not {}",
    "It's not {} at all",
    "This isn't {}",
    "It wasn't very {}",
    "never {}",
    "I am not {} with it",
    "I don't think it is {}",
    "not {} at all",
)
_GLAD: Final = "😀 😃 😄 😁 😊 🙂 😍 🥰 😘 ❤ 💕 👍 🎉 🤗 😎 🥳 ✨"
_CROSS: Final = "😡 😠 🤬 😞 😢 😭 😩 😤 👎 💔 🤮 🤢 😔 ☹ 🙁"
_REPEATS: Final = 8
"""Times that a denial is shown in an epoch: a single one does not outweigh the word it denies."""
_DRAWN: Final = ("{}", "{} {}", "this {}", "my phone {}", "the show today {}", "{} today")


def made_up(labels: tuple[str, ...]) -> LabelledTexts:
    """Return the sentences with their labels.

    Args:
        labels: Of the data set that they are added to; "positive" and "negative" among them.
    """
    texts, truth = [], []
    for text, label in _sentences():
        texts.append(text)
        truth.append(np.eye(len(labels), dtype=np.float32)[labels.index(label)])
    return LabelledTexts(tuple(texts), np.stack(truth), labels)


def _sentences() -> Iterator[tuple[str, str]]:
    kinds = ((_words(_GOOD), "positive", "negative"), (_words(_BAD), "negative", "positive"))
    for words, said, denied in kinds:
        for word in words:
            for form in _SAID:
                yield form.format(word), said
            for form in _DENIED * _REPEATS:
                yield form.format(word), denied
    for signs, label in ((_GLAD, "positive"), (_CROSS, "negative")):
        for sign in signs.split():
            for form in _DRAWN:
                yield form.format(sign, sign), label


def _words(written: str) -> list[str]:
    for phrase in _PHRASES:
        written = written.replace(phrase, phrase.replace(" ", "_"))
    return [word.replace("_", " ") for word in written.split()]
