"""What is to be reached, and whether a run reached it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A target beside what was measured.

    Attributes:
        what: The figure.
        target: The bound, in words.
        measured: What the run found.
        reached: Whether the bound is kept.
    """

    what: str
    target: str
    measured: float
    reached: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Target:
    what: str
    section: str
    at_least: float | None = None
    at_most: float | None = None

    def row(self, measured: float) -> Row:
        if self.at_least is not None:
            return Row(self.what, f">= {self.at_least:g}", measured, measured >= self.at_least)
        assert self.at_most is not None
        return Row(self.what, f"<= {self.at_most:g}", measured, measured <= self.at_most)


_BULK = _Target("64 PNGs in a request / decode + engine", "bulk", at_least=0.80)
_NULL = _Target("JSON, 64 clients: LiteRT / null engine", "http", at_least=0.60)
_LAB = _Target("null engine: with a lab / without", "lab", at_least=0.9)
_NAMESPACE = _Target("namespace made and dropped, milliseconds", "lab", at_most=5)
_HEALTH = _Target("start to health, seconds", "mock", at_most=0.3)
_FIRST = _Target("start to first inference, seconds", "mock", at_most=1)
_FLOOR = _Target("models.retrieve / bare Starlette", "mock", at_least=0.6)
_MOTO = _Target("images.classify / moto's DetectLabels", "mock", at_least=2)
_IN_PROCESS = _Target("SDK call in process, over the model, ms", "mock", at_most=0.5)
_NAIVE = _Target("one picture a request: ours / model.predict, worst", "naive", at_least=100)
_READY = _Target("ready, seconds", "start-up", at_most=1.5)
_MEMORY = _Target("memory when ready, MiB", "start-up", at_most=130)
_IMPORT = _Target("import + Client / bare libraries", "sdk import", at_most=1.25)
_CALL = _Target("SDK call / raw httpx", "sdk call", at_most=1.5)
_VECTORS = _Target("1,536 floats: SDK / raw httpx + json", "sdk vectors", at_most=1.0)
_OPENAI = _Target("embedding 8 numbers: SDK / openai", "sdk openai", at_most=0.4)
_GROWTH = _Target("peak memory of 10,000 more calls, MiB", "sdk memory", at_most=1.0)
_SENTIMENTS = _Target("sentiment, 64 a request / in process", "text", at_least=0.7)
_EMBEDDINGS = _Target("embed, 64 a request / in process", "text", at_least=0.7)
_IMPORTED = _Target("import of 500,000 events, seconds", "import", at_most=60)
_EVENTS_GROWTH = _Target("import: memory above that of 50,000 events, MiB", "import", at_most=10)
_TOKEN = _Target("first streamed token, milliseconds", "text", at_most=50)
_FOR_USER = _Target("for_user, one client / null engine", "recommendations", at_most=3)
_FOR_USER_16 = _Target("for_user, 16 clients, p99 ms", "recommendations", at_most=10)
_FOR_USER_MANY = _Target("for_user, 100,000 items, p50 ms", "recommendations", at_most=10)
_EVENTS = _Target("events kept on disk, a second", "recommendations", at_least=2_000)


def check(results: dict[str, Any]) -> list[Row]:
    """Hold the results against the targets, for the sections that were measured."""
    rows = []
    for target, measure in _MEASURES:
        measured = measure(results[target.section]) if target.section in results else None
        if measured is not None:  # else what it is held against is not installed
            rows.append(target.row(measured))
    return rows


def _null_ratio(figures: dict[str, Any]) -> float:
    loads = figures["json 1, 64 clients"]
    return float(loads["litert"]["per_s"] / loads["null"]["per_s"])


def _worst_ratio(figures: dict[str, Any]) -> float:
    return float(min(row["ratio"] for row in figures.values() if isinstance(row, dict)))


def _ratio_of_64(figures: dict[str, Any], operation: str) -> float:
    return float(figures[f"{operation}, 64 a request"]["1 clients / in process"])


def _for_user(figures: dict[str, Any], items: str, clients: int, figure: str) -> float:
    return float(figures[f"for_user, {items} items, {clients} clients"][figure])


_MEASURES = (
    (_BULK, lambda figures: float(figures["ratio"])),
    (_NULL, _null_ratio),
    (_LAB, lambda figures: float(figures["with / without"])),
    (_NAMESPACE, lambda figures: float(figures["made and dropped ms"])),
    (_HEALTH, lambda figures: float(figures["health s"])),
    (_FIRST, lambda figures: float(figures["first inference s"])),
    (_FLOOR, lambda figures: figures.get("models.retrieve / bare Starlette")),
    (_MOTO, lambda figures: figures.get("images.classify / moto")),
    (_IN_PROCESS, lambda figures: float(figures["SDK call over the model ms"])),
    (_NAIVE, _worst_ratio),
    (_READY, lambda figures: float(figures["ready s"])),
    (_MEMORY, lambda figures: float(figures["memory MiB"])),
    (_IMPORT, lambda figures: float(figures["ratio"])),
    (_CALL, lambda figures: float(figures["ratio"])),
    (_VECTORS, lambda figures: float(figures["ratio"])),
    (_OPENAI, lambda figures: float(figures["ratio"])),
    (_SENTIMENTS, lambda figures: _ratio_of_64(figures, "sentiment")),
    (_EMBEDDINGS, lambda figures: _ratio_of_64(figures, "embed")),
    (_IMPORTED, lambda figures: float(figures["500,000 events s"])),
    (_EVENTS_GROWTH, lambda figures: float(figures["client growth MiB"])),
    (_TOKEN, lambda figures: float(figures["first token ms"])),
    (_FOR_USER, lambda figures: _for_user(figures, "3,145", 1, "p50 / null")),
    (_FOR_USER_16, lambda figures: _for_user(figures, "3,145", 16, "p99 ms")),
    (_FOR_USER_MANY, lambda figures: _for_user(figures, "100,000", 1, "p50 ms")),
    (_EVENTS, lambda figures: max(figures["events/s kept on disk"].values())),
    (_GROWTH, lambda figures: float(figures["growth MiB"])),
)
