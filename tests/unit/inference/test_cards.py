"""Bundles: what a card must say, and that a changed byte never gets served."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from aiaas_mock.inference.card_inputs import ImageInput, VectorInput
from aiaas_mock.inference.card_outputs import EmbeddingOutput, ScoresOutput
from aiaas_mock.inference.cards import (
    CARD_FILE,
    BundleError,
    Card,
    DataSet,
    Metric,
    Variant,
    read_card,
    read_labels,
    verify_bundle,
    write_card,
)

CARD = Card(
    name="tiny",
    version="1",
    task="image-classification",
    summary="Two classes",
    origin="trained-by-us",
    input=ImageInput(width=2, height=3, mode="L", dtype="float32", scale=1 / 255),
    output=ScoresOutput(size=2, labels_file="labels.txt"),
    max_batch=8,
    architecture="none",
    data=DataSet(name="none", licence="CC0 1.0", source="made up", split="none"),
    limits="Everything",
    licence="Apache-2.0",
    created=date(2026, 1, 2),
    variants={"float32": Variant(engine="litert", file="model.tflite")},
    default_variant="float32",
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny" / "1"
    folder.mkdir(parents=True)
    (folder / "model.tflite").write_bytes(b"weights")
    (folder / "labels.txt").write_text("cat\ndog\n", "utf-8")
    write_card(folder, CARD)
    return folder


def edit(folder: Path, **changes: Any) -> None:
    path = folder / CARD_FILE
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def fault_of(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        verify_bundle(folder)
    assert caught.value.folder == folder
    assert str(folder) in str(caught.value)
    return caught.value


def test_a_written_bundle_verifies_and_reads_back_the_same(bundle: Path) -> None:
    card = verify_bundle(bundle)
    assert card.id == "tiny@1"
    assert card.files.keys() == {"model.tflite", "labels.txt"}
    assert card.files["model.tflite"].size_bytes == 7
    assert card.model_copy(update={"files": {}}) == CARD
    assert write_card(bundle, card) == card


def test_the_kind_of_input_and_output_decides_their_type(bundle: Path) -> None:
    edit(
        bundle,
        task="image-embedding",
        base="other@1",
        input={"kind": "vector", "size": 4},
        output={"kind": "embedding", "size": 2},
    )
    card = verify_bundle(bundle)
    assert card.input == VectorInput(size=4)
    assert card.output == EmbeddingOutput(size=2)


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3)])
def test_channels_follow_from_the_mode(mode: Any, channels: int) -> None:
    spec = ImageInput(width=1, height=1, mode=mode, dtype="uint8")
    assert spec.channels == channels


def test_a_card_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CARD.name = "other"  # type: ignore[misc]


def test_labels_are_read_in_the_order_of_the_classes(bundle: Path) -> None:
    assert isinstance(CARD.output, ScoresOutput)
    assert read_labels(bundle, CARD.output) == ("cat", "dog")


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    fault = fault_of(tmp_path)
    assert fault.code == "card_missing"
    assert "card.json" in str(fault)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"surprise": 1}, "surprise"),
        ({"schema_version": 2}, "schema_version"),
        ({"name": "../tiny"}, "name"),
        ({"name": "Tiny Model"}, "name"),
        ({"max_batch": 0}, "max_batch"),
        ({"fixed_batch": 2}, "fixed_batch"),
        ({"task": "mind-reading"}, "task"),
        ({"input": {"kind": "sound"}}, "input"),
        ({"default_variant": "int4"}, "int4"),
        ({"variants": {"float32": {"engine": "litert", "file": "gone.tflite"}}}, "gone.tflite"),
        ({"output": {"kind": "scores", "size": 3, "labels_file": "labels.txt"}}, "3 classes"),
    ],
)
def test_an_invalid_card_is_refused_and_the_fault_named(
    bundle: Path, changes: dict[str, Any], named: str
) -> None:
    edit(bundle, **changes)
    fault = fault_of(bundle)
    assert fault.code == "card_invalid"
    assert named in str(fault)


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"name": NaN}'])
def test_a_card_that_is_no_json_object_is_refused(bundle: Path, text: str) -> None:
    (bundle / CARD_FILE).write_text(text, "utf-8")
    assert fault_of(bundle).code == "card_invalid"


def test_a_metric_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValidationError, match="finite"):
        Metric(name="accuracy", split="test", value=float("nan"), variant="float32", command="x")


def test_a_changed_byte_is_refused(bundle: Path) -> None:
    (bundle / "model.tflite").write_bytes(b"weighty")
    fault = fault_of(bundle)
    assert fault.code == "file_changed"
    assert "model.tflite" in str(fault)
    assert "SHA-256" in str(fault)


def test_a_cut_file_is_refused_with_both_sizes(bundle: Path) -> None:
    (bundle / "model.tflite").write_bytes(b"wei")
    fault = fault_of(bundle)
    assert fault.code == "file_changed"
    assert "expected 7 bytes, found 3 bytes" in str(fault)


def test_a_missing_file_is_refused(bundle: Path) -> None:
    (bundle / "model.tflite").unlink()
    fault = fault_of(bundle)
    assert fault.code == "file_missing"
    assert "model.tflite" in str(fault)


def test_a_file_that_the_card_does_not_list_is_refused(bundle: Path) -> None:
    (bundle / "extra").mkdir()
    (bundle / "extra" / "payload.bin").write_bytes(b"?")
    fault = fault_of(bundle)
    assert fault.code == "file_unlisted"
    assert "extra/payload.bin" in str(fault)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "a\\..\\b", "C:b", ""])
def test_a_path_out_of_the_folder_is_refused(bundle: Path, name: str) -> None:
    files = json.loads((bundle / CARD_FILE).read_text("utf-8"))["files"]
    edit(bundle, files=files | {name: {"sha256": "0" * 64, "size_bytes": 1}})
    assert fault_of(bundle).code == "path_escapes"


def test_a_link_out_of_the_folder_is_refused(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"weights")
    (bundle / "model.tflite").unlink()
    (bundle / "model.tflite").symlink_to(outside)
    assert fault_of(bundle).code == "path_escapes"


def test_a_saved_model_folder_counts_as_listed_when_its_files_are(bundle: Path) -> None:
    (bundle / "saved").mkdir()
    (bundle / "saved" / "saved_model.pb").write_bytes(b"graph")
    variants = CARD.variants | {"saved": Variant(engine="tensorflow", file="saved")}
    card = write_card(bundle, CARD.model_copy(update={"variants": variants}))
    assert "saved/saved_model.pb" in card.files
    assert verify_bundle(bundle) == card


def test_reading_a_card_does_not_look_at_the_files(bundle: Path) -> None:
    (bundle / "model.tflite").unlink()
    assert read_card(bundle).name == "tiny"


def test_an_out_of_scope_class_that_is_no_label_is_refused(bundle: Path) -> None:
    output = {"kind": "scores", "size": 2, "labels_file": "labels.txt"}
    edit(bundle, output={**output, "out_of_scope": {"label": "bird", "threshold": 0.5}})
    assert "out_of_scope.label 'bird' is not in the labels" in str(fault_of(bundle))


def test_several_classes_that_may_hold_need_a_threshold_each(bundle: Path) -> None:
    output = {"kind": "scores", "size": 2, "labels_file": "labels.txt"}
    edit(bundle, output={**output, "activation": "sigmoid", "thresholds": [0.5]})
    assert "1 thresholds for 2 classes" in str(fault_of(bundle))
