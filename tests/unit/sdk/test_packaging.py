"""Importing is cheap, names are complete, both colours are the same."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

import pytest

import aiaas
from aiaas._async import files as async_files
from aiaas._async import images as async_images
from aiaas._async import models as async_models
from aiaas._async import paging as async_paging
from aiaas._async import raw as async_raw
from aiaas._async import recommendation_events as async_events
from aiaas._async import recommendation_items as async_items
from aiaas._async import recommendation_learning as async_learning
from aiaas._async import recommendation_users as async_users
from aiaas._async import recommendations as async_recommendations
from aiaas._async import streams as async_streams
from aiaas._async import text as async_text
from aiaas._async import usage as async_usage
from aiaas._core.version import installed_version
from aiaas._sync import files as sync_files
from aiaas._sync import images as sync_images
from aiaas._sync import models as sync_models
from aiaas._sync import paging as sync_paging
from aiaas._sync import raw as sync_raw
from aiaas._sync import recommendation_events as sync_events
from aiaas._sync import recommendation_items as sync_items
from aiaas._sync import recommendation_learning as sync_learning
from aiaas._sync import recommendation_users as sync_users
from aiaas._sync import recommendations as sync_recommendations
from aiaas._sync import streams as sync_streams
from aiaas._sync import text as sync_text
from aiaas._sync import usage as sync_usage

SDK = Path(aiaas.__file__).parents[1]


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after `code`."""
    code = f"{code}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_neither_servers_nor_numbers_are_loaded_by_a_client_at_work() -> None:
    code = (
        "import aiaas, httpx\n"
        "client = aiaas.Client('key', http_client=httpx.Client())\n"
        "client.images, client.models\n"
        "aiaas.AsyncClient('key').images"
    )
    heavy = {"numpy", "tensorflow", "starlette", "PIL", "aiaas_mock", "typer", "tenacity"}
    assert not heavy & loaded_by(code)


def test_a_client_that_asked_nothing_has_loaded_no_wire_types() -> None:
    loaded = loaded_by("import aiaas\naiaas.Client('key').close()")
    assert not {"pydantic", "tenacity", "aiaas._async.client"} & loaded
    assert not [name for name in loaded if name.startswith("aiaas.contract.")]


def test_a_client_loads_little_more_than_what_it_is_built_on() -> None:
    floor = loaded_by("import httpx, tenacity\nfrom pydantic import BaseModel")
    assert len(loaded_by("import aiaas\naiaas.Client('key').close()")) <= 1.25 * len(floor)


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = loaded_by("import aiaas")
    assert [name for name in loaded if name.startswith("aiaas")] == ["aiaas"]
    assert "httpx" not in loaded


def test_the_table_of_exports_is_complete_and_sorted() -> None:
    assert aiaas.__all__ == sorted(aiaas.__all__)
    assert set(aiaas._HOMES) == set(aiaas.__all__)
    assert set(aiaas.__all__) <= set(dir(aiaas))
    for name in aiaas.__all__:
        assert getattr(aiaas, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = aiaas.Nothing


def test_type_checkers_see_the_same_exports() -> None:
    tree = ast.parse(Path(aiaas.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: statement.module
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == {name: home for name, home in aiaas._HOMES.items() if name != "__version__"}


def test_a_source_tree_that_is_not_installed_has_a_version_too() -> None:
    assert installed_version("no-such-distribution") == "0+unknown"


def test_every_exception_is_exported() -> None:
    from aiaas._core import errors

    defined = {name for name, value in vars(errors).items() if _is_error(value)}
    assert defined <= set(aiaas.__all__)


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, aiaas.AiaasError)


PAIRS = [
    (aiaas.AsyncClient, aiaas.Client),
    (aiaas.AsyncFileContent, aiaas.FileContent),
    (aiaas.AsyncMiddleware, aiaas.Middleware),
    (async_files.AsyncFiles, sync_files.Files),
    (async_images.AsyncImages, sync_images.Images),
    (async_models.AsyncModels, sync_models.Models),
    (async_paging.AsyncPaginator, sync_paging.Paginator),
    (async_raw.AsyncRaw, sync_raw.Raw),
    (async_streams.AsyncEventStream, sync_streams.EventStream),
    *zip(
        async_recommendations.AsyncRecommender.__mro__[:-1],
        sync_recommendations.Recommender.__mro__[:-1],
        strict=True,
    ),
    (async_items.AsyncRecommendationItems, sync_items.RecommendationItems),
    (async_users.AsyncRecommendationUsers, sync_users.RecommendationUsers),
    (async_events.AsyncRecommendationEvents, sync_events.RecommendationEvents),
    (async_learning.AsyncRecommendationModels, sync_learning.RecommendationModels),
    (async_learning.AsyncRecommendationExperiment, sync_learning.RecommendationExperiment),
    *zip(async_text.AsyncText.__mro__[:-1], sync_text.Text.__mro__[:-1], strict=True),
    (async_usage.AsyncUsage, sync_usage.Usage),
]


@pytest.mark.parametrize(("original", "generated"), PAIRS)
def test_both_colours_have_the_same_names_signatures_and_docstrings(
    original: type, generated: type
) -> None:
    members = public_members(original)
    assert members.keys() == public_members(generated).keys()
    for name, member in members.items():
        twin = public_members(generated)[name]
        assert same_words(inspect.getdoc(member)) == same_words(inspect.getdoc(twin)), name
        if callable(member):
            assert parameters(member) == parameters(twin), name


def test_both_runtimes_have_the_same_names() -> None:
    from aiaas._async import _runtime as original
    from aiaas._sync import _runtime as twin

    names = {"Closable", "Flight", "OutOfTime", "Sleep", "call_blocking", "map_bounded", "opened"}
    names |= {"resolved", "sleep", "time_limit"}
    for runtime in (original, twin):
        assert names == {
            name
            for name, value in vars(runtime).items()
            if name == "Sleep" or getattr(value, "__module__", None) == runtime.__name__
            if not name.startswith("_") and not isinstance(value, TypeVar | ParamSpec)
        }


def public_members(kind: type) -> dict[str, Any]:
    members = {name: value for name, value in vars(kind).items() if not name.startswith("_")}
    return {**members, "__init__": kind.__init__, "the class": kind}  # type: ignore[misc]


def parameters(function: Any) -> list[tuple[str, Any, str]]:
    found = inspect.signature(function).parameters.values()
    return [
        # The defaults that differ are functions: the two ways to sleep.
        (p.name, None if callable(p.default) else p.default, same_words(str(p.annotation)))
        for p in found
    ]


def same_words(text: str | None) -> str:
    return re.sub(r"\b(async|await) |\bAsync(?=[A-Z])|Awaitable|[()\[\]]", "", text or "")


def generator() -> ModuleType:
    pytest.importorskip("unasync")
    import importlib.util

    spec = importlib.util.spec_from_file_location("generate_sync", SDK / "generate_sync.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_synchronous_client_is_what_the_generator_makes() -> None:
    if not (SDK / "generate_sync.py").exists():
        pytest.skip("not in a source tree")
    module = generator()
    assert module.stale_files(module.generate()) == [], "run `make sync`"


def test_stale_files_are_named() -> None:
    if not (SDK / "generate_sync.py").exists():
        pytest.skip("not in a source tree")
    module = generator()
    generated = {
        path: path.read_text()
        for _, target in module.PAIRS
        for path in target.glob("*.py")
        if path.name != "_runtime.py"
    }
    assert module.stale_files(generated) == []
    target = module.PAIRS[0][1]
    generated[target / "client.py"] += "# changed\n"
    generated[target / "new.py"] = ""
    generated.pop(target / "models.py")
    stale = [path.name for path in module.stale_files(generated)]
    assert stale == ["client.py", "models.py", "new.py"]


def test_nothing_asynchronous_is_left_in_the_synchronous_client() -> None:
    for path in (SDK / "aiaas" / "_sync").glob("*.py"):
        if path.name != "_runtime.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(
                r"\b(async|await|Awaitable)\b|asyncio|_async\.|Async[A-Z]", text
            ), path


def test_httpx_is_known_to_the_transports_alone() -> None:
    importers = {
        path.relative_to(SDK).as_posix()
        for path in (SDK / "aiaas").rglob("*.py")
        if re.search(r"^\s*(import|from) httpx", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    kit = {"aiaas/testing/_respx.py", "aiaas/testing/_transport.py"}
    assert importers - kit == {"aiaas/_async/transport.py", "aiaas/_sync/transport.py"}
