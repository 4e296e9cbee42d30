"""When a circuit opens and closes: counting, without input, output or waiting."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

from aiaas._core.errors import AiaasError

CircuitState = Literal["closed", "open", "half-open"]

_SLICES: Final = 10  # a window is counted in slices: memory does not grow with the traffic


class CircuitOpenError(AiaasError):
    """A host failed too often, so nothing was sent to it.

    Attributes:
        host: The host and port that failed.
        retry_after_s: Seconds until the next request is tried; 0 when one is being tried now.

    It is not ``retryable``: the client's own retries would wait where failing at once is wanted.
    """

    def __init__(self, *, host: str, retry_after_s: float) -> None:
        super().__init__(
            f"The circuit of {host} is open after too many failures; nothing was sent. "
            f"It is tried again in {retry_after_s:.3g} s."
        )
        self.host = host
        self.retry_after_s = retry_after_s


CircuitOpenError.__module__ = "aiaas.middleware"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitPolicy:
    """The numbers of a circuit breaker; `CircuitBreaker` explains them."""

    failure_threshold: int = 5
    failure_ratio: float = 0.5
    window_s: float = 30.0
    cooldown_s: float = 10.0
    half_open_max: int = 1

    def __post_init__(self) -> None:
        if self.failure_threshold < 1 or self.half_open_max < 1:
            raise ValueError("failure_threshold and half_open_max must be at least 1")
        if not 0 <= self.failure_ratio <= 1:
            raise ValueError(f"failure_ratio must be from 0 to 1; got {self.failure_ratio}")
        if self.window_s <= 0 or self.cooldown_s <= 0:
            raise ValueError("window_s and cooldown_s must be above 0")


@dataclass(slots=True)
class _Slice:
    start_s: float
    total: int = 0
    failures: int = 0


@dataclass(slots=True)
class _Circuit:
    """One host's."""

    slices: deque[_Slice] = field(default_factory=deque)
    opened_at_s: float | None = None
    probes: int = 0
    era: int = 0
    """Grows when the state changes, so that answers to older requests change nothing."""


class CircuitTable:
    """The circuits of all hosts; may be used from many threads."""

    def __init__(self, policy: CircuitPolicy) -> None:
        self._policy = policy
        self._circuits: dict[str, _Circuit] = {}
        self._lock = threading.Lock()

    def state(self, host: str, *, now_s: float) -> CircuitState:
        """Say what a request to `host` would meet."""
        with self._lock:
            circuit = self._circuits.get(host)
            if circuit is None or circuit.opened_at_s is None:
                return "closed"
            return "half-open" if self._left_s(circuit, now_s) <= 0 else "open"

    def enter(self, host: str, *, now_s: float) -> int:
        """Let a request through, and return the era to hand to `leave`.

        Raises:
            CircuitOpenError: It is not let through.
        """
        with self._lock:
            circuit = self._circuits.setdefault(host, _Circuit())
            if circuit.opened_at_s is None:
                return circuit.era
            left_s = self._left_s(circuit, now_s)
            if left_s > 0 or circuit.probes >= self._policy.half_open_max:
                raise CircuitOpenError(host=host, retry_after_s=max(left_s, 0.0))
            circuit.probes += 1
            return circuit.era

    def leave(self, host: str, era: int, *, failed: bool | None, now_s: float) -> None:
        """Take in how a request ended; None when it was given up and says nothing."""
        with self._lock:
            circuit = self._circuits[host]
            if era != circuit.era:
                return
            if circuit.opened_at_s is not None:
                self._probed(circuit, failed, now_s)
            elif failed is not None:
                self._count(circuit, failed, now_s)

    def after_fork(self) -> None:
        """Keep what is open, and forget the requests of the parent, which end there."""
        self._lock = threading.Lock()
        for circuit in self._circuits.values():
            circuit.probes = 0
            circuit.era += 1

    def _probed(self, circuit: _Circuit, failed: bool | None, now_s: float) -> None:
        circuit.probes -= 1
        if failed is not None:
            _change(circuit, now_s if failed else None)

    def _count(self, circuit: _Circuit, failed: bool, now_s: float) -> None:
        slices, policy = circuit.slices, self._policy
        if not slices or now_s - slices[-1].start_s >= policy.window_s / _SLICES:
            slices.append(_Slice(now_s))
        while now_s - slices[0].start_s >= policy.window_s:
            slices.popleft()
        slices[-1].total += 1
        slices[-1].failures += failed
        failures = sum(part.failures for part in slices)
        total = sum(part.total for part in slices)
        needed = max(policy.failure_threshold, policy.failure_ratio * total)
        if failed and failures >= needed:
            _change(circuit, now_s)

    def _left_s(self, circuit: _Circuit, now_s: float) -> float:
        opened_at_s = circuit.opened_at_s
        return 0.0 if opened_at_s is None else opened_at_s + self._policy.cooldown_s - now_s


def _change(circuit: _Circuit, opened_at_s: float | None) -> None:
    circuit.opened_at_s = opened_at_s
    circuit.probes = 0
    circuit.era += 1
    circuit.slices.clear()
