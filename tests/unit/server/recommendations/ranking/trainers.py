"""Trains nothing, as a process of its own: what a job's process must do, and how it may fail.

The family says which: ``item-knn`` makes a model, others fail in their own ways.
"""

import json
import sys
from pathlib import Path

import numpy as np

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.recommenders import Artefact, Manifest, write_artefact
from aiaas_mock.jobs.childhood import Parent

METRICS = {
    "recall@10": 0.25,
    "ndcg@10": 0.125,
    "hit@10": 0.5,
    "coverage": 0.75,
    "novelty": 7.5,
}


def main() -> None:
    """Read what was given, and write a model of popularity with a report."""
    parent = Parent()
    given, made = map(Path, sys.argv[1:])
    settings = json.loads((given / "settings.json").read_text())
    if settings["family"] == "ease":
        parent.fail(ApiError("training_unavailable", "Not with this many items."))
        sys.exit(3)
    items = [json.loads(line)["item_id"] for line in (given / "items.jsonl").open()]
    with np.load(given / "events.npz", allow_pickle=False) as events:
        counts = np.bincount(events["items"], events["weights"], len(items))
        number, users = len(events["users"]), len(set(events["users"].tolist()))
        assert (events["times_us"] > 0).all()
    parent.tell(step="training", fraction=0.5, message="counting")
    manifest = Manifest(family="popularity", items=len(items))
    artefact = Artefact(manifest, tuple(items), counts.astype(np.float32))
    write_artefact(made / "model", artefact)
    is_first = not (given / "incumbent").exists()
    report = {
        "family": "popularity",
        "candidate": METRICS,
        "held_out_users": 9,
        "incumbent": None if is_first else METRICS,
        "promote": settings["family"] != "bpr",
        "reason": "It is the first." if is_first else "It is not worse.",
        "seconds": 0.1,
        "events": number,
        "users": users,
        "items": len(items),
    }
    (made / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
