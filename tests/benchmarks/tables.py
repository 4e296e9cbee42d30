"""The results as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.benchmarks.targets import Row


def as_markdown(results: dict[str, Any], rows: list[Row]) -> str:
    """Write targets first, then every section."""
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    lines = ["# Benchmark results", "", machine, ""]
    lines += _table(
        ("target", "bound", "measured", ""),
        ((r.what, r.target, _figure(r.measured), "ok" if r.reached else "MISSED") for r in rows),
    )
    for name, section in results.items():
        if name != "machine":
            lines += [f"## {name}", "", *_table(("", "figure"), _flat(section))]
    return "\n".join(lines)


def _flat(section: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in section.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}: ")
        else:
            yield f"{prefix}{name}", _figure(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
