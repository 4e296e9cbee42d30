"""The middleware's names are complete, cost nothing until used, and come in two equal colours."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import aiaas.middleware

FOLDER = Path(aiaas.middleware.__file__).parent
NAMES = [name for name in aiaas.middleware.__all__ if f"Async{name}" in aiaas.middleware.__all__]


def loaded_by(code: str) -> set[str]:
    code = f"{code}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_table_of_exports_is_complete_and_sorted() -> None:
    module = aiaas.middleware
    assert module.__all__ == sorted(module.__all__)
    assert set(module._HOMES) == set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = module.Nothing


def test_type_checkers_see_the_same_exports() -> None:
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: statement.module
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == aiaas.middleware._HOMES


def test_a_client_loads_none_of_it() -> None:
    loaded = loaded_by("import aiaas\naiaas.Client('key').close()")
    assert not [name for name in loaded if "aiaas.middleware" in name or "opentelemetry" in name]
    assert not [name for name in loaded if name.endswith((".sse", ".streams", ".event_streams"))]


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = loaded_by("import aiaas.middleware")
    assert {name for name in loaded if name.startswith("aiaas")} == {"aiaas", "aiaas.middleware"}


def test_one_middleware_loads_no_other_and_not_the_other_colour() -> None:
    loaded = loaded_by("from aiaas.middleware import CircuitBreaker")
    assert "aiaas.middleware._sync.circuit" in loaded
    assert not [name for name in loaded if "_cache" in name or "_async" in name]


def test_opentelemetry_is_loaded_by_nothing_but_its_middleware() -> None:
    loaded = loaded_by("from aiaas.middleware import OpenTelemetry")
    assert not [name for name in loaded if name.startswith("opentelemetry")]


@pytest.mark.parametrize("name", NAMES)
def test_both_colours_have_the_same_names_signatures_and_docstrings(name: str) -> None:
    twin, original = (getattr(aiaas.middleware, prefix + name) for prefix in ("", "Async"))
    if not inspect.isclass(twin):
        return  # `Proceed` is a type
    members = public_members(original)
    assert members.keys() == public_members(twin).keys()
    for member_name, member in members.items():
        other = public_members(twin)[member_name]
        assert same_words(inspect.getdoc(member)) == same_words(inspect.getdoc(other))
        if callable(member):
            assert list(inspect.signature(member).parameters) == list(
                inspect.signature(other).parameters
            )


def public_members(kind: type) -> dict[str, Any]:
    own = {name: value for name, value in vars(kind).items() if not name.startswith("_")}
    return {**own, "__call__": kind.__call__, "the class": kind}


def same_words(text: str | None) -> str:
    return re.sub(r"\b(async|await) |\bAsync(?=[A-Z])", "", text or "")


def test_both_runtimes_have_the_same_names() -> None:
    from aiaas.middleware._async import _runtime as original
    from aiaas.middleware._sync import _runtime as twin

    for runtime in (original, twin):
        public = {name for name, value in vars(runtime).items() if not name.startswith("_")}
        assert {"Flights", "Gate", "Race", "Sleep", "sleep"} <= public
    for name in ("Flights", "Gate", "Race"):
        assert public_members(getattr(original, name)).keys() == (
            public_members(getattr(twin, name)).keys()
        )


def test_nothing_asynchronous_is_left_in_the_synchronous_colour() -> None:
    for path in (FOLDER / "_sync").glob("*.py"):
        text = path.read_text(encoding="utf-8").split("\n", 3)[-1]
        if path.name not in ("_runtime.py", "__init__.py"):
            assert not re.search(r"\b(async|await|Awaitable)\b|asyncio|_async\.|Async[A-Z]", text)


def test_every_module_says_what_it_is_and_stays_short() -> None:
    for path in FOLDER.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), path
        assert text.count("\n") < 250, path
