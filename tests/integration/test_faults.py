"""What a plain httpx client sees of every kind of fault over a real socket."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from tests.fault_cases import CASES, PATH, STREAM, STREAMED, FaultCase, Seen, assert_seen, case_id

from aiaas_mock.app import create_app
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.lab.contract.fault_kinds import KINDS, kind_of
from aiaas_mock.settings import Settings

TIMEOUT_S = 0.3
"""How long the client waits for what never comes; longer than anything that does."""


@pytest.fixture(scope="module")
def server(api_key: str) -> Iterator[ServerProcess]:
    """The server of this module, on httptools and uvloop where they are."""
    with ServerProcess(
        "--api-key", api_key, "--engine", "null", "--warm", "lstm-lm", "--allow-fault-header"
    ) as server:
        server.wait_for_log('"ready"')
        yield server


class Quiet:
    """Logs nothing."""

    def info(self, event: str, **fields: Any) -> None:
        pass

    def error(self, event: str, **fields: Any) -> None:
        pass


@pytest.fixture(scope="module")
def h11_url(api_key: str) -> Iterator[str]:
    """A server in a thread, on h11 and asyncio's own loop."""
    settings = Settings(api_key=(SecretStr(api_key),), engine="null", warm=("lstm-lm",))
    app = create_app(settings, logger=Quiet())
    config = uvicorn.Config(app, http="h11", loop="asyncio", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def client_of(url: str, case: FaultCase, api_key: str) -> Iterator[httpx.Client]:
    """A client in a namespace that has the fault of a case."""
    name = f"{case.kind.replace('_', '-')}-{CASES.index(case)}"
    headers = {"Authorization": f"Bearer {api_key}"}
    base_url = f"{url}/ns/{name}"
    with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT_S) as client:
        made = client.post("/_mock/faults", json={"fault": case.fault}, timeout=10)
        assert made.status_code == 200, made.text
        yield client


def look(client: httpx.Client, *, stream: bool) -> Seen:
    """Send a request and note what comes of it."""
    started, body, error = time.perf_counter(), bytearray(), None
    status, headers = None, httpx.Headers()
    request = {"json": STREAMED} if stream else {}
    method, path = ("POST", STREAM) if stream else ("GET", PATH)
    try:
        with client.stream(method, path, **request) as answer:  # type: ignore[arg-type]
            status, headers = answer.status_code, answer.headers
            for chunk in answer.iter_raw():
                body += chunk
    except httpx.TransportError as raised:
        error = raised
    return Seen(status, headers, bytes(body), error, time.perf_counter() - started)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_client_sees_the_fault(case: FaultCase, server: ServerProcess, api_key: str) -> None:
    with client_of(server.url, case, api_key) as client:
        assert_seen(case, look(client, stream=case.stream))
        assert client.get("/_mock/faults").json()["data"][0]["hit"] == 1
        client.delete("/_mock/faults")
        assert look(client, stream=case.stream).status == 200


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.raises or c.kind == "slow_close"], ids=case_id
)
def test_a_client_sees_the_same_of_another_server_of_http(
    case: FaultCase, h11_url: str, api_key: str
) -> None:
    with client_of(h11_url, case, api_key) as client:
        assert_seen(case, look(client, stream=case.stream))
        client.delete("/_mock/faults")
        assert look(client, stream=case.stream).status == 200


def test_every_kind_is_seen() -> None:
    assert {case.kind for case in CASES} == {kind_of(kind) for kind in KINDS}
    assert len(KINDS) >= 24


def test_what_is_cut_off_has_begun(server: ServerProcess, api_key: str) -> None:
    for kind, arrived in (("drop_after_events", 2), ("stall", 2)):
        case = next(c for c in CASES if c.kind == kind and c.raises)
        with client_of(server.url, case, api_key) as client:
            client.post("/_mock/faults", json={"id": "x", "fault": {"kind": kind, "events": 2}})
            client.delete("/_mock/faults/nobody")
            seen = look(client, stream=True)
            assert len(seen.events) == min(arrived, case.fault["events"])


def test_the_log_names_the_rule_and_shows_no_defect(server: ServerProcess, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}", "X-Mock-Namespace": "logged"}
    rule = {"id": "my-rule", "fault": {"kind": "internal"}}
    httpx.post(f"{server.url}/_mock/faults", json=rule, headers=headers)
    refused = httpx.get(f"{server.url}{PATH}", headers=headers)
    found = server.wait_for_log(rf".*{refused.headers['x-request-id']}.*")
    line = json.loads(found[0])
    assert (line["injected"], line["level"], line["status"]) == ("my-rule", "info", 500)
    assert "exception" not in line


def test_a_request_brings_its_fault_in_a_header(server: ServerProcess, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}", "X-Mock-Namespace": "brought"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        fault = {"X-Mock-Fault": "status=503;times=1"}
        assert [client.get(PATH, headers=fault).status_code for _ in range(2)] == [503, 200]
        refused = client.get(PATH, headers={"X-Mock-Fault": "dance"})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
        assert client.get(PATH).status_code == 200


def test_a_client_that_leaves_ends_what_holds_it_up(server: ServerProcess, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}", "X-Mock-Namespace": "left"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        client.post("/_mock/faults", json={"id": "held", "fault": {"kind": "timeout"}})
        with pytest.raises(httpx.ReadTimeout):
            client.get(PATH, timeout=0.05)
        found = server.wait_for_log(r'.*"injected":"held".*')
        assert json.loads(found[0])["status"] == 499


def test_a_server_that_stops_lets_go_of_what_is_held(api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}"}
    options = ("--engine", "null", "--warm", "lstm-lm", "--shutdown-grace-s", "0")
    with ServerProcess("--api-key", api_key, *options) as server:
        url = server.url
        httpx.post(f"{url}/_mock/faults", json={"fault": {"kind": "timeout"}}, headers=headers)

        def ask() -> None:
            with suppress(httpx.TransportError):
                httpx.get(f"{url}{PATH}", headers=headers, timeout=30)

        asking = threading.Thread(target=ask)
        asking.start()
        while httpx.get(f"{url}/_mock/faults", headers=headers).json()["data"][0]["hit"] == 0:
            pass
        server.stop()
        asking.join(timeout=5)
    assert not asking.is_alive()
