"""Run all benchmarks and write ``results/latest.json`` and ``results/latest.md``."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import imports, in_process, lab, mock, over_http, recommendations, sdk, text
from tests.benchmarks.machine import cpu_use, foreign_cores, rss_mib
from tests.benchmarks.servers import Server, aiaas_server, naive_server
from tests.benchmarks.tables import as_markdown
from tests.benchmarks.targets import Row, check

from aiaas_mock.inference.engines import EngineName

RESULTS = Path(__file__).parent / "results"
_TENSORFLOW = importlib.util.find_spec("tensorflow") is not None
_OPENAI = importlib.util.find_spec("openai") is not None
_MOTO = importlib.util.find_spec("moto") is not None


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="Interleaved rounds of each figure.")
    parser.add_argument("--seconds", type=float, default=2.0, help="Length of a load.")
    parser.add_argument("--only", choices=[*_SECTIONS], help="One section, printed, not kept.")
    options = parser.parse_args()
    names = [options.only] if options.only else [*_SECTIONS]
    results: dict[str, Any] = {"machine": _machine()}
    for name in names:
        print(f"measuring {name} ...", flush=True)
        before = cpu_use()
        figures = _SECTIONS[name](options.rounds, options.seconds)
        figures["foreign cores"] = foreign_cores(before, cpu_use())
        results[name] = figures
    rows = check(results)
    table = as_markdown(results, rows)
    print(table)
    if not options.only:
        _keep(results, rows, table)


def _start_up(rounds: int, seconds: float) -> dict[str, Any]:
    with aiaas_server("warm-up", "litert"):
        pass  # compiles what is not yet compiled
    ready, memory = [], []
    for _ in range(rounds):
        with aiaas_server("litert", "litert") as server:
            ready.append(server.ready_s)
            memory.append(rss_mib(server.pid))
    return {"ready s": sorted(ready)[rounds // 2], "memory MiB": sorted(memory)[rounds // 2]}


def _in_process(rounds: int, seconds: float) -> dict[str, Any]:
    engines: tuple[EngineName, ...] = ("litert", "null")
    if _TENSORFLOW:
        engines = (*engines, "tensorflow")
    return dict(in_process.engine_rates(engines, rounds))


def _bulk(rounds: int, seconds: float) -> dict[str, Any]:
    with aiaas_server("litert", "litert") as server:
        return dict(over_http.bulk_ratio(server, rounds=rounds, seconds=seconds))


def _http(rounds: int, seconds: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(aiaas_server(name, name)) for name in _engines()]
        for shape in over_http.shapes().values():
            for clients in over_http.CLIENTS:
                loads = over_http.measure(servers, shape, clients, rounds=rounds, seconds=seconds)
                figures[f"{shape.name}, {clients} clients"] = {
                    name: {"per_s": load.per_s, "p50_ms": load.p50_ms, "p99_ms": load.p99_ms}
                    for name, load in loads.items()
                }
    return figures


def _lab(rounds: int, seconds: float) -> dict[str, Any]:
    return {**lab.rates(rounds=rounds, seconds=seconds), **lab.namespace_ms(rounds)}


def _mock(rounds: int, seconds: float) -> dict[str, Any]:
    figures = {**mock.start_up(rounds), **mock.in_process_ms(rounds)}
    return {**figures, **mock.rates(rounds)} if _MOTO else figures


def _naive(rounds: int, seconds: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    shape = over_http.shapes()["json 1"]
    with aiaas_server("litert", "litert") as ours, naive_server() as naive:
        servers: list[Server] = [ours, naive]
        for clients in over_http.CLIENTS:
            loads = over_http.measure(servers, shape, clients, rounds=rounds, seconds=seconds)
            rates = over_http.rates(loads)
            figures[f"json 1, {clients} clients"] = {
                **rates,
                "ratio": rates[ours.name] / rates[naive.name],
            }
    return figures


def _sdk_import(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(sdk.import_cost(rounds * 3))


def _sdk_call(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(sdk.call_cost(rounds * 2))


def _sdk_vectors(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(sdk.vector_cost(rounds))


def _text(rounds: int, seconds: float) -> dict[str, Any]:
    with aiaas_server("litert", "litert", *text.WARM) as server:
        figures: dict[str, Any] = dict(text.rates(server, rounds=rounds, seconds=seconds))
        figures["first token ms"] = text.first_token_ms(server)
    return figures


def _recommendations(rounds: int, seconds: float) -> dict[str, Any]:
    return recommendations.figures(rounds, seconds)


def _text_models(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(text.ladder(rounds))


def _import(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(imports.import_cost())


def _sdk_openai(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(sdk.openai_cost(rounds))


def _sdk_memory(rounds: int, seconds: float) -> dict[str, Any]:
    return dict(sdk.memory_cost())


_SECTIONS: dict[str, Callable[[int, float], dict[str, Any]]] = {
    "start-up": _start_up,
    "in process": _in_process,
    "bulk": _bulk,
    "http": _http,
    "lab": _lab,
    "mock": _mock,
    "text": _text,
    "text models": _text_models,
    "import": _import,
    "recommendations": _recommendations,
    "sdk import": _sdk_import,
    "sdk call": _sdk_call,
    "sdk vectors": _sdk_vectors,
    "sdk memory": _sdk_memory,
}
if _OPENAI:
    _SECTIONS["sdk openai"] = _sdk_openai
if _TENSORFLOW:
    _SECTIONS["naive"] = _naive


def _engines() -> list[str]:
    return ["litert", "null", *(["tensorflow"] if _TENSORFLOW else [])]


def _machine() -> dict[str, Any]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "aiaas": version("aiaas"),
    }


def _keep(results: dict[str, Any], rows: list[Row], table: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    kept = {**results, "targets": [row.as_dict() for row in rows]}
    (RESULTS / "latest.json").write_text(json.dumps(kept, indent=2) + "\n")
    (RESULTS / "latest.md").write_text(table)


if __name__ == "__main__":
    main()
