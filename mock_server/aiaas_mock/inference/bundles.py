"""The catalogue: every bundle that is there, verified, and how names are understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiaas_mock.inference.card_outputs import ScoresOutput, TagsOutput
from aiaas_mock.inference.cards import CARD_FILE, BundleError, Card, read_labels, verify_bundle

SHIPPED = Path(__file__).parent.parent / "bundles"
"""The models that come with the server."""


class UnknownModel(LookupError):
    """No model, version or variant of that name; the message says what there is."""


@dataclass(frozen=True)
class Bundle:
    """A verified bundle: its card and where its files lie."""

    card: Card
    folder: Path

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels, or tags, in the order of the classes; empty for a model that has none."""
        output = self.card.output
        if not isinstance(output, ScoresOutput | TagsOutput):
            return ()
        return read_labels(self.folder, output)


@dataclass(frozen=True)
class ModelRef:
    """A model that was asked for: a bundle, and a variant when one was named."""

    bundle: Bundle
    variant: str | None = None

    @property
    def card(self) -> Card:
        """The bundle's card."""
        return self.bundle.card

    @cached_property
    def id(self) -> str:
        """``name@version``, with ``:variant`` when one was asked for."""
        return f"{self.card.id}:{self.variant}" if self.variant else self.card.id


class Catalogue:
    """Verified bundles by name.

    A model is asked for as ``name``, ``name@version`` or an alias, each with an optional
    ``:variant``. A bare name means the newest version.
    """

    def __init__(self, bundles: Iterable[Bundle]) -> None:
        self._by_id = {
            bundle.card.id: bundle for bundle in sorted(bundles, key=lambda b: _age(b.card))
        }
        self._names: dict[str, Bundle] = {}
        for bundle in self._by_id.values():  # oldest first: the newest version keeps the name
            for name in (*bundle.card.aliases, bundle.card.name):
                self._names[name] = bundle
        self._check_bases()

    @classmethod
    def scan(cls, *folders: Path) -> Catalogue:
        """Verify all bundles (``NAME/VERSION/card.json``) in the given folders.

        A later folder may bring a new version, or replace one, of an earlier folder's model.

        Raises:
            BundleError: A bundle must not be served.
        """
        found: dict[str, Bundle] = {}
        for folder in folders:
            if not folder.is_dir():
                raise BundleError("card_missing", folder, "there is no such folder")
            for card_file in sorted(folder.glob(f"*/*/{CARD_FILE}")):
                bundle = Bundle(verify_bundle(card_file.parent), card_file.parent)
                found[bundle.card.id] = bundle
        return cls(found.values())

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """All bundles by id, sorted by name and age."""
        return self._by_id

    def has(self, name: str) -> bool:
        """Say whether there is a model of that name."""
        return name in self._by_id or name in self._names

    def resolve(self, reference: str) -> ModelRef:
        """Find the model that `reference` names.

        Raises:
            UnknownModel: There is no such model, version or variant.
        """
        name, _, variant = reference.partition(":")
        bundle = self._by_id.get(name) or self._names.get(name)
        if bundle is None:
            raise UnknownModel(self._not_found(name))
        if variant and variant not in bundle.card.variants:
            known = ", ".join(bundle.card.variants)
            raise UnknownModel(f"model {bundle.card.id} has no variant {variant!r}; it has {known}")
        return ModelRef(bundle, variant or None)

    def _not_found(self, name: str) -> str:
        base = name.partition("@")[0]
        versions = [i for i, bundle in self._by_id.items() if bundle.card.name == base]
        known = versions or sorted({bundle.card.name for bundle in self._by_id.values()})
        return f"there is no model {name[:128]!r}; there is {', '.join(known)}"

    def _check_bases(self) -> None:
        for bundle in self._by_id.values():
            base = bundle.card.base
            if base is not None and base not in self._by_id:
                raise BundleError(
                    "card_invalid",
                    bundle.folder,
                    f"its base {base!r} is not here; put that bundle beside it",
                )


def _age(card: Card) -> tuple[str, list[tuple[int, str]]]:
    """Sort key: versions compare by their numbers; 10 is newer than 9, and than 10-rc1."""
    parts = re.split(r"[.-]", card.version)
    numbers = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
    return card.name, [*numbers, (0, "")]
