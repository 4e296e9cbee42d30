"""`recommender.json`: of what a recommender is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, ValidationError

from aiaas.contract._findings import findings
from aiaas_mock.inference.card_inputs import CardPart
from aiaas_mock.inference.recommenders.recency import Recency

MANIFEST_FILE: Final = "recommender.json"
ITEMS_FILE: Final = "items.txt"
PRIOR_FILE: Final = "prior.npz"

Family = Literal[
    "popularity",
    "item-knn",
    "ease",
    "bpr",
    "two-tower",
    "multi-vae",
    "gru4rec",
    "sasrec",
    "ensemble",
]
FileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class RecommenderError(Exception):
    """A folder that is no recommender; the message says what is wrong with it."""

    def __init__(self, folder: Path, message: str) -> None:
        super().__init__(f"recommender {folder}: {message}")
        self.folder = folder


class NeighboursMember(CardPart):
    """What each item speaks for: its neighbours with their weights, in rows of unequal length.

    The file holds `starts` (int64, items + 1), `neighbours` (integers) and `values` (floats).
    """

    kind: Literal["neighbours"] = "neighbours"
    family: Family
    file: FileName
    weight: float = 1.0


class FactorsMember(CardPart):
    """Vectors: a person's is the weighted sum of `folded` of their items, held against `items`.

    The file holds both, arrays of items x size in whole numbers, and what each row is multiplied
    with: `folded_scales` and `items_scales`, items x 1.
    """

    kind: Literal["factors"] = "factors"
    family: Family
    file: FileName
    weight: float = 1.0


class NetworkMember(CardPart):
    """A network in a ``.tflite`` file that gives one number per item.

    Attributes:
        input: "bag": a row of float32, the weight of each item. "sequence": a row of int32, the
            last `length` items counted from 1, with 0 before the first.
        length: Items in a row of a sequence.
    """

    kind: Literal["network"] = "network"
    family: Family
    file: FileName
    weight: float = 1.0
    input: Literal["bag", "sequence"]
    length: PositiveInt = 1


AnyMember = Annotated[NeighboursMember | FactorsMember | NetworkMember, Field(discriminator="kind")]


class RecencySettings(CardPart):
    """See `Recency`."""

    half_life_visits: PositiveFloat | None = None
    floor: Annotated[float, Field(ge=0, le=1)] = 0.0


class Manifest(CardPart):
    """The content of `recommender.json`.

    The score of an item is its prior and the sum over the members of weight times score. The
    weights are fixed at training: nothing is normalised for a request, so that a sum of linear
    members stays linear.

    Attributes:
        format_version: Version of the folder's format.
        items: Number of items.
        trained_until_us: Time of the newest event that was learned from.
        settings: The settings that the model was trained with.
    """

    format_version: Literal[1] = 1
    family: Family
    items: NonNegativeInt
    members: tuple[AnyMember, ...] = ()
    recency: RecencySettings = RecencySettings()
    trained_until_us: int | None = None
    settings: dict[str, str | int | float | bool] = Field({})

    def weights_of_time(self) -> Recency:
        """Return the weights that the model expects of older items."""
        return Recency(self.recency.half_life_visits, self.recency.floor)


def read_manifest(folder: Path) -> Manifest:
    """Read what a recommender is made of.

    Raises:
        RecommenderError: There is no manifest, or it breaks the format.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except OSError as error:
        raise RecommenderError(
            folder, f"there is no readable {MANIFEST_FILE} ({error.strerror})"
        ) from error
    except ValidationError as error:
        first = findings(error, Manifest)[0]
        place = ".".join(str(step) for step in first.place) or "the document"
        raise RecommenderError(
            folder, f"{MANIFEST_FILE} breaks the format: {first.about(place)}"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `recommender.json`."""
    content = manifest.model_dump(mode="json", exclude_none=True)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST_FILE).write_text(text, "utf-8")
