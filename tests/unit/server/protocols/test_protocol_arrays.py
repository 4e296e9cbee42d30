"""Numbers in JSON: rows of the model's type and shape, or a refusal that says what is wrong."""

from typing import Any

import numpy as np
import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.rows import Row
from aiaas_mock.protocols.arrays import rows_from_json

FLOATS = Row((2,), np.dtype(np.float32))
BYTES = Row((2,), np.dtype(np.uint8))


@pytest.mark.parametrize(
    ("data", "row"), [([[1, 2.5], [3, 4]], FLOATS), ([[0, 255]], BYTES), ([[1, 2]], FLOATS)]
)
def test_numbers_become_rows_of_the_models_type(data: Any, row: Row) -> None:
    rows = rows_from_json(data, row, param="/instances")
    assert rows.dtype == row.dtype
    assert rows.tolist() == data


@pytest.mark.parametrize(
    ("data", "row", "says"),
    [
        ([[1, 2], [3]], FLOATS, "not equally long"),
        ([["a", "b"]], FLOATS, "must be numbers"),
        ([[True, False]], FLOATS, "must be numbers"),
        ([[None, 1]], FLOATS, "must be numbers"),
        ([[{"a": 1}, 1]], FLOATS, "must be numbers"),
        ([[10**30, 1]], FLOATS, "must be numbers"),
        ([[1.5, 2.0]], BYTES, "must be whole numbers"),
        ([[0, 256]], BYTES, "uint8 is from 0 to 255"),
        ([[-1, 0]], BYTES, "out of range"),
        ([[1, 2, 3]], FLOATS, r"shape is \[1,3\]; the model takes \[-1,2\]"),
        ([1, 2], FLOATS, r"shape is \[2\]"),
        ([], FLOATS, r"shape is \[0\]"),
        (3, FLOATS, r"shape is \[\]"),
    ],
)
def test_what_is_no_rows_is_refused_with_its_place(data: Any, row: Row, says: str) -> None:
    with pytest.raises(ApiError, match=says) as caught:
        rows_from_json(data, row, param="/instances")
    assert (caught.value.code, caught.value.param) == ("invalid_request", "/instances")


def test_a_number_too_large_for_float32_is_infinite_and_left_to_the_check_of_all_numbers() -> None:
    assert np.isinf(rows_from_json([[1e300, 0.0]], FLOATS, param="/x")[0, 0])
