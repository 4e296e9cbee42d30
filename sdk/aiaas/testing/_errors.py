"""What the kit raises: assertion errors, which no code under test handles by mistake."""

from __future__ import annotations


class UnexpectedCallError(AssertionError):
    """The code under test asked something that the test did not script."""


class WrongAnswerError(AssertionError):
    """The test scripted an answer that no deployment gives: the contract does not allow it."""


for _kind in (UnexpectedCallError, WrongAnswerError):
    # pytest prints the module of an exception: let it be the one that people import from.
    _kind.__module__ = "aiaas.testing"
