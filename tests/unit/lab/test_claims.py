"""Which namespace a request runs in: by header, address and key."""

from typing import Any

import httpx
import pytest

from aiaas_mock.gateway.keys import new_key

from .conftest import OpenLab

MODELS, USAGE, FILES = "/v1/models", "/v1/usage", "/v1/files"
DEVELOPMENT = {"Authorization": "Bearer sk_mock_shop_development"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def named(name: str) -> dict[str, str]:
    return {"X-Mock-Namespace": name}


async def namespace_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    name: str = answer.json()["namespace"]
    return name


async def test_a_key_brings_its_namespace(lab: httpx.AsyncClient) -> None:
    assert await namespace_of(await lab.get(USAGE)) == "default"
    assert await namespace_of(await lab.get(USAGE, headers=DEVELOPMENT)) == "shop"


async def test_the_development_key_chooses_by_header_and_address(lab: httpx.AsyncClient) -> None:
    assert await namespace_of(await lab.get(USAGE, headers=named("a"))) == "a"
    assert await namespace_of(await lab.get(f"/ns/b{USAGE}")) == "b"
    assert await namespace_of(await lab.get(f"/ns/b{USAGE}", headers=named("a"))) == "a"


async def test_a_bound_key_may_name_its_own_namespace_and_no_other(lab: httpx.AsyncClient) -> None:
    own = {**DEVELOPMENT, **named("shop")}
    assert await namespace_of(await lab.get(USAGE, headers=own)) == "shop"
    for refused in (
        await lab.get(USAGE, headers={**DEVELOPMENT, **named("other")}),
        await lab.get(f"/ns/other{USAGE}", headers=DEVELOPMENT),
        await lab.get(USAGE, headers={**DEVELOPMENT, **named("default")}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "namespace_forbidden")
        assert "development" not in refused.json()["detail"].partition("is bound")[2]


async def test_a_registered_key_of_another_namespace_may_not_choose(open_lab: OpenLab) -> None:
    key = new_key("shop")
    async with open_lab(api_key=(key,)) as client:
        refused = await client.get(USAGE, headers={**bearer(key), **named("a")})
        assert refused.json()["code"] == "namespace_forbidden"


@pytest.mark.parametrize("name", ["", "Shop", "-a", "a" * 33, "a_b", "ü"])
async def test_what_is_no_name_is_refused(lab: httpx.AsyncClient, name: str) -> None:
    by_header = await lab.get(USAGE, headers={b"X-Mock-Namespace": name.encode()})
    by_address = await lab.get(f"/ns/{name}{USAGE}")
    assert [r.json()["code"] for r in (by_header, by_address)] == ["invalid_request"] * 2
    assert by_header.json()["param"] == "/namespace"


async def test_an_address_that_ends_with_the_namespace_is_nothing(lab: httpx.AsyncClient) -> None:
    assert (await lab.get("/ns/a")).json()["code"] == "not_found"


async def test_public_operations_take_an_address_with_a_namespace(lab: httpx.AsyncClient) -> None:
    assert (await lab.get("/ns/a/healthz")).status_code == 200
    assert "a" not in await names(lab)  # nobody was admitted


async def test_a_stranger_makes_no_namespace(lab: httpx.AsyncClient) -> None:
    refused = await lab.get(f"/ns/a{MODELS}", headers=bearer("nobody-knows-me-here"))
    assert refused.status_code == 401
    assert await names(lab) == []


async def names(lab: httpx.AsyncClient) -> list[str]:
    return [space["name"] for space in (await lab.get("/_mock/namespaces")).json()["data"]]


async def test_development_keys_are_refused_from_elsewhere(open_lab: OpenLab) -> None:
    async with open_lab(peer="192.0.2.1") as client:
        refused = await client.get(MODELS, headers=DEVELOPMENT)
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")
        token = await client.post("/oauth/token", data=form("sk_mock_shop_development"))
        refused = await client.get(MODELS, headers=bearer(token.json()["access_token"]))
        assert refused.json()["code"] == "invalid_api_key"


async def test_development_keys_are_refused_by_other_deployments(open_lab: OpenLab) -> None:
    for settings in ({"lab": "off"}, {"host": "0.0.0.0", "lab": "on"}):  # noqa: S104
        async with open_lab(**settings) as client:
            refused = await client.get(MODELS, headers=DEVELOPMENT)
            assert refused.json()["code"] == "invalid_api_key"


async def test_without_a_lab_only_the_key_decides(open_lab: OpenLab) -> None:
    async with open_lab(lab="off") as client:
        assert await namespace_of(await client.get(USAGE, headers=named("a"))) == "default"
        for path in ("/_mock/health", f"/ns/a{USAGE}"):
            assert (await client.get(path)).json()["code"] == "not_found"


async def test_the_key_of_a_deployment_that_others_reach_may_not_choose(open_lab: OpenLab) -> None:
    token = "an-admin-token-of-the-tests"
    async with open_lab(host="0.0.0.0", admin_token=token) as client:  # noqa: S104
        refused = await client.get(USAGE, headers=named("a"))
        assert refused.json()["code"] == "namespace_forbidden"
        admitted = await client.get(USAGE, headers={**bearer(token), **named("a")})
        assert await namespace_of(admitted) == "a"


async def test_a_stranger_neither_uses_up_faults_nor_writes_in_the_journal(
    open_lab: OpenLab, api_key: str
) -> None:
    token = "an-admin-token-of-the-tests"
    admin, public = bearer(token), {"host": "0.0.0.0", "admin_token": token}  # noqa: S104
    async with open_lab(peer="192.0.2.1", **public) as client:
        await client.get(MODELS, headers={**admin, **named("a")})
        await client.delete("/ns/a/_mock/requests", headers=admin)
        rule = {"fault": {"kind": "status", "status": 503}, "times": 1}
        made = await client.post("/ns/a/_mock/faults", json=rule, headers=admin)
        assert made.status_code == 200
        of_nobody = await client.get(f"/ns/a{MODELS}", headers={"Authorization": ""})
        of_another = await client.get(f"/ns/a{MODELS}", headers=bearer(api_key))
        assert [of_nobody.json()["code"], of_another.json()["code"]] == [
            "missing_api_key",
            "namespace_forbidden",
        ]
        journal = await client.get("/ns/a/_mock/requests", headers=admin)
        assert journal.json()["data"] == []
        assert (await client.get(f"/ns/a{MODELS}", headers=admin)).status_code == 503


async def test_whoever_is_on_this_machine_meets_faults_without_a_key(
    lab: httpx.AsyncClient,
) -> None:
    rule = {"fault": {"kind": "status", "status": 503}, "times": 1}
    await lab.post("/ns/a/_mock/faults", json=rule)
    refused = await lab.get(f"/ns/a{MODELS}", headers={"Authorization": ""})
    assert refused.status_code == 503


def form(key: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_secret": key}


async def test_a_token_is_for_the_namespace_it_was_made_in(
    lab: httpx.AsyncClient, api_key: str
) -> None:
    made = await lab.post("/oauth/token", data=form(api_key), headers=named("a"))
    token = bearer(made.json()["access_token"])
    assert await namespace_of(await lab.get(USAGE, headers=token)) == "a"
    refused = await lab.get(USAGE, headers={**token, **named("b")})
    assert refused.json()["code"] == "namespace_forbidden"


async def test_a_token_of_a_bound_key_is_not_made_elsewhere(lab: httpx.AsyncClient) -> None:
    key = form("sk_mock_shop_development")
    assert (await lab.post("/oauth/token", data=key)).status_code == 200
    refused = await lab.post("/oauth/token", data=key, headers=named("a"))
    assert refused.json()["code"] == "namespace_forbidden"


async def test_files_of_a_namespace_are_invisible_to_another(lab: httpx.AsyncClient) -> None:
    made = await lab.post(f"/ns/a{FILES}", files={"file": b"ours"})
    path = f"{FILES}/{made.json()['id']}"
    assert (await lab.get(f"/ns/a{path}")).status_code == 200
    assert (await lab.get(f"/ns/b{path}")).json()["code"] == "file_not_found"
    assert (await lab.get(path)).json()["code"] == "file_not_found"


async def test_a_web_socket_is_closed_as_ever(lab: httpx.AsyncClient) -> None:
    transport = lab._transport
    assert isinstance(transport, httpx.ASGITransport)
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/ns/a/v1", "headers": [], "subprotocols": []}
    await transport.app(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


async def test_a_server_that_gives_no_raw_path_is_served(lab: httpx.AsyncClient) -> None:
    transport = lab._transport
    assert isinstance(transport, httpx.ASGITransport)
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/ns/a/healthz", "headers": []}
    await transport.app({**scope, "query_string": b"", "client": None}, receive, send)
    assert sent[0]["status"] == 200
