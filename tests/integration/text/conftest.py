"""Tiny text models whose answers can be computed by hand, behind the real batcher."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from aiaas_mock.inference.backend import Array, Floats
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.inference.cards import Card, write_card
from aiaas_mock.inference.local import LocalBackend

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
OpenTexts = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

WORDS = ("good", "bad", "great", "not", "happy", "sad", "book", "a", "flight", "pizza", "好", "坏")
IDS = {word: number for number, word in enumerate(WORDS, 2)}
WEIGHTS = {"good": 1.5, "bad": -2.0, "great": 3.0, "happy": 1.0, "sad": -1.0, "好": 2.0, "坏": -2.5}
LENGTH = 8
LETTERS = [chr(byte) for byte in range(0x61, 0x7B)]
STATE = 2

DEFAULTS = {
    "text.sentiment": "mood",
    "text.sentiment:zh": "mood-zh",
    "text.emotions": "feelings",
    "text.classify": "wishes",
    "text.embed": "vectors",
    "text.similarity": "vectors",
    "text.rerank": "vectors",
    "text.generate": "letters",
}


@dataclass
class Engines:
    """The engines of a test's models.

    Attributes:
        batches: Model and number of rows of every run.
        step_s: How long a run takes.
        failure: What a run raises, if anything.
        fails_after: How many runs go well before that.
    """

    batches: list[tuple[str, int]] = field(default_factory=list)
    step_s: float = 0.0
    failure: Exception | None = None
    fails_after: int = 0

    def runs_of(self, name: str) -> list[int]:
        """The sizes of a model's batches, without those that warmed it."""
        return [size for model, size in self.batches if model == name][3:]

    def load(self, ref: ModelRef, engine: str) -> "Engine":
        """Stand in for `load_engine`."""
        return Engine(ref.card, self)


@dataclass
class Engine:
    """Computes what a model of the tests answers."""

    card: Card
    shared: Engines

    def run(self, rows: Array) -> Floats:
        self.shared.batches.append((self.card.name, len(rows)))
        time.sleep(self.shared.step_s)
        if (
            self.shared.failure
            and len(self.shared.runs_of(self.card.name)) > self.shared.fails_after
        ):
            raise self.shared.failure
        answer = {
            "mood": _moods,
            "mood-zh": _moods,
            "feelings": _feelings,
            "wishes": _wishes,
            "vectors": _counts,
            "letters": _next_letters,
        }[self.card.name]
        floats: Floats = answer(rows).astype(np.float32)
        return floats


def _counts(rows: Array) -> Any:
    """Count each word."""
    return np.stack([(rows == number).sum(axis=1) for number in IDS.values()], axis=1)


def _moods(rows: Array) -> Any:
    """Logits of negative and positive; "not" turns the words beside it around."""
    counts = _counts(rows)
    mood = counts @ np.array([WEIGHTS.get(word, 0.0) for word in WORDS])
    turned = np.where(counts[:, WORDS.index("not")] % 2, -mood, mood)
    return np.stack([-turned, turned], axis=1)


def _feelings(rows: Array) -> Any:
    counts = _counts(rows)
    joy, grief = counts[:, WORDS.index("happy")], counts[:, WORDS.index("sad")]
    return np.stack([4.0 * joy - 2.0, 4.0 * grief - 2.0, np.full(len(rows), -3.0)], axis=1)


def _wishes(rows: Array) -> Any:
    counts = _counts(rows)
    flight, pizza = counts[:, WORDS.index("flight")], counts[:, WORDS.index("pizza")]
    known = flight + pizza > 0
    return np.stack([3.0 * flight, 3.0 * pizza, np.where(known, -3.0, 3.0)], axis=1)


def _next_letters(rows: Array) -> Any:
    """Logits that depend on the token and on all that came before it."""
    state = rows[:, 1:] * 0.7
    state[:, 0] += rows[:, 0] % 7
    state[:, 1] += rows[:, 0] % 5
    letters = np.arange(len(LETTERS) + 2)
    logits = 4 * np.sin(np.outer(state[:, 0], letters) + state[:, 1:2])
    logits[:, :2] = -50.0  # neither start nor end
    return np.concatenate([logits, state], axis=1)


def word_tokenizer() -> Tokenizer:
    """Words in lower case, Chinese characters one by one; 0 pads, 1 is any other word."""
    tokenizer = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, **IDS}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Split("好", "isolated")]
    )
    return tokenizer


def letter_tokenizer() -> Tokenizer:
    """Bytes a to z, each a token; 0 begins a text and 1 ends it."""
    vocabulary = {letter: number for number, letter in enumerate(LETTERS, 2)}
    tokenizer = Tokenizer(models.BPE({"<s>": 0, "</s>": 1, **vocabulary}, []))
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    """The engines, to be looked at and told how to behave."""
    engines = Engines()
    monkeypatch.setattr("aiaas_mock.inference.local.load_engine", engines.load)
    return engines


@pytest.fixture
def text_models(tmp_path: Path, write_bundle: Callable[..., Path]) -> Path:
    """A folder with a tiny model for each operation on texts."""
    template = json.loads((write_bundle(tmp_path / "template") / "card.json").read_text())
    classes = {"kind": "scores", "labels_file": "labels.txt"}
    folder = tmp_path / "texts"
    moods = {**classes, "size": 2, "activation": "softmax"}
    feelings = {**classes, "size": 3, "activation": "sigmoid", "thresholds": [0.5, 0.9, 0.3]}
    wishes = {
        **classes,
        "size": 3,
        "activation": "softmax",
        "abstain_below": 0.6,
        "out_of_scope": {"label": "other", "threshold": 0.7},
    }
    text = {"kind": "text", "tokenizer_file": "tokenizer.json", "length": LENGTH}
    step = {"kind": "step", "tokenizer_file": "tokenizer.json", "vocabulary": len(LETTERS) + 2}
    for name, task, output, labels in (
        ("mood", "text-sentiment", moods, "negative\npositive\n"),
        ("mood-zh", "text-sentiment", moods, "negative\npositive\n"),
        ("feelings", "text-emotions", feelings, "joy\ngrief\nfear\n"),
        ("wishes", "text-classification", wishes, "flight\npizza\nother\n"),
        ("vectors", "text-embedding", {"kind": "embedding", "size": len(WORDS)}, ""),
    ):
        languages = ["zh"] if name == "mood-zh" else ["en"]
        card = {**template, "name": name, "task": task, "input": text, "output": output}
        _write(folder, {**card, "languages": languages}, word_tokenizer(), labels)
    output = {"kind": "next-token", "vocabulary": len(LETTERS) + 2, "state": STATE, "end_token": 1}
    card = {**template, "name": "letters", "task": "text-generation", "output": output}
    _write(
        folder,
        {**card, "input": {**step, "state": STATE, "start_token": 0}},
        letter_tokenizer(),
        "",
    )
    return folder


def _write(folder: Path, card: dict[str, Any], tokenizer: Tokenizer, labels: str) -> None:
    place = folder / card["name"] / card["version"]
    place.mkdir(parents=True)
    (place / "model.tflite").write_bytes(b"no real weights")
    tokenizer.save(str(place / "tokenizer.json"))
    if labels:
        (place / "labels.txt").write_text(labels, "utf-8")
    write_card(place, Card.model_validate_json(json.dumps({**card, "files": {}})))


@pytest.fixture
def open_texts(open_app: OpenApp, text_models: Path, engines: Engines) -> OpenTexts:
    """Start a server with the tiny text models."""

    @asynccontextmanager
    async def start(
        *, max_inputs: int = 1024, default: dict[str, str] = DEFAULTS, **settings: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        backend = LocalBackend(Catalogue.scan(text_models), max_inputs=max_inputs)
        async with open_app(backend, default=default, **settings) as client:
            with anyio.fail_after(30):
                yield client

    return start
