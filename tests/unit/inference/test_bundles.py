"""The catalogue: how models are named, and which one a name means."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aiaas_mock.inference.bundles import SHIPPED, Bundle, Catalogue, UnknownModel
from aiaas_mock.inference.cards import BundleError, verify_bundle

WriteBundle = Callable[..., Path]
VARIANTS = {
    "float32": {"engine": "litert", "file": "model.tflite"},
    "int8": {"engine": "litert", "file": "model-int8.tflite"},
}


def catalogue_of(*folders: Path) -> Catalogue:
    return Catalogue(Bundle(verify_bundle(folder), folder) for folder in folders)


def test_a_bare_name_means_the_newest_version(write_bundle: WriteBundle) -> None:
    folders = [write_bundle(version=version) for version in ("9", "10", "2", "10-rc1")]
    assert catalogue_of(*folders).resolve("tiny").id == "tiny@10"


@pytest.mark.parametrize(
    ("older", "newer"),
    [("9", "10"), ("1.9", "1.10"), ("1", "1.1"), ("2-rc1", "2.0"), ("b", "1"), ("3-rc2", "3")],
)
def test_versions_compare_by_their_numbers(
    write_bundle: WriteBundle, older: str, newer: str
) -> None:
    folders = [write_bundle(version=version) for version in (newer, older)]
    assert catalogue_of(*folders).resolve("tiny").id == f"tiny@{newer}"


def test_a_version_is_named_after_an_at_sign(write_bundle: WriteBundle) -> None:
    folders = [write_bundle(version=version) for version in ("1", "2")]
    assert catalogue_of(*folders).resolve("tiny@1").id == "tiny@1"


def test_an_alias_means_the_newest_bundle_that_has_it(write_bundle: WriteBundle) -> None:
    folders = [
        write_bundle(version="1", aliases=["small", "first"]),
        write_bundle(version="2", aliases=["small"]),
    ]
    catalogue = catalogue_of(*folders)
    assert catalogue.resolve("small").id == "tiny@2"
    assert catalogue.resolve("first").id == "tiny@1"


@pytest.mark.parametrize("reference", ["tiny:int8", "tiny@1:int8", "small:int8"])
def test_a_variant_is_named_after_a_colon(write_bundle: WriteBundle, reference: str) -> None:
    catalogue = catalogue_of(write_bundle(variants=VARIANTS, aliases=["small"]))
    ref = catalogue.resolve(reference)
    assert (ref.id, ref.variant) == ("tiny@1:int8", "int8")


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("large", "there is tiny"),
        ("tiny@3", "there is tiny@1, tiny@2"),
        ("", "there is tiny"),
        ("tiny@", "there is tiny@1, tiny@2"),
        ("tiny:int4", "it has float32"),
    ],
)
def test_an_unknown_name_is_told_what_there_is(
    write_bundle: WriteBundle, reference: str, hint: str
) -> None:
    folders = [write_bundle(version=version) for version in ("1", "2")]
    with pytest.raises(UnknownModel, match=hint):
        catalogue_of(*folders).resolve(reference)


def test_a_later_folder_replaces_and_adds(write_bundle: WriteBundle, tmp_path: Path) -> None:
    write_bundle(tmp_path / "shipped", summary="ours")
    write_bundle(tmp_path / "own", summary="theirs")
    write_bundle(tmp_path / "own", name="other")
    catalogue = Catalogue.scan(tmp_path / "shipped", tmp_path / "own")
    assert list(catalogue.bundles) == ["other@1", "tiny@1"]
    assert catalogue.resolve("tiny").card.summary == "theirs"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no such folder"):
        Catalogue.scan(tmp_path / "nowhere")


def test_a_head_without_its_base_is_refused(write_bundle: WriteBundle) -> None:
    folder = write_bundle(base="nowhere@1", input={"kind": "vector", "size": 3})
    with pytest.raises(BundleError, match="put that bundle beside it"):
        catalogue_of(folder)


def test_labels_are_those_of_the_card(write_bundle: WriteBundle) -> None:
    embedding = {"task": "image-embedding", "output": {"kind": "embedding", "size": 2}}
    catalogue = catalogue_of(write_bundle(), write_bundle(name="vectors", **embedding))
    assert catalogue.resolve("tiny").bundle.labels == ("cat", "dog")
    assert catalogue.resolve("vectors").bundle.labels == ()


def test_the_shipped_bundles_verify() -> None:
    assert {"fashion-cnn@1", "imagenet-mobilenet-v2@1"} <= Catalogue.scan(SHIPPED).bundles.keys()
