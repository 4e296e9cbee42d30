"""Test code of yours that uses the SDK, without a server: `pytest examples/test_my_code.py`.

The fixture `aiaas_fake` comes with the package; see docs/testing.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import aiaas
from aiaas.testing import FakeCloud, classification, item_error


def sort_by_label(client: aiaas.Client, pictures: Sequence[bytes]) -> dict[str, list[int]]:
    """Your code: group pictures by what they show; what cannot be read is under ``unreadable``."""
    found: dict[str, list[int]] = {}
    for position, answer in enumerate(client.images.classify_many(pictures, model="clothing")):
        label = "unreadable" if isinstance(answer, aiaas.ItemError) else str(answer.label)
        found.setdefault(label, []).append(position)
    return found


def test_pictures_are_sorted_by_what_they_show(aiaas_fake: FakeCloud) -> None:
    aiaas_fake.on("images.classify").answers(
        classification("Bag"), item_error("invalid_image"), classification("Bag")
    )

    found = sort_by_label(aiaas_fake.client(), [b"one", b"two", b"three"])

    assert found == {"Bag": [0, 2], "unreadable": [1]}
    aiaas_fake.assert_called("images.classify", times=1, model="clothing")


def test_a_busy_deployment_is_asked_again(aiaas_fake: FakeCloud) -> None:
    stub = aiaas_fake.on("images.classify")
    stub.rate_limited(retry_after_s=20).drops().answers(classification("Bag"))

    assert sort_by_label(aiaas_fake.client(), [b"one"]) == {"Bag": [0]}
    assert aiaas_fake.clock.sleeps[0] == 20  # no test waits for that


def test_a_deployment_that_is_down_is_not_asked_forever(aiaas_fake: FakeCloud) -> None:
    aiaas_fake.on("images.classify").fails("overloaded")

    with pytest.raises(aiaas.ServiceUnavailableError):
        sort_by_label(aiaas_fake.client(), [b"one"])

    aiaas_fake.assert_called("images.classify", times=1, attempts=3)
