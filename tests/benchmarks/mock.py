"""The mock beside other mocks: how soon it answers, how quickly, and what a call costs in process.

All servers are asked one request after the other by the same httpx client, as a test suite does.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import httpx
from pydantic import SecretStr
from tests.benchmarks.in_process import DecodeAndRun
from tests.benchmarks.pictures import fashion_pngs
from tests.benchmarks.servers import KEY, Server, aiaas_server, running

from aiaas import Client
from aiaas_mock.app import create_app
from aiaas_mock.settings import Settings
from aiaas_mock.testing import AppThread, InProcessTransport

_CALLS: Final = 400
_MODEL: Final = "fashion-cnn"
_PATH: Final = f"/v1/images/classify?model={_MODEL}"
_PNG: Final = {"Content-Type": "image/png"}
_HERE: Final = "http://in-process"
_MOTO: Final = [sys.executable, "-m", "moto.server"]
_OF_MOTO: Final = {
    "X-Amz-Target": "RekognitionService.DetectLabels",
    "Content-Type": "application/x-amz-json-1.1",
    "Authorization": "AWS4-HMAC-SHA256 Credential=any/20260301/us-east-1/rekognition/aws4_request, "
    "SignedHeaders=host, Signature=any",
}
"""What the client of that service sends; nobody checks the signature."""


def start_up(rounds: int) -> dict[str, float]:
    """Return seconds from the start of the process: to health, and to the first real answer.

    The server is as it comes, with all its default models to load. The client does not wait until
    it is ready.
    """
    png = fashion_pngs(1)[0]
    command = [sys.executable, "-m", "aiaas_mock", "serve", "--api-key", KEY]
    health, answers = [], []
    for _ in range(rounds):
        with running("as it comes", command, "/healthz") as server, _client() as client:
            health.append(server.ready_s)
            while _classify(client, server, png).status_code != 200:
                pass
            answers.append(time.perf_counter() - server.started)
    return {"health s": median(health), "first inference s": median(answers)}


def rates(rounds: int) -> dict[str, float]:
    """Compare requests a second: ours, a bare Starlette, and moto's answer, which is always one."""
    png = fashion_pngs(1)[0]
    pictures = {"Image": {"Bytes": base64.b64encode(png).decode()}}
    with (
        aiaas_server("ours", "litert") as ours,
        running("floor", [sys.executable, "-m", "tests.benchmarks.floor"], "/") as floor,
        running("moto", _MOTO, "/moto-api/data.json", port_option="-p") as moto,
        _client() as client,
        httpx.Client(headers=_OF_MOTO) as amazon,
    ):
        kinds: dict[str, Callable[[], httpx.Response]] = {
            "bare Starlette": lambda: client.get(floor.url),
            "healthz": lambda: client.get(f"{ours.url}/healthz"),
            "models.retrieve": lambda: client.get(f"{ours.url}/v1/models/{_MODEL}"),
            "images.classify": lambda: _classify(client, ours, png),
            "moto DetectLabels": lambda: amazon.post(moto.url, json=pictures),
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(rounds):  # in turn, so that a busy moment hits all alike
            for name, ask in kinds.items():
                found[name].append(_per_s(ask))
    per_s = {name: median(values) for name, values in found.items()}
    return {
        **{f"{name}, a second": value for name, value in per_s.items()},
        "healthz / bare Starlette": per_s["healthz"] / per_s["bare Starlette"],
        "models.retrieve / bare Starlette": per_s["models.retrieve"] / per_s["bare Starlette"],
        "images.classify / moto": per_s["images.classify"] / per_s["moto DetectLabels"],
    }


def in_process_ms(rounds: int) -> dict[str, float]:
    """Return what a call in this process costs beyond decoding and model, in milliseconds."""
    png = fashion_pngs(1)[0]
    alone = DecodeAndRun("litert")
    found: dict[str, list[float]] = {}
    settings = Settings(api_key=(SecretStr(KEY),), warm=(_MODEL,))
    thread = AppThread(create_app(settings, logger=_Silent()))
    with thread, httpx.Client(transport=InProcessTransport(thread)) as http:
        sdk = Client(KEY, base_url=_HERE, http_client=http)
        kinds: dict[str, Callable[[], object]] = {
            "decode + model": lambda: alone([png]),
            "raw call": lambda: http.post(
                f"{_HERE}{_PATH}", content=png, headers={**_PNG, "Authorization": f"Bearer {KEY}"}
            ),
            "SDK call": lambda: sdk.images.classify(png, model=_MODEL),
        }
        for _ in range(rounds):
            for name, call in kinds.items():
                found.setdefault(name, []).append(1e3 / _per_s(call))
    took_ms = {name: median(times) for name, times in found.items()}
    model_ms = took_ms["decode + model"]
    return {
        **{f"{name} ms": took for name, took in took_ms.items()},
        "raw call over the model ms": took_ms["raw call"] - model_ms,
        "SDK call over the model ms": took_ms["SDK call"] - model_ms,
    }


class _Silent:
    def info(self, event: str, **fields: Any) -> None:
        pass

    def error(self, event: str, **fields: Any) -> None:
        raise RuntimeError(f"{event}: {fields}")


def _client() -> httpx.Client:
    return httpx.Client(headers={"Authorization": f"Bearer {KEY}"}, timeout=30)


def _classify(client: httpx.Client, server: Server, png: bytes) -> httpx.Response:
    return client.post(f"{server.url}{_PATH}", content=png, headers=_PNG)


def _per_s(ask: Callable[[], object]) -> float:
    ask()
    started = time.perf_counter()
    for _ in range(_CALLS):
        ask()
    return _CALLS / (time.perf_counter() - started)
