"""The SDK: what its import and its calls cost above bare httpx, pydantic and tenacity."""

from __future__ import annotations

import base64
import json
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import httpx
from tests.benchmarks.servers import KEY, fresh_environment

from aiaas import Client

FLOOR = "import httpx, tenacity; from pydantic import BaseModel"
OURS = "import aiaas; aiaas.Client(api_key='sk_mock_bench_0123456789abcdef')"
_URL = "http://127.0.0.1:1"
_DIMENSIONS = 1_536
_SMALL = [0.125 * n for n in range(8)]
_CALLS_OF_A_WORKER = """
import json, resource, sys
import httpx, aiaas
body = json.dumps({
    "id": "icl_1", "object": "images.classification", "model": "m@1", "usage": {"inputs": 1},
    "results": [{"index": 0, "predictions": [], "width": 1, "height": 1, "format": "png"}],
}).encode()
transport = httpx.MockTransport(
    lambda request: httpx.Response(200, content=body, headers={"content-type": "application/json"})
)
with aiaas.Client(
    api_key="sk_mock_bench_0123456789abcdef", base_url="http://127.0.0.1:1",
    http_client=httpx.Client(transport=transport),
) as client:
    peaks = []
    for calls in (1_000, 10_000):
        for _ in range(calls):
            client.images.classify(b"\\x89PNG" + bytes(64))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(*peaks)
"""
_PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 500
_ANSWER = json.dumps(
    {
        "id": "icl_1",
        "object": "images.classification",
        "model": "fashion-cnn@1",
        "usage": {"inputs": 1},
        "warnings": [],
        "results": [
            {
                "index": 0,
                "predictions": [{"label": f"label {n}", "score": 0.2} for n in range(5)],
                "width": 28,
                "height": 28,
                "format": "png",
            }
        ],
    }
).encode()


def import_cost(rounds: int) -> dict[str, float]:
    """Compare CPU seconds of fresh processes, net of a bare interpreter, in turn."""
    for statement in (FLOOR, OURS):
        _cpu_s(statement)  # compiles what is not yet compiled
    statements = {"bare": "pass", "floor": FLOOR, "aiaas + Client": OURS}
    found: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(rounds):
        for name, statement in statements.items():
            found[name].append(_cpu_s(statement))
    bare = median(found["bare"])
    floor, ours = (median(found[name]) - bare for name in ("floor", "aiaas + Client"))
    return {
        "floor ms": floor * 1e3,
        "aiaas + Client ms": ours * 1e3,
        "ratio": ours / floor,
        "modules floor": _modules(FLOOR),
        "modules aiaas + Client": _modules(OURS),
    }


def call_cost(rounds: int, calls: int = 300) -> dict[str, float]:
    """Compare ``client.images.classify(bytes)`` with raw httpx, on the same mock transport."""

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        return httpx.Response(200, content=_ANSWER, headers={"content-type": "application/json"})

    raw = httpx.Client(transport=httpx.MockTransport(answer), base_url=_URL)
    under_test = httpx.Client(transport=httpx.MockTransport(answer))
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "image/png"}

    def call_raw() -> object:
        return raw.post("/v1/images/classify", content=_PICTURE, headers=headers).json()

    with raw, under_test, Client(api_key=KEY, base_url=_URL, http_client=under_test) as client:

        def call_sdk() -> object:
            return client.images.classify(_PICTURE)

        found: dict[str, list[float]] = {"raw": [], "sdk": []}
        for _ in range(rounds):
            found["raw"].append(_median_us(call_raw, calls))
            found["sdk"].append(_median_us(call_sdk, calls))
    return {
        "raw httpx us": median(found["raw"]),
        "SDK us": median(found["sdk"]),
        "ratio": median(a / b for a, b in zip(found["sdk"], found["raw"], strict=True)),
    }


def vector_cost(rounds: int, calls: int = 200) -> dict[str, float]:
    """Compare ``client.images.embed(bytes).vector`` with raw httpx and ``.json()``.

    The SDK asks for packed floats; it is measured on those and on JSON numbers.
    """
    numbers = [((n * 2_654_435_761) % 2_000_003) / 1_000_001 - 1 for n in range(_DIMENSIONS)]
    packed = base64.b64encode(struct.pack(f"<{_DIMENSIONS}f", *numbers)).decode()
    raw_us, json_us, packed_us = [], [], []
    for _ in range(rounds):
        raw_us.append(_median_us(_raw_embed(_vector_answer(numbers)), calls))
        json_us.append(_median_us(_sdk_embed(_vector_answer(numbers)), calls))
        packed_us.append(_median_us(_sdk_embed(_vector_answer(packed)), calls))
    return {
        "raw httpx + json us": median(raw_us),
        "SDK, JSON numbers us": median(json_us),
        "SDK, packed us": median(packed_us),
        "ratio": median(a / b for a, b in zip(json_us, raw_us, strict=True)),
        "ratio packed": median(a / b for a, b in zip(packed_us, raw_us, strict=True)),
    }


def openai_cost(rounds: int, calls: int = 200) -> dict[str, float]:
    """Compare embedding one input, eight numbers back, with the same call of openai's SDK.

    Both parse JSON numbers from the same mock transport.
    """
    # Imported here, as only this needs it and it takes half a second.
    from openai import OpenAI

    answer = {
        "object": "list",
        "model": "m",
        "data": [{"object": "embedding", "index": 0, "embedding": _SMALL}],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
    theirs = OpenAI(
        api_key=KEY, base_url=_URL, http_client=httpx.Client(transport=_transport(answer))
    )

    def call_openai() -> object:
        return theirs.embeddings.create(model="m", input="text", encoding_format="float")

    call_ours = _sdk_embed(_vector_answer(_SMALL))
    found: dict[str, list[float]] = {"openai": [], "ours": []}
    for _ in range(rounds):
        found["openai"].append(_median_us(call_openai, calls))
        found["ours"].append(_median_us(call_ours, calls))
    return {
        "openai us": median(found["openai"]),
        "SDK us": median(found["ours"]),
        "ratio": median(a / b for a, b in zip(found["ours"], found["openai"], strict=True)),
    }


def memory_cost() -> dict[str, float]:
    """Return the peak memory of a process after 1,000 calls and after 10,000 more, in MiB."""
    command = [sys.executable, "-c", _CALLS_OF_A_WORKER]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=fresh_environment()
    )
    early, late = map(float, done.stdout.split())
    return {"after 1,000 calls MiB": early, "after 11,000 MiB": late, "growth MiB": late - early}


def _vector_answer(embedding: object) -> httpx.MockTransport:
    result = {"index": 0, "width": 28, "height": 28, "format": "png", "embedding": embedding}
    envelope = {"id": "emb_1", "object": "images.embedding", "model": "m@1", "warnings": []}
    usage = {"inputs": 1}
    return _transport({**envelope, "usage": usage, "dimensions": _DIMENSIONS, "results": [result]})


def _transport(answer: object) -> httpx.MockTransport:
    body = json.dumps(answer).encode()
    headers = {"content-type": "application/json"}
    return httpx.MockTransport(lambda request: httpx.Response(200, content=body, headers=headers))


def _raw_embed(transport: httpx.MockTransport) -> Callable[[], object]:
    client = httpx.Client(transport=transport, base_url=_URL)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "image/png"}
    return lambda: client.post("/v1/images/embed", content=_PICTURE, headers=headers).json()


def _sdk_embed(transport: httpx.MockTransport) -> Callable[[], object]:
    client = Client(api_key=KEY, base_url=_URL, http_client=httpx.Client(transport=transport))
    return lambda: client.images.embed(_PICTURE).vector


def _cpu_s(statement: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True, env=fresh_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _modules(statement: str) -> int:
    counted = f"{statement}; import sys; print(len(sys.modules))"
    done = subprocess.run([sys.executable, "-c", counted], check=True, capture_output=True)
    return int(done.stdout)


def _median_us(call: Callable[[], object], calls: int) -> float:
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return median(times) * 1e6
