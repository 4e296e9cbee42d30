"""What else ran: the CPU time of all processes but ours, read from /proc."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class CpuUse:
    """CPU seconds at one moment: of everything, and of this process and its children."""

    wall_s: float
    all_s: float
    ours_s: float


def cpu_use() -> CpuUse:
    """Read the counters."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, fields)
    busy = user + nice + system + irq + softirq
    return CpuUse(time.perf_counter(), busy / _TICKS_PER_S, _tree_s(os.getpid()))


def foreign_cores(before: CpuUse, after: CpuUse) -> float:
    """Return how many cores other people's processes kept busy in between, on average."""
    foreign = (after.all_s - before.all_s) - (after.ours_s - before.ours_s)
    return max(0.0, foreign / (after.wall_s - before.wall_s))


def rss_mib(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _tree_s(root: int) -> float:
    """Add up the CPU time of a process and its descendants, the finished ones included."""
    ticks: dict[int, int] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        pid = int(entry.name)
        parents[pid] = int(fields[1])
        ticks[pid] = sum(map(int, fields[11:15]))
    tree = {root}
    grew = True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in tree} - tree
        tree |= more
        grew = bool(more)
    return sum(ticks[pid] for pid in tree if pid in ticks) / _TICKS_PER_S
