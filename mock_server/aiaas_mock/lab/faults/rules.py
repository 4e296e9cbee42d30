"""The fault rules of a namespace: who is hit, decided by seed, rule and request."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

from aiaas_mock.context import Clock
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.contract.faults import FaultRule
from aiaas_mock.lab.draws import Draws

MOST_RULES: Final = 100
MOST_ONE_OFF: Final = 256

Stage = Literal["request", "admitted", "answered"]
"""How far a request has come: nothing but its head is known, its key is, its answer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What rules look at.

    Attributes:
        operation: Name of the operation.
        headers: Headers by name in lower case.
        key_id: Public id of the key, as far as it is known.
        model: ``name@version`` of the model that answered, as far as it is known.
        fate: What chance depends on; None where there is no seed.
    """

    operation: str
    headers: Mapping[str, str]
    key_id: str | None = None
    model: str | None = None
    fate: str | None = None


@dataclass(slots=True)
class ActiveRule:
    """A rule and what came of it."""

    id: str
    rule: FaultRule
    matched: int = 0
    hit: int = 0

    @property
    def stage(self) -> Stage:
        """When everything that it looks at is known."""
        match = self.rule.match
        if match.model is not None:
            return "answered"
        return "request" if match.key is None else "admitted"

    def is_about(self, subject: Subject) -> bool:
        """Say whether a request matches."""
        match = self.rule.match
        if match.operation is not None and not fnmatchcase(subject.operation, match.operation):
            return False
        if match.key is not None and match.key != subject.key_id:
            return False
        if match.model is not None and match.model not in _names(subject.model):
            return False
        return all(
            _fits(subject.headers.get(name.lower()), value) for name, value in match.header.items()
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A request is hit.

    Attributes:
        rule: By what.
        chance: Draws what the fault leaves to chance; the same for the same seed, rule, request.
    """

    rule: ActiveRule
    chance: random.Random


class FaultRules:
    """The rules of one namespace, a `Part` of it.

    Args:
        clock: Gives the time.
        draws: Have the root seed.

    Attributes:
        rules: The rules by id, in the order they are tried; empty for none.
        epoch: Goes up whenever rules are taken away, so that who is held up can go on.
    """

    __slots__ = ("_clock", "_draws", "_made", "_one_off", "epoch", "rules")

    def __init__(self, clock: Clock, draws: Draws) -> None:
        self._clock = clock
        self._draws = draws
        self._one_off: dict[str, ActiveRule] = {}
        self.rules: dict[str, ActiveRule] = {}
        self.epoch = 0
        self._made = 0

    def add(self, rule: FaultRule) -> ActiveRule:
        """Take in a rule, with nothing counted.

        Raises:
            ApiError: There are too many.
        """
        rule_id = rule.id or self._new_id()
        if rule_id not in self.rules and len(self.rules) >= MOST_RULES:
            raise ApiError("invalid_request", f"A namespace has at most {MOST_RULES} fault rules.")
        active = self.rules[rule_id] = ActiveRule(rule_id, rule)
        return active

    def get(self, rule_id: str) -> ActiveRule:
        """Return a rule.

        Raises:
            ApiError: There is none with this id.
        """
        found = self.rules.get(rule_id)
        if found is None:
            raise ApiError("not_found", f"There is no fault rule {rule_id!r}.", param="/rule")
        return found

    def remove(self, rule_id: str) -> None:
        """Forget a rule.

        Raises:
            ApiError: There is none with this id.
        """
        self.get(rule_id)
        del self.rules[rule_id]
        self.epoch += 1

    def one_off(self, text: str, read: Callable[[str], FaultRule]) -> ActiveRule:
        """Return the rule that a request brings in a header; the same text is the same rule."""
        found = self._one_off.get(text)
        if found is None:
            rule = read(text)
            found = self._one_off[text] = ActiveRule(rule.id or "header", rule)
            if len(self._one_off) > MOST_ONE_OFF:
                del self._one_off[next(iter(self._one_off))]
        return found

    def hits(self, subject: Subject, stage: Stage, rules: Sequence[ActiveRule]) -> Iterator[Hit]:
        """Yield what hits a request at a stage, in the order of the rules."""
        for active in rules:
            if active.stage == stage and active.is_about(subject):
                hit = self._count(active, subject.fate)
                if hit is not None:
                    yield hit

    def reset(self) -> None:
        """Forget all rules."""
        self.rules = {}
        self._one_off = {}
        self._made = 0
        self.epoch += 1

    def copy(self) -> tuple[tuple[str, FaultRule, int, int], ...]:
        """Return all rules and what was counted."""
        return tuple((one.id, one.rule, one.matched, one.hit) for one in self.rules.values())

    def restore(self, copied: tuple[tuple[str, FaultRule, int, int], ...]) -> None:
        """Have these rules, and no others."""
        self.reset()
        self.rules = {found[0]: ActiveRule(*found) for found in copied}

    def _new_id(self) -> str:
        """Return an id that no rule has: a counter, since what is hit depends on it."""
        while True:
            self._made += 1
            if (rule_id := f"fault_{self._made}") not in self.rules:
                return rule_id

    def _count(self, active: ActiveRule, fate: str | None) -> Hit | None:
        """Count a request that matches, and say whether it is hit."""
        active.matched += 1
        rule, number = active.rule, active.matched
        if number <= rule.after or (rule.match.nth is not None and number not in rule.match.nth):
            return None
        if rule.times is not None and active.hit >= rule.times:
            return None
        if rule.until is not None and self._clock() >= rule.until:
            return None
        chance = self._chance(active.id, fate)
        if chance.random() >= rule.probability:
            return None
        active.hit += 1
        return Hit(active, chance)

    def _chance(self, rule_id: str, fate: str | None) -> random.Random:
        # Not one stream for all: in whatever order requests come, each has its own fate.
        text = None if fate is None else f"{self._draws.seed}:{rule_id}:{fate}"
        return random.Random(text)  # noqa: S311


def _names(model: str | None) -> tuple[str, ...]:
    return () if model is None else (model, model.partition("@")[0])


def _fits(value: str | None, wanted: str) -> bool:
    return value is not None and wanted in ("*", value)
