"""Keys of a key file: scopes hold, revoked keys do not."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from aiaas_mock.conformance.material import ANKLE_BOOT
from aiaas_mock.gateway.key_file import KeyFile

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """A file with keys of different rights; the path is under `path`."""
    file = KeyFile.new()
    made = {
        "all": file.create("default"),
        "reader": file.create("readers", frozenset({"models:read"})),
        "painter": file.create("default", frozenset({"images:*"})),
        "revoked": file.create("default"),
    }
    file.revoke(made["revoked"][0])
    path = tmp_path / "keys.json"
    file.write(path)
    return {"path": str(path)} | {name: key for name, (_, key) in made.items()}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_key_may_do_what_its_scopes_say(open_app: OpenApp, keys: dict[str, str]) -> None:
    async with open_app(key_file=keys["path"], engine="null") as client:
        for key, operation, status in [
            ("all", "models", 200),
            ("all", "metrics", 200),
            ("reader", "models", 200),
            ("reader", "classify", 403),
            ("reader", "metrics", 403),
            ("painter", "classify", 200),
            ("painter", "models", 403),
            ("revoked", "models", 401),
        ]:
            response = await ask(client, operation, keys[key])
            assert response.status_code == status, (key, operation)


async def ask(client: httpx.AsyncClient, operation: str, key: str) -> httpx.Response:
    if operation == "classify":
        headers = {**bearer(key), "Content-Type": "image/png"}
        return await client.post("/v1/images/classify", content=ANKLE_BOOT, headers=headers)
    path = "/metrics" if operation == "metrics" else "/v1/models"
    return await client.get(path, headers=bearer(key))


async def test_a_missing_scope_is_named(open_app: OpenApp, keys: dict[str, str]) -> None:
    async with open_app(key_file=keys["path"], engine="null") as client:
        response = await ask(client, "classify", keys["reader"])
    assert response.json()["code"] == "insufficient_scope"
    assert "'images:infer'" in response.json()["detail"]
    assert keys["reader"] not in response.text


async def test_a_revoked_key_is_told_apart_from_an_unknown_one(
    open_app: OpenApp, keys: dict[str, str]
) -> None:
    async with open_app(key_file=keys["path"], engine="null") as client:
        revoked = await ask(client, "models", keys["revoked"])
        unknown = await ask(client, "models", keys["revoked"] + "x")
    assert revoked.json()["code"] == "revoked_api_key"
    assert unknown.json()["code"] == "invalid_api_key"
