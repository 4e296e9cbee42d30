"""OAuth 2.0 client credentials over HTTP."""

import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.gateway.key_file import KeyFile

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

TOKEN, MODELS, FILES = "/oauth/token", "/v1/models", "/v1/files"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def keys(tmp_path: Path) -> tuple[KeyFile, Path, str, str]:
    """A key file, its path, and the id and secret of a key that may read."""
    file = KeyFile.new()
    key_id, key = file.create("readers", frozenset({"models:read", "files:read"}))
    path = tmp_path / "keys.json"
    file.write(path)
    return file, path, key_id, key


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_may_what_its_key_may(
    open_app: OpenApp, keys: tuple[KeyFile, Path, str, str]
) -> None:
    _, path, key_id, key = keys
    async with open_app(engine="null", key_file=path) as client:
        answer = await client.post(TOKEN, data=GRANT, headers=basic(key_id, key))
        token = answer.json()
        read = await client.get(MODELS, headers=bearer(token["access_token"]))
        wrote = await client.delete(f"{FILES}/x", headers=bearer(token["access_token"]))
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert token["scope"] == "files:read models:read"
    assert answer.headers["cache-control"] == "no-store"
    assert (read.status_code, wrote.status_code) == (200, 403)
    assert key not in answer.text


async def test_a_token_may_be_for_some_scopes_only(
    open_app: OpenApp, keys: tuple[KeyFile, Path, str, str]
) -> None:
    _, path, key_id, key = keys
    form = {**GRANT, "client_id": key_id, "client_secret": key, "scope": "models:read"}
    async with open_app(engine="null", key_file=path) as client:
        token = (await client.post(TOKEN, data=form)).json()["access_token"]
        read = await client.get(MODELS, headers=bearer(token))
        listed = await client.get(FILES, headers=bearer(token))
    assert (read.status_code, listed.status_code) == (200, 403)


async def test_scopes_that_the_key_lacks_are_refused(
    open_app: OpenApp, keys: tuple[KeyFile, Path, str, str]
) -> None:
    _, path, key_id, key = keys
    async with open_app(engine="null", key_file=path) as client:
        form = {**GRANT, "scope": "models:read files:write"}
        refused = await client.post(TOKEN, data=form, headers=basic(key_id, key))
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid_scope")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_scopes_that_there_are_not_are_refused_to_a_key_that_may_do_everything(
    open_app: OpenApp, api_key: str
) -> None:
    async with open_app(engine="null") as client:
        form = {**GRANT, "client_secret": api_key, "scope": "models:read nope"}
        refused = await client.post(TOKEN, data=form)
        all_of_images = await client.post(TOKEN, data={**form, "scope": "images:*"})
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid_scope")
    assert all_of_images.json()["scope"] == "images:*"


async def test_an_expired_token_is_told_apart(open_app: OpenApp, api_key: str) -> None:
    moment = [datetime(2026, 3, 1, tzinfo=UTC)]
    form = {**GRANT, "client_secret": api_key}
    async with open_app(engine="null", now=lambda: moment[0], token_lifetime_s=60) as client:
        token = (await client.post(TOKEN, data=form)).json()["access_token"]
        moment[0] += timedelta(seconds=59)
        assert (await client.get(MODELS, headers=bearer(token))).status_code == 200
        moment[0] += timedelta(seconds=1)
        expired = await client.get(MODELS, headers=bearer(token))
    assert (expired.status_code, expired.json()["code"]) == (401, "expired_token")
    assert expired.headers["www-authenticate"].startswith("Bearer")


async def test_a_changed_token_is_unknown(open_app: OpenApp, api_key: str) -> None:
    form = {**GRANT, "client_secret": api_key}
    async with open_app(engine="null") as client:
        token = (await client.post(TOKEN, data=form)).json()["access_token"]
        payload, _, signature = token.partition(".")
        other = "A" if payload[10] != "A" else "B"
        for changed in (
            f"{payload[:10]}{other}{payload[11:]}.{signature}",
            f"{payload}.{signature[:-2]}",
            payload,
            f"{payload}.",
            "at_\u00fc.\u00fc",
        ):
            headers = {"Authorization": f"Bearer {changed}".encode()}
            refused = await client.get(MODELS, headers=headers)  # type: ignore[arg-type]
            assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")


async def test_the_tokens_of_a_revoked_key_die_with_it(
    open_app: OpenApp, keys: tuple[KeyFile, Path, str, str], tmp_path: Path
) -> None:
    file, path, key_id, key = keys
    options = {"engine": "null", "key_file": path, "data_dir": tmp_path / "data"}
    async with open_app(**options) as client:
        answer = await client.post(TOKEN, data=GRANT, headers=basic(key_id, key))
        token = answer.json()["access_token"]
    async with open_app(**options) as client:
        assert (await client.get(MODELS, headers=bearer(token))).status_code == 200
    file.revoke(key_id)
    file.write(path)
    async with open_app(**options) as client:
        refused = await client.get(MODELS, headers=bearer(token))
        again = await client.post(TOKEN, data=GRANT, headers=basic(key_id, key))
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked_api_key")
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_a_token_of_another_deployment_is_unknown(open_app: OpenApp, api_key: str) -> None:
    form = {**GRANT, "client_secret": api_key}
    async with open_app(engine="null") as client:
        token = (await client.post(TOKEN, data=form)).json()["access_token"]
    async with open_app(engine="null") as client:
        refused = await client.get(MODELS, headers=bearer(token))
    assert refused.json()["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        (GRANT, {"Authorization": "Basic !!!"}),
        (GRANT, {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()}),
        ({**GRANT, "client_secret": "twice"}, basic("key_1", "twice")),
        ({**GRANT, "client_id": "key_2"}, basic("key_1", "secret")),
        ({**GRANT, "colour": "red"}, {}),
    ],
    ids=["no base64", "no colon", "two secrets", "two ids", "unknown field"],
)
async def test_a_malformed_request_is_invalid(
    open_app: OpenApp, form: dict[str, str], headers: dict[str, str]
) -> None:
    async with open_app(engine="null") as client:
        refused = await client.post(TOKEN, data=form, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid_request")


async def test_secrets_in_the_address_are_refused(open_app: OpenApp, api_key: str) -> None:
    async with open_app(engine="null") as client:
        refused = await client.post(f"{TOKEN}?client_secret={api_key}", data=GRANT)
    assert refused.status_code == 422
    assert api_key not in refused.text


async def test_a_client_that_sends_no_secret_is_challenged(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        refused = await client.post(TOKEN, data=GRANT)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
