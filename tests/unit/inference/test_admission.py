"""Admission: a request is let in whole or refused whole."""

from __future__ import annotations

import pytest

from aiaas_mock.inference.admission import Admission
from aiaas_mock.inference.backend import Overloaded


def test_requests_are_let_in_until_the_room_is_used_up() -> None:
    admission = Admission(100)
    with (
        admission.admit(64, seconds_per_input=0),
        admission.admit(36, seconds_per_input=0),
        pytest.raises(Overloaded),
        admission.admit(1, seconds_per_input=0),
    ):
        pass


def test_room_comes_back_when_a_request_is_over_even_when_it_failed() -> None:
    admission = Admission(64)
    with pytest.raises(ZeroDivisionError), admission.admit(64, seconds_per_input=0):
        raise ZeroDivisionError
    with admission.admit(64, seconds_per_input=0):
        pass


def test_a_request_that_finds_nobody_is_let_in_whatever_its_size() -> None:
    with Admission(10).admit(64, seconds_per_input=0):
        pass


@pytest.mark.parametrize(("seconds_per_input", "expected_s"), [(0.0, 1.0), (0.5, 20.0)])
def test_the_hint_when_to_come_back_follows_the_speed_of_the_model(
    seconds_per_input: float, expected_s: float
) -> None:
    admission = Admission(40)
    with (
        admission.admit(40, seconds_per_input=0),
        pytest.raises(Overloaded) as refusal,
        admission.admit(1, seconds_per_input=seconds_per_input),
    ):
        pass
    assert refusal.value.retry_after_s == expected_s
