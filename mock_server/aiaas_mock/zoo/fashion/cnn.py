"""The textbook network: three convolutions and two dense layers, 93,322 parameters.

The other models are measured by it, so it stays exactly as it is.
"""

from typing import Any

from tensorflow import keras

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.preprocess.images import to_input
from aiaas_mock.zoo.data_sets import LabelledImages

EPOCHS = 5
BATCH = 64
SEED = 7

layers = keras.layers


def build_cnn() -> Any:
    """Build the network, untrained."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="pixels"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax", name="scores"),
        ],
        name="fashion_cnn",
    )


def fit_cnn(train: LabelledImages, spec: ImageInput, *, epochs: int = EPOCHS) -> Any:
    """Train the network on the whole training split and return it without its optimizer."""
    keras.utils.set_random_seed(SEED)
    trained = build_cnn()
    trained.compile("adam", "sparse_categorical_crossentropy")
    pixels = to_input(train.images, spec)[..., None]
    trained.fit(pixels, train.labels, batch_size=BATCH, epochs=epochs, verbose=0)
    model = build_cnn()
    model.set_weights(trained.get_weights())
    return model
