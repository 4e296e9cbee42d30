"""Check digits, by published examples and by what a check digit is for."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aiaas_mock.services.text.redaction.checksums import (
    passes_luhn,
    passes_mod_97,
    resident_id_check,
)

DIGITS = st.text("0123456789", min_size=12, max_size=18)
LETTERS_AND_DIGITS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=11, max_size=30)


@pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "79927398713", "0"])
def test_numbers_from_the_standards_pass_luhn(number: str) -> None:
    assert passes_luhn(number)


@given(DIGITS)
def test_exactly_one_last_digit_passes_luhn(digits: str) -> None:
    assert sum(passes_luhn(f"{digits}{last}") for last in range(10)) == 1


@given(DIGITS, st.data())
def test_luhn_notices_every_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    right = next(f"{digits}{last}" for last in range(10) if passes_luhn(f"{digits}{last}"))
    at = data.draw(st.integers(0, len(right) - 1))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != right[at])
    assert not passes_luhn(right[:at] + wrong + right[at + 1 :])


@pytest.mark.parametrize(
    "iban",
    ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606"],
)
def test_ibans_from_the_registry_pass(iban: str) -> None:
    assert passes_mod_97(iban)


@given(LETTERS_AND_DIGITS, st.data())
def test_mod_97_notices_every_single_wrong_sign(account: str, data: st.DataObject) -> None:
    checks = [f"DE{check:02}{account}" for check in range(2, 99)]
    (right,) = [iban for iban in checks if passes_mod_97(iban)]
    at = data.draw(st.integers(4, len(right) - 1))
    wrong = data.draw(st.sampled_from("0123456789" if right[at].isdigit() else "ABCXYZ"))
    assume(wrong != right[at])
    assert not passes_mod_97(right[:at] + wrong + right[at + 1 :])


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_examples_of_gb_11643_have_their_check_digit(number: str) -> None:
    assert resident_id_check(number[:17]) == number[17]


@given(st.text("0123456789", min_size=17, max_size=17), st.data())
def test_the_resident_id_notices_two_digits_in_the_wrong_order(
    digits: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, 15))
    assume(digits[at] != digits[at + 1])
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert resident_id_check(swapped) != resident_id_check(digits)
