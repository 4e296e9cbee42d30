"""The contract, case by case, against every target."""

from collections.abc import Awaitable, Callable

import pytest

from aiaas_mock.conformance import Case, Outcome, all_cases

CASES = tuple(all_cases(faults=False))
FAULTS = tuple(case for case in all_cases() if case.fault is not None)


@pytest.mark.parametrize("run_case", ["asgi", "http"], indirect=True)
@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.id)
async def test_a_deployment_fails_when_it_is_told_to(
    run_case: Callable[[Case], Awaitable[Outcome]], case: Case
) -> None:
    outcome = await run_case(case)
    assert outcome.ok, str(outcome)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_case(run_case: Callable[[Case], Awaitable[Outcome]], case: Case) -> None:
    outcome = await run_case(case)
    assert outcome.ok, str(outcome)
