"""The shipped models are what their cards say, and can be made again."""

import gzip
import io
import math
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aiaas_mock import zoo
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.cards import Card, read_labels, verify_bundle
from aiaas_mock.inference.preprocess.images import ImageLimits, decode_image, to_input
from aiaas_mock.zoo import ZooError
from aiaas_mock.zoo.data_sets import CLOTHING_LABELS, FASHION_LABELS
from aiaas_mock.zoo.imagenet import MOBILENET_V2, adopt
from aiaas_mock.zoo.measuring import Interpreter, accuracy, litert_variants, picture_input

ROOT = Path(__file__).parents[2]
BUNDLES = ROOT / "mock_server" / "aiaas_mock" / "bundles"
PHOTOS = ROOT / "examples" / "photos"
SAMPLE = ROOT / "tests" / "data" / "fashion_mnist_sample.npz"
LARGEST_WEIGHTS_BYTES = 30_000_000
FOLDERS = sorted(card.parent for card in BUNDLES.glob("*/*/card.json"))

# Keras' own code, on the numpy of today.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Sample = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def shipped(name: str) -> tuple[Path, Card]:
    folder = BUNDLES / name / "1"
    return folder, verify_bundle(folder)


def labels_of(folder: Path, card: Card) -> tuple[str, ...]:
    assert isinstance(card.output, ScoresOutput)
    return read_labels(folder, card.output)


@pytest.fixture(scope="module")
def sample() -> Sample:
    with np.load(SAMPLE) as arrays:
        return arrays["images"], arrays["labels"]


def test_every_model_of_the_zoo_is_shipped_and_no_other() -> None:
    assert {folder.parent.name for folder in FOLDERS} == set(zoo.FAMILIES)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_shipped_bundle_verifies_and_lies_where_its_card_says(folder: Path) -> None:
    card = verify_bundle(folder)
    assert (folder.parent.name, folder.name) == (card.name, card.version)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_figure_names_the_command_that_measures_it_again(folder: Path) -> None:
    card = verify_bundle(folder)
    assert card.metrics
    for metric in card.metrics:
        assert metric.command.startswith(f"aiaas-mock evaluate {card.name} --data ")
        assert metric.variant in card.variants
        unbounded = "perplexity" in metric.name or "bits" in metric.name
        assert 0 <= metric.value <= (math.inf if unbounded else 1)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_card_names_its_origin_data_and_limits(folder: Path) -> None:
    card = verify_bundle(folder)
    assert card.limits
    assert card.data.licence
    if card.origin == "third-party":
        assert card.source is not None
        assert len(card.source.commit) == 40
        assert card.training is None
    else:
        assert card.training is not None
        assert card.training.command.startswith(f"aiaas-mock train {card.name} ")


def test_all_weights_together_stay_below_30_megabytes() -> None:
    assert sum(path.stat().st_size for path in BUNDLES.rglob("*")) < LARGEST_WEIGHTS_BYTES


def test_the_textbook_network_has_its_93_322_parameters() -> None:
    assert shipped("fashion-cnn")[1].parameters == 93_322


def test_the_residual_network_keeps_below_400_000_parameters() -> None:
    parameters = shipped("fashion-resnet")[1].parameters
    assert parameters is not None
    assert parameters < 400_000


def figure(name: str, variant: str) -> float:
    return next(m.value for m in shipped(name)[1].metrics if m.variant == variant)


@pytest.mark.parametrize(
    ("name", "floor"), [("fashion-cnn", 0.89), ("fashion-resnet", 0.94), ("clothing", 0.85)]
)
def test_the_accuracy_on_the_card_reaches_what_was_asked(name: str, floor: float) -> None:
    assert figure(name, "float32") >= floor


@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet"])
def test_eight_bits_cost_at_most_three_tenths_of_a_point(name: str) -> None:
    assert figure(name, "float32") - figure(name, "int8") <= 0.003


@pytest.mark.parametrize(
    ("name", "variant", "floor"),
    [
        ("fashion-cnn", "float32", 0.85),
        ("fashion-cnn", "int8", 0.85),
        ("fashion-resnet", "float32", 0.90),
        ("fashion-resnet", "int8", 0.90),
    ],
)
def test_the_fashion_models_know_the_sample(
    sample: Sample, name: str, variant: str, floor: float
) -> None:
    images, labels = sample
    folder, card = shipped(name)
    pixels = to_input(images, picture_input(card))[..., None]
    scores = Interpreter(folder, card, variant=variant).run(pixels)
    assert accuracy(scores, labels) >= floor
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=0.02)


@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet"])
@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_a_batch_answers_as_its_items_do_alone(sample: Sample, name: str, variant: str) -> None:
    folder, card = shipped(name)
    pixels = to_input(sample[0][:20], picture_input(card))[..., None]
    together = Interpreter(folder, card, variant=variant).run(pixels)
    alone = Interpreter(folder, card, variant=variant)
    one_by_one = np.concatenate([alone.run(pixels[i : i + 1]) for i in range(len(pixels))])
    np.testing.assert_allclose(together, one_by_one, atol=1e-5)


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ("fashion_ankle_boot.png", "Ankle boot"),
        ("fashion_bag.png", "Bag"),
        ("fashion_pullover.png", "Pullover"),
    ],
)
@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet"])
def test_the_example_items_are_named(name: str, picture: str, label: str) -> None:
    folder, card = shipped(name)
    decoded = decode_image((PHOTOS / picture).read_bytes(), picture_input(card), ImageLimits())
    scores = Interpreter(folder, card, variant="float32").run(decoded.array[None])[0]
    assert labels_of(folder, card)[scores.argmax()] == label


@pytest.mark.parametrize(
    ("photo", "label"),
    [
        ("clothing_dress.jpg", "dress"),
        ("clothing_shoes.jpg", "shoes"),
        ("clothing_t_shirt.jpg", "t-shirt"),
    ],
)
def test_the_example_photos_of_clothing_are_named(photo: str, label: str) -> None:
    folder, card = shipped("clothing")
    assert card.base is not None
    base_folder, base = shipped(card.base.partition("@")[0])
    spec = picture_input(base)
    decoded = decode_image((PHOTOS / photo).read_bytes(), spec, ImageLimits())
    embedding = Interpreter(base_folder, base, variant="int8").run(decoded.array[None])
    scores = Interpreter(folder, card, variant="float32").run(embedding)[0]
    assert labels_of(folder, card)[scores.argmax()] == label


def test_the_labels_are_those_of_the_data_sets() -> None:
    assert labels_of(*shipped("fashion-resnet")) == FASHION_LABELS
    assert labels_of(*shipped("clothing")) == CLOTHING_LABELS
    imagenet = labels_of(*shipped("imagenet-mobilenet-v2"))
    assert len(imagenet) == 1001
    assert imagenet[0] == "background"


def test_the_reference_photos_are_answered_as_the_card_says() -> None:
    _, card = shipped("imagenet-mobilenet-v2")
    found = zoo.evaluate("imagenet-mobilenet-v2", data=PHOTOS, bundles=BUNDLES)
    assert [metric.name for metric in found] == [metric.name for metric in card.metrics]
    for now, then in zip(found, card.metrics, strict=True):
        # One step of the 8-bit scores is 1/256; another processor may round another way.
        assert now.value == pytest.approx(then.value, abs=0.03)


@pytest.fixture(scope="module")
def keras() -> Iterator[Any]:
    module = pytest.importorskip("keras")
    yield module
    module.backend.clear_session()


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet", "clothing"])
def test_litert_answers_as_keras_does(keras: Any, sample: Sample, name: str) -> None:
    folder, card = shipped(name)
    model = keras.models.load_model(folder / card.variants["keras"].file)
    if isinstance(card.input, ImageInput):
        examples = to_input(sample[0], card.input)[..., None]
    else:
        rng = np.random.default_rng(0)
        examples = rng.random((50, card.input.size), np.float32)
    expected = model.predict(examples, batch_size=50, verbose=0)
    found = Interpreter(folder, card, variant="float32").run(examples)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert model.count_params() == card.parameters


def write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    header = struct.pack(">I", 0x0800 + values.ndim) + struct.pack(
        f">{values.ndim}I", *values.shape
    )
    with gzip.open(path, "wb") as file:
        file.write(header + values.tobytes())


@pytest.fixture
def tiny_data(tmp_path: Path, sample: Sample) -> Path:
    """Give a data folder whose training split is the sample."""
    folder = tmp_path / "data" / "fashion-mnist"
    folder.mkdir(parents=True)
    for split in ("train", "t10k"):
        write_idx(folder / f"{split}-images-idx3-ubyte.gz", sample[0])
        write_idx(folder / f"{split}-labels-idx1-ubyte.gz", sample[1])
    return folder.parent


@pytest.mark.tensorflow
@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet"])
def test_training_writes_a_bundle_that_loads_and_can_be_measured(
    tiny_data: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "bundles"
    lines: list[str] = []
    folder = zoo.train(name, data=tiny_data, out=out, epochs=1, report=lines.append)
    card = verify_bundle(folder)
    assert folder == out / name / "1"
    assert lines
    assert card.parameters == shipped(name)[1].parameters
    assert card.files.keys() == {"model.tflite", "model-int8.tflite", "model.keras", "labels.txt"}
    assert litert_variants(card) == ["float32", "int8"]
    assert zoo.evaluate(name, data=tiny_data, bundles=out) == card.metrics


@pytest.fixture
def tiny_clothing(tmp_path: Path) -> Path:
    """Give a data folder whose three splits are the three example photos."""
    folder = tmp_path / "clothing"
    folder.mkdir()
    with tarfile.open(folder / "clothing-small.tar", "w") as archive:
        for split in ("train", "validation", "test"):
            for label in ("dress", "shoes", "t-shirt"):
                photo = (PHOTOS / f"clothing_{label.replace('-', '_')}.jpg").read_bytes()
                member = tarfile.TarInfo(f"{split}/{label}/photo.jpg")
                member.size = len(photo)
                archive.addfile(member, io.BytesIO(photo))
    return folder


@pytest.mark.tensorflow
@pytest.mark.usefixtures("keras")
def test_a_head_is_trained_on_the_base_that_lies_beside_it(
    tiny_clothing: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bundles"
    base = "imagenet-mobilenet-v1-embedding"
    shutil.copytree(BUNDLES / base, out / base)
    lines: list[str] = []
    folder = zoo.train("clothing", data=tiny_clothing, out=out, epochs=2, report=lines.append)
    card = verify_bundle(folder)
    assert card.base == f"{base}@1"
    assert card.parameters == shipped("clothing")[1].parameters
    assert "validation" in lines[1]
    assert zoo.evaluate("clothing", data=tiny_clothing, bundles=out) == card.metrics


def test_the_nearest_neighbour_of_a_photo_among_itself_is_itself(tiny_clothing: Path) -> None:
    name = "imagenet-mobilenet-v1-embedding"
    (metric,) = zoo.evaluate(name, data=tiny_clothing, bundles=BUNDLES)
    assert metric.value == 1


def test_a_third_partys_file_becomes_the_bundle_that_is_shipped(tmp_path: Path) -> None:
    folder, card = shipped("imagenet-mobilenet-v2")
    weights, labels = folder / "model.tflite", labels_of(folder, card)
    made = adopt(MOBILENET_V2, weights=weights, labels=labels, data=PHOTOS, out=tmp_path)
    assert verify_bundle(made).files == card.files


def run_without_tensorflow(code: str) -> str:
    """Run code in a fresh interpreter in which TensorFlow cannot be imported."""
    setup = "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
    command = [sys.executable, "-c", setup + code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_measuring_needs_no_tensorflow() -> None:
    code = f"""
from pathlib import Path
from aiaas_mock import zoo
print(len(zoo.evaluate("imagenet-mobilenet-v2", data=Path({str(PHOTOS)!r}),
                       bundles=Path({str(BUNDLES)!r}))))
"""
    assert run_without_tensorflow(code).strip() == "3"


@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-resnet", "clothing"])
def test_training_without_tensorflow_says_what_to_install(name: str) -> None:
    code = f"""
from pathlib import Path
from aiaas_mock import zoo
try:
    zoo.train({name!r}, data=Path(), out=Path())
except zoo.ZooError as error:
    print(error.code, error)
"""
    answer = run_without_tensorflow(code)
    assert answer.startswith("tensorflow_missing ")
    assert "pip install 'aiaas[server,tensorflow]'" in answer


def test_a_model_that_the_zoo_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="fashion-resnet") as caught:
        zoo.train("gpt-7", data=tmp_path, out=tmp_path)
    assert caught.value.code == "unknown_model"


@pytest.mark.parametrize("name", ["imagenet-mobilenet-v2", "imagenet-mobilenet-v1-embedding"])
def test_a_third_partys_model_cannot_be_trained(tmp_path: Path, name: str) -> None:
    with pytest.raises(ZooError, match="pre-trained by a third party") as caught:
        zoo.train(name, data=tmp_path, out=tmp_path)
    assert caught.value.code == "not_trainable"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("fashion-resnet", "dataset-fashion-mnist"),
        ("clothing", "clothing-dataset-small"),
        ("imagenet-mobilenet-v2", "examples/photos"),
    ],
)
def test_missing_data_is_an_error_that_names_the_source(
    tmp_path: Path, name: str, remedy: str
) -> None:
    with pytest.raises(ZooError, match=remedy) as caught:
        zoo.evaluate(name, data=tmp_path, bundles=BUNDLES)
    assert caught.value.code == "data_missing"


def test_the_data_folder_comes_from_the_environment_when_it_is_not_given(
    tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIAAS_DATA_DIR", str(tiny_data))
    (found, _) = zoo.evaluate("fashion-cnn", bundles=BUNDLES)
    assert found.value >= 0.85
    monkeypatch.delenv("AIAAS_DATA_DIR")
    with pytest.raises(ZooError, match="AIAAS_DATA_DIR"):
        zoo.evaluate("fashion-cnn", bundles=BUNDLES)
