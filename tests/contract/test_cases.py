"""The contract, case by case, against every target."""

from collections.abc import Awaitable, Callable

import pytest

from aiaas_mock.conformance import Case, Outcome, all_cases

CASES = tuple(all_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_case(run_case: Callable[[Case], Awaitable[Outcome]], case: Case) -> None:
    outcome = await run_case(case)
    assert outcome.ok, str(outcome)
