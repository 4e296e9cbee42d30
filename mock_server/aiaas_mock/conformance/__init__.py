"""The contract as cases that any deployment can be held against, in process or over the network."""

from aiaas_mock.conformance.case import Case, Expectation
from aiaas_mock.conformance.cases import all_cases
from aiaas_mock.conformance.process import ServerDied, ServerProcess
from aiaas_mock.conformance.runner import Outcome, run, run_async

__all__ = [
    "Case",
    "Expectation",
    "Outcome",
    "ServerDied",
    "ServerProcess",
    "all_cases",
    "run",
    "run_async",
]
