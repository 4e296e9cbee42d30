"""Numbers that came as JSON, as the rows that a model takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from aiaas_mock.errors import ApiError
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.inference.backend import Array
from aiaas_mock.inference.rows import Row


def shape_text(row: Row) -> str:
    """Write the shape of a batch of rows for people."""
    return f"[-1,{','.join(map(str, row.shape))}]"


def array_from_json(data: Any, row: Row, *, param: str) -> Array:
    """Make an array of nested lists, of the type that a model takes and of any shape.

    Raises:
        ApiError: They are ragged, or not numbers of this type.
    """
    try:
        found = np.asarray(data)
    except (ValueError, OverflowError) as error:
        raise _refused(param, "The lists are not equally long, or nested too deep.") from error
    if found.dtype.kind not in ("iuf" if row.dtype.kind == "f" else "iu"):
        wanted = "numbers" if row.dtype.kind == "f" else "whole numbers"
        raise _refused(param, f"There must be {wanted} in lists of equal length, nothing else.")
    if row.dtype.kind == "f":
        with np.errstate(over="ignore"):  # infinite then, which is refused where all numbers are
            return found.astype(row.dtype, copy=False)
    _check_range(found, row, param)
    return found.astype(row.dtype, copy=False)


def rows_from_json(data: Any, row: Row, *, param: str) -> Array:
    """Make rows of nested lists.

    Raises:
        ApiError: They are not, or have another shape or type than the model takes.
    """
    found = array_from_json(data, row, param=param)
    if found.ndim != 1 + len(row.shape) or found.shape[1:] != row.shape or not len(found):
        given = ",".join(map(str, found.shape))
        raise _refused(param, f"The shape is [{given}]; the model takes {shape_text(row)}.")
    return found


def _check_range(found: Array, row: Row, param: str) -> None:
    bounds = np.iinfo(row.dtype)
    if found.size and (found.min() < bounds.min or found.max() > bounds.max):
        raise _refused(
            param, f"A number is out of range: {row.dtype} is from {bounds.min} to {bounds.max}."
        )


def _refused(param: str, detail: str) -> ApiError:
    return invalid_field(param, "invalid_tensor", detail)
