"""The folder that a recommender lies in: plain arrays and networks, nothing that is executed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import ModelUnavailable
from aiaas_mock.inference.recommenders.factors import Factors, to_bytes
from aiaas_mock.inference.recommenders.manifest import (
    ITEMS_FILE,
    PRIOR_FILE,
    AnyMember,
    FactorsMember,
    Manifest,
    NeighboursMember,
    NetworkMember,
    RecommenderError,
    read_manifest,
    write_manifest,
)
from aiaas_mock.inference.recommenders.neighbours import Neighbours
from aiaas_mock.inference.recommenders.protocol import Floats, Member, Recommender
from aiaas_mock.inference.recommenders.summed import SummedRecommender

__all__ = ["Artefact", "load_recommender", "read_manifest", "write_artefact"]

_Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """A trained recommender before it is written.

    Attributes:
        manifest: Of what it is made.
        items: Ids of the items, in the order of the scores.
        prior: The scores for an empty history, one per item.
        files: What each member's file holds.
    """

    manifest: Manifest
    items: tuple[str, ...]
    prior: Floats
    files: Mapping[str, Neighbours | Factors | bytes] = field(default_factory=dict)


def write_artefact(folder: Path, artefact: Artefact) -> None:
    """Write a recommender into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(folder, artefact.manifest)
    lines = [json.dumps(item, ensure_ascii=True) + "\n" for item in artefact.items]
    (folder / ITEMS_FILE).write_text("".join(lines), "ascii")
    np.savez_compressed(folder / PRIOR_FILE, prior=artefact.prior.astype(np.float32))
    for name, content in artefact.files.items():
        match content:
            case Neighbours(starts, neighbours, values):
                np.savez_compressed(
                    folder / name, starts=starts, neighbours=neighbours, values=values
                )
            case Factors(folded, items):
                (f, f_scales), (i, i_scales) = to_bytes(folded), to_bytes(items)
                np.savez_compressed(
                    folder / name, folded=f, folded_scales=f_scales, items=i, items_scales=i_scales
                )
            case bytes():
                (folder / name).write_bytes(content)


def load_recommender(folder: Path) -> Recommender:
    """Read a recommender.

    Raises:
        RecommenderError: The folder is none, or breaks the format.
    """
    manifest = read_manifest(folder)
    items = _read_items(folder, manifest.items)
    prior = _arrays(folder, PRIOR_FILE, "prior")["prior"].astype(np.float32)
    _require(folder, prior.shape == (len(items),), f"{PRIOR_FILE} has another number of items")
    _require(folder, bool(np.isfinite(prior).all()), f"{PRIOR_FILE} has numbers that are none")
    members = [(member.weight, _member(folder, member, len(items))) for member in manifest.members]
    return SummedRecommender(items, manifest.family, manifest.weights_of_time(), prior, members)


def _read_items(folder: Path, expected: int) -> tuple[str, ...]:
    try:
        lines = (folder / ITEMS_FILE).read_text("ascii").splitlines()
        items = tuple(json.loads(line) for line in lines)
    except (OSError, ValueError) as error:
        raise RecommenderError(
            folder, f"{ITEMS_FILE} cannot be read: one JSON string a line is expected"
        ) from error
    _require(folder, all(isinstance(item, str) for item in items), f"{ITEMS_FILE}: not all strings")
    _require(folder, len(set(items)) == len(items), f"{ITEMS_FILE} names an item twice")
    _require(folder, len(items) == expected, f"{ITEMS_FILE} has {len(items)} of {expected} items")
    return items


def _member(folder: Path, member: AnyMember, size: int) -> Member:
    match member:
        case NeighboursMember():
            return _neighbours(folder, member.file, size)
        case FactorsMember():
            return _factors(folder, member.file, size)
        case NetworkMember():
            return _network(folder, member, size)


def _neighbours(folder: Path, name: str, size: int) -> Neighbours:
    arrays = _arrays(folder, name, "starts", "neighbours", "values")
    starts, neighbours, values = arrays["starts"], arrays["neighbours"], arrays["values"]
    # What breaks this would be read as another item's row, or beyond the end.
    whole = (
        starts.shape == (size + 1,)
        and starts[0] == 0
        and starts[-1] == len(neighbours) == len(values)
        and bool((np.diff(starts) >= 0).all())
        and (not len(neighbours) or 0 <= neighbours.min() <= neighbours.max() < size)
        and bool(np.isfinite(values).all())
    )
    _require(folder, whole, f"{name} holds no rows of {size} items")
    return Neighbours(starts.astype(np.int64), neighbours, values)


def _factors(folder: Path, name: str, size: int) -> Factors:
    arrays = _arrays(folder, name, "folded", "folded_scales", "items", "items_scales")
    whole = all(
        arrays[f"{key}_scales"].shape == (size, 1)
        and arrays[key].ndim == 2
        and len(arrays[key]) == size
        for key in ("folded", "items")
    )
    _require(folder, whole, f"{name} holds no vectors of {size} items")
    folded, items = (
        arrays[key].astype(np.float32) * arrays[f"{key}_scales"].astype(np.float32)
        for key in ("folded", "items")
    )
    whole = folded.shape == items.shape and bool(
        np.isfinite(folded).all() & np.isfinite(items).all()
    )
    _require(folder, whole, f"{name} holds no vectors of {size} items")
    return Factors(folded, items)


def _network(folder: Path, member: NetworkMember, size: int) -> Member:
    # The runtime is loaded for who has a network alone.
    from aiaas_mock.inference.recommenders.network import Network

    try:
        network = Network(folder / member.file, member, size)
    except (ModelUnavailable, ValueError, RuntimeError) as error:
        raise RecommenderError(folder, f"{member.file} cannot be run: {error}") from error
    whole = network.nothing.shape == (size,) and bool(np.isfinite(network.nothing).all())
    _require(folder, whole, f"{member.file} scores no {size} items")
    return network


def _arrays(folder: Path, name: str, *keys: str) -> _Arrays:
    try:
        with np.load(folder / name, allow_pickle=False) as file:
            return {key: file[key] for key in keys}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        wanted = ", ".join(keys)
        raise RecommenderError(
            folder, f"{name} cannot be read: arrays {wanted} are expected"
        ) from error


def _require(folder: Path, holds: bool, fault: str) -> None:
    if not holds:
        raise RecommenderError(folder, fault)
