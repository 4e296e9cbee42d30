"""Text: how near HTTP comes to the same work without it, the first token, and the ladder."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Final

import httpx
import numpy as np
from tests.benchmarks.in_process import per_s
from tests.benchmarks.over_http import CLIENTS, Shape, load
from tests.benchmarks.servers import KEY, Server

from aiaas_mock.inference.bundles import SHIPPED, Catalogue, ModelRef
from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.engines import load_engine
from aiaas_mock.inference.preprocess.text import TextEncoder

MANY: Final = 64
WARM: Final = ("--warm", "sentiment-en", "--warm", "word2vec", "--warm", "lstm-lm")
_SENTENCES: Final = (
    "The battery lasts for days and the screen is bright enough for the garden.",
    "I waited three weeks for the parcel and nobody answered my letters.",
    "It is a chair.",
    "What a lovely evening, thank you for the music and for the company!",
)
_OPERATIONS: Final = {"sentiment": "sentiment-en", "embed": "word2vec"}
_STREAMS: Final = 20


def texts(count: int) -> list[str]:
    """Return so many different sentences."""
    return [f"{_SENTENCES[n % len(_SENTENCES)]} {n}" for n in range(count)]


def rates(server: Server, *, rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """Compare texts a second over HTTP with encoding and model alone, in turn."""
    catalogue = Catalogue.scan(SHIPPED)
    found = {}
    for operation, name in _OPERATIONS.items():
        work = _work(catalogue.resolve(name))
        for size, clients in ((1, CLIENTS), (MANY, (1,))):
            shape = _shape(operation, size)
            alone, served = [], {count: list[float]() for count in clients}
            for _ in range(rounds):
                alone.append(per_s(partial(work, texts(size)), size, seconds=seconds))
                for count, answers in served.items():
                    answers.append(load(server, shape, count, seconds).per_s * size)
            limit = median(alone)
            row = {"in process": limit}
            for count, answers in served.items():
                row[f"{count} clients"] = median(answers)
                row[f"{count} clients / in process"] = median(answers) / limit
            found[f"{operation}, {size} a request"] = row
    return found


def first_token_ms(server: Server) -> float:
    """Return the median time from sending a prompt to the first token of the stream."""
    request = {"prompt": "I think that", "stream": True, "max_tokens": 8, "seed": 1}
    headers = {"Authorization": f"Bearer {KEY}"}
    took = []
    with httpx.Client(base_url=server.url, headers=headers) as client:
        for _ in range(_STREAMS):
            started = time.perf_counter()
            with client.stream("POST", "/v1/text/generate", json=request) as answer:
                assert "event: token" in next(answer.iter_text())
                took.append(time.perf_counter() - started)
    return median(took) * 1e3


def ladder(rounds: int) -> dict[str, dict[str, float]]:
    """Measure each text classifier: microseconds a text, to encode and at two sizes of batch."""
    found = {}
    for bundle in Catalogue.scan(SHIPPED).bundles.values():
        card = bundle.card
        if not isinstance(card.input, TextInput):
            continue
        encoder = TextEncoder.of_bundle(bundle.folder, card.input)
        engine = load_engine(ModelRef(bundle), "litert")
        inputs = texts(MANY)
        rows = encoder.rows(inputs)
        found[card.name] = {
            "encode us": _us(partial(encoder.rows, inputs), MANY, rounds),
            "batch 1 us": _us(partial(engine.run, rows[:1]), 1, rounds),
            f"batch {MANY} us": _us(partial(engine.run, rows), MANY, rounds),
        }
    return found


def _us(work: Callable[[], object], units: int, rounds: int) -> float:
    work()  # the first run of a size allocates
    return 1e6 / median(per_s(work, units, seconds=0.1) for _ in range(rounds))


def _work(ref: ModelRef) -> Callable[[Sequence[str]], np.ndarray]:
    spec = ref.card.input
    assert isinstance(spec, TextInput)
    encoder, engine = TextEncoder.of_bundle(ref.bundle.folder, spec), load_engine(ref, "litert")
    return lambda inputs: engine.run(encoder.rows(inputs))


def _shape(operation: str, size: int) -> Shape:
    request: dict[str, object] = {"inputs": texts(size)}
    if operation == "embed":
        request["encoding_format"] = "base64"
    body = json.dumps(request).encode()
    path = f"/v1/text/{operation}"
    return Shape(f"{operation} {size}", size, body, "application/json", path)
