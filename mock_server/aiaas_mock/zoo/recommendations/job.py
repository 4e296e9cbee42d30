"""The training of a tenant's recommender: ``python -m aiaas_mock.zoo.recommendations.job IN OUT``.

Run by the server as a process of its own. Each line of its output is a JSON object: progress, or
an error with a stable code. It ends when its standard input does: then whoever started it is gone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from aiaas_mock.inference.recommenders import RecommenderError, write_artefact
from aiaas_mock.jobs.childhood import Parent
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.promotion import Comparison, compare
from aiaas_mock.zoo.recommendations.registry import trainer
from aiaas_mock.zoo.recommendations.tenant import Order, held_out_newest, read_order

REFUSED: Final = 3
"""Exit status when the order cannot be carried out; the last line says why."""

_PROBLEMS: Final = {
    "incumbent_invalid": "model_unavailable",
    "tensorflow_missing": "training_unavailable",
}
"""Codes of the contract for those of the zoo that differ."""

_TRAINED: Final = 0.45
"""Share of the work that one of the two trainings is."""

Say = Callable[[Mapping[str, Any]], None]


def run(source: Path, out: Path, say: Say, *, clock: Callable[[], float]) -> None:
    """Train on the older events, compare on the newest, train again on all.

    Args:
        source: Folder with `events.npz`, `items.jsonl`, `settings.json` and, where there is one,
            the `incumbent`.
        out: Folder that gets `model/` and `report.json`.
        say: Gets each line of progress.
        clock: Seconds.

    Raises:
        ZooError: The order cannot be carried out.
        RecommenderError: The incumbent cannot be read.
    """
    began = clock()
    say({"step": "read", "fraction": 0.0, "message": "reading events"})
    order = read_order(source)
    older, newest = held_out_newest(order)
    fit = trainer(order.family)
    candidate = fit(older, order.settings, _steps(say, "train", 0.02))
    say({"step": "evaluate", "fraction": 0.02 + _TRAINED, "message": "comparing"})
    with TemporaryDirectory() as folder:
        write_artefact(Path(folder), candidate)
        compared = compare(Path(folder), order, older, newest)
    final = fit(order.events, order.settings, _steps(say, "refit", 0.07 + _TRAINED))
    write_artefact(out / "model", final)
    report = _report(order, compared, seconds=clock() - began)
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    say({"step": "done", "fraction": 1.0, "message": compared.reason})


def main(arguments: list[str], say: Say) -> int:
    """Run the job of the command line and return its exit status."""
    source, out = (Path(argument) for argument in arguments)
    try:
        run(source, out, say, clock=time.monotonic)
    except ZooError as error:
        say({"error": {"code": error.code, "detail": str(error)}})
    except RecommenderError as error:
        say({"error": {"code": "incumbent_invalid", "detail": str(error)}})
    else:
        return 0
    return REFUSED


def _report(order: Order, compared: Comparison, *, seconds: float) -> dict[str, Any]:
    events = order.events
    return {
        "family": order.family,
        "promote": compared.promote,
        "reason": compared.reason,
        "candidate": compared.candidate,
        "incumbent": compared.incumbent,
        "p_value": compared.p_value,
        "held_out_events": compared.held_out,
        "held_out_users": compared.people,
        "compared_on": compared.compared_on,
        "events": len(events),
        "events_given": order.given,
        "users": events.people,
        "items": events.size,
        "trained_until_us": int(events.times_us.max()),
        "seconds": round(seconds, 3),
    }


def _steps(say: Say, step: str, begun: float) -> Callable[[str, float], None]:
    def report(message: str, fraction: float) -> None:
        say({"step": step, "fraction": round(begun + _TRAINED * fraction, 4), "message": message})

    return report


def as_problem(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a line with the contract's code in place of the zoo's, where there is one.

    What has none is a defect of the server, which the job's owner need not read about.
    """
    if "error" not in line:
        return line
    error = line["error"]
    return {"error": {**error, "code": _PROBLEMS.get(error["code"], error["code"])}}


if __name__ == "__main__":
    parent = Parent()
    sys.exit(main(sys.argv[1:], lambda line: parent.tell(**as_problem(line))))
