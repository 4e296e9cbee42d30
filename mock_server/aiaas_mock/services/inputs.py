"""Requests that bring files: the options, and each file's bytes or what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from aiaas_mock.errors import ApiError

OptionsT = TypeVar("OptionsT")

FileInput = bytes | ApiError
"""A file's bytes, or why they could not be read."""


@dataclass(frozen=True, slots=True)
class InputsRequest(Generic[OptionsT]):
    """A request with files, however it travelled.

    Attributes:
        options: The request without its files.
        inputs: The files, in the order of the request.
    """

    options: OptionsT
    inputs: tuple[FileInput, ...]
