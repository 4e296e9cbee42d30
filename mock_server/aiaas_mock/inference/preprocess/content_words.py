"""The words of a text that say what it is about, in English and Chinese.

Where there are spaces, words are cut at them; Chinese is cut by jieba's dictionary and its hidden
Markov model, in Rust (`rjieba`). Document frequencies and everything that uses them come through
here, so that they count the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["en", "zh"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ENGLISH: Final = _words(
    "a able about above across after again against ago ain't all almost already also although "
    "always am among an and another any anybody anyone anything anyway are aren't around as ask "
    "at away back be became because become been before behind being below between both but by "
    "came can can't cannot come comes could couldn't did didn't do does doesn't doing don't done "
    "down during each either else enough etc even ever every everybody everyone everything few "
    "for from further gave get gets getting give go goes going gone gonna got had hadn't has "
    "hasn't have haven't having he he'd he'll he's hence her here here's hers herself him "
    "himself his how how's however i i'd i'll i'm i've if in into is isn't it it'd it'll it's "
    "its itself just keep know last least less let let's like likely lot lots made make makes "
    "many may maybe me might mine more most much must mustn't my myself near need neither never "
    "next no nobody none nor not nothing now of off often oh ok okay on once one only onto or "
    "other others ought our ours ourselves out over own per perhaps please put quite rather "
    "really said same saw say says see seem seems seen shall she she'd she'll she's should "
    "shouldn't since so some somebody someone something sometimes soon still such take tell than "
    "thank thanks that that's the their theirs them themselves then there there's therefore "
    "these they they'd they'll they're they've thing things think this those though through thus "
    "till to together too took toward towards try two under unless until up upon us use used "
    "uses using very via want wants was wasn't way we we'd we'll we're we've well went were "
    "weren't what what's when where where's whether which while who who's whoever whole whom "
    "whose why will with within without won't would wouldn't yeah yes yet you you'd you'll "
    "you're you've your yours yourself yourselves"
)
_CHINESE: Final = _words(
    "一 一下 一些 一个 一直 一样 一次 一点 一种 上 下 不 不会 不到 不可 不同 不是 不用 不能 不要 "
    "不过 与 且 两个 个 中 为 为了 为什么 之 之前 之后 也 也是 了 了解 于 于是 些 人家 什么 今天 "
    "仅 从 他 他们 以 以及 以后 任何 会 但 但是 作为 你 你们 使 使得 便 候 做 像 其 其中 其他 "
    "其实 再 几个 出 出来 到 别 即 却 去 又 及 另外 只 只有 只是 只能 可 可以 可是 可能 各 各种 "
    "同 同时 后 后来 向 吗 吧 呀 呢 和 咱们 哦 哪 哪里 啊 啦 嗯 因为 因此 地 在 多 多少 大家 太 "
    "好 好像 如 如何 如果 它 它们 完全 对 对于 就 就是 已 已经 应该 并 并且 张 当 当时 很 很多 "
    "得 必须 怎么 怎么样 怎样 您 想 我 我们 或 或者 所以 所有 才 把 按 挺 接着 无 时 时候 是 "
    "是不是 是否 显得 曾 最 有 有些 有人 有点 本 来 来说 某 根本 次 正在 此 每 每个 比 比较 没 "
    "没有 点 然后 然而 特别 现在 甚至 由 由于 的 的话 看 看到 真 真是 真的 着 知道 确实 种 立即 "
    "第一 等 给 经 而 而且 能 能够 自己 至于 被 要 要是 觉得 让 认为 许多 说 该 请 谁 跟 较 边 "
    "过 还 还有 还是 这 这个 这些 这家 这本 这台 这款 这次 那家 那本 那台 这样 这种 这里 进行 连 "
    "通过 那 那个 那些 那么 那样 那种 那里 部分 都 里 里面 除了 随 非常 面 首先"
)
STOP_WORDS: Final = {"en": _ENGLISH, "zh": _CHINESE | _ENGLISH}
"""Words that say nothing of a text's subject, in small letters; Chinese texts have English too."""

_SPACED_WORD: Final = re.compile(r"[^\W_]+(?:['’&.-](?=[^\W_])[^\W_]+)*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LONGEST_WORD: Final = 64


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands.

    Attributes:
        start: Its first position in the text, in code points.
        end: The position after its last.
        key: The word in small letters, the same for all its forms of writing.
        is_content: Whether it may say what the text is about.
    """

    start: int
    end: int
    key: str
    is_content: bool


def words_of(text: str, language: Language) -> list[Word]:
    """Return the words of a text in their order; signs are left out, numbers are not.

    Args:
        text: Any text without lone surrogates.
        language: How words are told apart, and which of them say nothing.
    """
    spans = _chinese_spans(text) if language == "zh" else _spaced_spans(text)
    stop_words = STOP_WORDS[language]
    found = []
    for start, end in spans:
        key = text[start:end].casefold().replace("’", "'").removesuffix("'s")
        is_content = key not in stop_words and _says_something(key)
        found.append(Word(start, end, key, is_content))
    return found


def _says_something(key: str) -> bool:
    return 1 < len(key) <= _LONGEST_WORD and _LETTER.search(key) is not None


def _spaced_spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _SPACED_WORD.finditer(text))


def _chinese_spans(text: str) -> Iterator[tuple[int, int]]:
    import rjieba  # its dictionary takes 0.3 s and 33 MB, at the first Chinese text

    for written, start, end in rjieba.tokenize(text):
        if _HAN.match(written):
            yield start, end
        else:
            for match in _SPACED_WORD.finditer(text, start, end):
                yield match.span()
