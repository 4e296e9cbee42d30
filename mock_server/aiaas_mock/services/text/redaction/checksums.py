"""Check digits."""

from __future__ import annotations

from typing import Final

_ID_WEIGHTS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))
_ID_CHECKS: Final = "10X98765432"


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit fits the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def passes_mod_97(iban: str) -> bool:
    """Say whether the two check digits of an IBAN in capital letters fit (ISO 13616, ISO 7064)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def resident_id_check(digits: str) -> str:
    """Return the last sign of a Chinese resident identity number (GB 11643-1999, ISO 7064).

    Args:
        digits: The 17 digits before it.
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]
