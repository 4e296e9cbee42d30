"""Messages of failed tests: what was asked, what was expected, and the line to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from aiaas.contract.operations import get_operation
from aiaas.testing._answers import did_you_mean
from aiaas.testing._calls import FILES, Call

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation
    from aiaas.testing._stub import Stub

_ABSENT: Final = object()


def differences(call: Call, wanted: Mapping[str, object]) -> list[str]:
    """Return a line for every field that is not as wanted."""
    found = {name: _value(call, name) for name in wanted}
    return [
        f"{name}: expected {_shown(wanted[name])}, {_got(found[name])}"
        for name in wanted
        if not _same(found[name], wanted[name])
    ]


def check_fields(operation: Operation[Any, Any], names: Iterable[str]) -> None:
    """Refuse fields that no request of the operation has.

    Raises:
        ValueError: There is one; the message lists those that exist.
    """
    known = list(operation.request.model_fields) if operation.request is not None else []
    if operation.upload:
        known.append(FILES)
    for name in names:
        if name not in known:
            raise ValueError(
                f"{operation.name} takes no field '{name}'.{did_you_mean(name, known)} "
                f"It takes: {', '.join(known) or 'none'}."
            )


def described(call: Call) -> str:
    """Return what a call sent, in one line."""
    parts = [f"{name}={_shown(value)}" for name, value in call.fields.items() if name != FILES]
    count = len(call.inputs)
    if count:
        size_bytes = sum(len(one) for one in call.inputs)
        parts.append(f"{count} file{'s' if count > 1 else ''} ({size_bytes:,} bytes)")
    return ", ".join(parts) or "no fields"


def unexpected(call: Call, stubs: Sequence[Stub]) -> str:
    """Say why there is no answer to a call."""
    about = [stub for stub in stubs if stub.operation.name == call.operation]
    if not about:
        scripted = ", ".join(dict.fromkeys(stub.operation.name for stub in stubs))
        return _lines(
            f"{call.operation} was called, but this test does not say what it answers.",
            f"sent: {described(call)}",
            f"scripted: {scripted or 'nothing'}",
            last=f'Write, for instance: aiaas_fake.on("{call.operation}").answers()',
        )
    return _lines(
        f"{call.operation} was called in a way that this test does not expect.",
        f"sent: {described(call)}",
        *(line for stub in about for line in differences(call, stub.where)),
    )


def used_up(call: Call, stub: Stub) -> str:
    """Say that a call came for which no step is left."""
    limit = stub.limit or 0
    if not limit:
        first = f"{call.operation} was called, but its stub has no answer yet."
        last = f'Write, for instance: aiaas_fake.on("{call.operation}").answers()'
    else:
        first = (
            f"{call.operation} was called more often than this test expects: it has answers "
            f"for {limit} request{'s' if limit > 1 else ''} (attempts included)."
        )
        last = "Leave `times` out of the last step to let it answer all that come."
    return _lines(first, f"sent: {described(call)} (attempt {call.attempt})", last=last)


def not_called(
    operation: str, times: int | None, wanted: Mapping[str, object], calls: Sequence[Call]
) -> str:
    """Say how the calls that came differ from the ones that were expected."""
    same = [call for call in calls if call.operation == operation and call.attempt == 1]
    asked = operation + (f" with {_fields(wanted)}" if wanted else "")
    expected = {None: "at least once", 0: "not at all"}.get(times) or _times(times or 0)
    if not same:
        others = ", ".join(dict.fromkeys(call.operation for call in calls))
        return _lines(
            f"{asked} should have been called {expected}; it was never called.",
            f"called instead: {others or 'nothing'}",
        )
    matching = sum(not differences(call, wanted) for call in same)
    found = f"was called {_times(matching)}" if matching else "never was"
    return _lines(
        f"{asked} should have been called {expected}; it {found}.",
        *(
            f"call {number}: {'; '.join(differences(call, wanted)) or described(call)}"
            for number, call in enumerate(same, start=1)
        ),
    )


def _value(call: Call, name: str) -> object:
    if name == FILES and call.inputs:
        return list(call.inputs)
    if name in call.fields:
        return call.fields[name]
    request = get_operation(call.operation).request
    known = request.model_fields.get(name) if request is not None else None
    if known is None or known.is_required():
        return _ABSENT
    return known.get_default(call_default_factory=True)


def _same(found: object, wanted: object) -> bool:
    return found == (list(wanted) if isinstance(wanted, tuple) else wanted)


def _got(found: object) -> str:
    return "it was not sent" if found is _ABSENT else f"got {_shown(found)}"


def _fields(wanted: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_shown(value)}" for name, value in wanted.items())


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _lines(first: str, *more: str, last: str | None = None) -> str:
    return "\n".join([first, *(f"  {line}" for line in more), *([last] if last else [])])
