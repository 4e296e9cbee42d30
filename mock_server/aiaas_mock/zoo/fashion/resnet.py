"""The network: four residual blocks with squeeze-and-excitation, most of it at 14x14 and 7x7.

Only a narrow stem sees the full 28x28, which keeps one pass near 26 million multiply-adds: small
enough to train on two cores in under an hour. Every convolution is followed by its own batch
normalisation, so that the converter can fold the two into one.
"""

from typing import Any

from tensorflow import keras

STEM_FILTERS = 16
BLOCKS = ((48, 2), (48, 1), (88, 2), (88, 1))
"""Filters and stride of each residual block."""
SQUEEZE_RATIO = 8
CLASSES = 10

layers = keras.layers
ops = keras.ops


def build_logits(dropout: float = 0.1) -> Any:
    """Build the network up to its logits, the form it is trained in."""
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = _conv(pixels, STEM_FILTERS, size=3)
    x = layers.ReLU()(x)
    for filters, stride in BLOCKS:
        x = _block(x, filters, stride)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout, seed=0)(x)
    return keras.Model(pixels, layers.Dense(CLASSES, name="logits")(x), name="fashion_resnet")


def served(logits: Any) -> Any:
    """Return the form in which a trained network is served: picture and mirror image, averaged.

    Left and right mean nothing on a garment, so that a second look through the mirror removes
    some chance from the answer, at twice the arithmetic and no more weights.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    # Both go through as one batch of double length: the converted graph holds the network once.
    both = ops.concatenate([pixels, ops.flip(pixels, axis=2)], axis=0)
    scores = layers.Softmax(name="scores")(logits(both))
    averaged = ops.mean(ops.reshape(scores, (2, -1, CLASSES)), axis=0)
    return keras.Model(pixels, averaged, name=f"{logits.name}_served")


def _block(x: Any, filters: int, stride: int) -> Any:
    y = _conv(x, filters, size=3, stride=stride)
    y = layers.ReLU()(y)
    y = _conv(y, filters, size=3)
    y = _excite(y, filters)
    if stride != 1 or x.shape[-1] != filters:
        # Averaging before the 1x1 keeps all pixels in the shortcut; a strided 1x1 drops 3 of 4.
        x = layers.AveragePooling2D(stride)(x) if stride != 1 else x
        x = _conv(x, filters, size=1)
    return layers.ReLU()(layers.Add()([x, y]))


def _excite(x: Any, filters: int) -> Any:
    weights = layers.GlobalAveragePooling2D(keepdims=True)(x)
    weights = layers.Conv2D(filters // SQUEEZE_RATIO, 1, activation="relu")(weights)
    weights = layers.Conv2D(filters, 1, activation="sigmoid")(weights)
    return layers.Multiply()([x, weights])


def _conv(x: Any, filters: int, *, size: int, stride: int = 1) -> Any:
    x = layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.95)(x)
