"""What can go wrong while a model is made or measured."""

from typing import Literal

ZooErrorCode = Literal[
    "bad_settings",
    "data_missing",
    "not_answered",
    "not_enough_events",
    "not_trainable",
    "tensorflow_missing",
    "unknown_model",
]


class ZooError(Exception):
    """A model cannot be trained or measured; the message says what to do.

    Attributes:
        code: Stable name of what is wrong.
    """

    def __init__(self, code: ZooErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ZooErrorCode = code
