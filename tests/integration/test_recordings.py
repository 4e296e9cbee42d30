"""A live deployment is recorded over sockets, and replayed by a server that never saw it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner, Result

from aiaas import AsyncClient, Client, NotFoundError
from aiaas_mock.cassettes import Exchange, read_har
from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerProcess

Serve = Callable[..., ServerProcess]

KEY: Final = "sk_mock_recorded_development"
PROMPT: Final = "The king"
JSON: Final = "application/json"
CONTENT: Final = b"\x89PNG a receipt \xff"


@pytest.fixture
def spare(serve: Serve) -> Serve:
    """Start a server whose models compute nothing: whatever it answers well is somebody else's."""
    return lambda: serve("--engine", "null", "--warm", "clothing")


def lab(server: ServerProcess) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/ns/recorded/_mock")


def recorded(file: Path) -> dict[str, Exchange]:
    """Return the last exchange of each path."""
    return {httpx.URL(one.url).path: one for one in read_har(file.read_text("utf-8")).exchanges}


def ask(client: Client) -> list[Any]:
    """Ask for an answer, a stream and an upload, and return what the program sees of them."""
    with client.text.generate_stream(PROMPT, max_tokens=12, seed=2) as stream:
        tokens = [token.text for token in stream]
        whole = stream.final()
    stored = client.files.create(CONTENT, filename="receipt.bin")
    return [client.text.sentiment("I love it"), tokens, whole, stored]


async def ask_async(client: AsyncClient) -> list[Any]:
    """Ask for the same."""
    async with client.text.generate_stream(PROMPT, max_tokens=12, seed=2) as stream:
        tokens = [token.text async for token in stream]
        whole = await stream.final()
    stored = await client.files.create(CONTENT, filename="receipt.bin")
    return [await client.text.sentiment("I love it"), tokens, whole, stored]


def record(server: ServerProcess, upstream: str, api_key: str, file: Path) -> list[Any]:
    """Record what a program asks of a deployment, save it, and return what the program saw."""
    with lab(server) as control, Client(KEY, base_url=server.url) as client:
        begun = control.post("/recordings/start", json={"upstream": upstream, "api_key": api_key})
        assert begun.status_code == 200, begun.text
        assert api_key not in begun.text
        seen = ask(client)
        done = control.post("/recordings/stop").json()
        assert (done["exchanges"], done["state"], done["truncated"]) == (3, "kept", False)
        file.write_bytes(control.get(f"/recordings/{done['id']}").content)
    return seen


async def test_what_a_live_deployment_answered_is_replayed_to_unmodified_clients(
    live: ServerProcess, spare: Serve, api_key: str, tmp_path: Path
) -> None:
    file = tmp_path / "live.har"
    server = spare()
    seen = record(server, live.url, api_key, file)
    assert len(seen[1]) == 12
    server.stop()

    fresh = spare()
    with lab(fresh) as control:
        found = control.post(
            "/recordings", content=file.read_bytes(), headers={"Content-Type": JSON}
        ).json()
        assert control.post(f"/recordings/{found['id']}/replay").json()["state"] == "replaying"
    with Client(KEY, base_url=fresh.url) as client:
        assert ask(client) == seen
    async with AsyncClient(KEY, base_url=fresh.url) as client:
        assert await ask_async(client) == seen


def test_the_pieces_of_a_stream_are_those_of_the_deployment(
    live: ServerProcess, spare: Serve, api_key: str, tmp_path: Path
) -> None:
    file = tmp_path / "live.har"
    server = spare()
    record(server, live.url, api_key, file)
    stream = recorded(file)["/v1/text/generate"]
    pieces = stream.pieces()
    assert len(pieces) > 12  # one for each event
    assert all(piece.startswith(b"event: ") for piece in pieces)
    assert stream.url.startswith(live.url)
    with lab(server) as control:
        control.post("/recordings/recording_1/replay")
    kind = {"Authorization": f"Bearer {KEY}", "Content-Type": JSON}
    with (
        httpx.Client(base_url=server.url) as plain,
        plain.stream("POST", "/v1/text/generate", content=stream.request_body, headers=kind) as got,
    ):
        assert list(got.iter_raw()) == pieces
        assert got.headers["x-mock-recording"] == "recording_1"
        assert len(got.headers.get_list("date")) == 1


def test_no_key_is_in_the_file_or_in_the_log(
    live: ServerProcess, spare: Serve, api_key: str, tmp_path: Path
) -> None:
    file = tmp_path / "live.har"
    server = spare()
    record(server, live.url, api_key, file)
    written = file.read_bytes()
    for secret in (api_key, KEY):
        assert secret.encode() not in written
        assert secret not in server.log.partition("keys:")[2]
    assert b"Bearer [api_key]" in written
    assert recorded(file)["/v1/files"].request_body.count(CONTENT) == 1


def test_a_request_that_was_not_recorded_is_told_what_comes_nearest(
    live: ServerProcess, spare: Serve, api_key: str, tmp_path: Path
) -> None:
    server = spare()
    record(server, live.url, api_key, tmp_path / "live.har")
    with lab(server) as control, Client(KEY, base_url=server.url) as client:
        control.post("/recordings/recording_1/replay")
        with pytest.raises(NotFoundError) as caught:
            client.text.sentiment("I hate it")
    message = str(caught.value.detail)
    assert "body /inputs/0: recorded 'I love it', asked 'I hate it'" in message
    assert len(message.splitlines()) <= 10


def test_a_server_does_not_record_itself(live: ServerProcess) -> None:
    port = httpx.URL(live.url).port
    with lab(live) as control:
        for upstream in (live.url, f"http://localhost:{port}", f"{live.url}/ns/other"):
            refused = control.post("/recordings/start", json={"upstream": upstream})
            assert (refused.status_code, refused.json()["param"]) == (422, "/upstream")
            assert "this very server" in refused.json()["detail"]
        assert control.get("/recordings").json()["data"] == []


def test_two_servers_that_record_each_other_do_not_go_round_in_circles(spare: Serve) -> None:
    one, other = spare(), spare()
    for server, upstream in ((one, other), (other, one)):
        with lab(server) as control:
            begun = control.post(
                "/recordings/start", json={"upstream": f"{upstream.url}/ns/recorded"}
            )
            assert begun.status_code == 200
    answer = httpx.get(f"{one.url}/v1/models", headers={"Authorization": f"Bearer {KEY}"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "passed the request on to itself" in answer.json()["detail"]


# Commands


def run(server: ServerProcess, *arguments: str, **environment: str) -> Result:
    options = ["--url", server.url, "--namespace", "by-command"]
    runner = CliRunner(env=environment)
    return runner.invoke(cli, ["lab", "recordings", arguments[0], *options, *arguments[1:]])


def test_recordings_are_steered_by_commands(
    live: ServerProcess, spare: Serve, api_key: str, tmp_path: Path
) -> None:
    server, file = spare(), str(tmp_path / "x.har")
    key = "sk_mock_by-command_development"
    environment = {"AIAAS_MOCK_UPSTREAM_KEY": api_key}
    begun = run(server, "start", "--upstream", live.url, "--header", "X-Team: shop", **environment)
    assert begun.exit_code == 0, begun.output
    assert api_key not in begun.output
    with Client(key, base_url=server.url) as client:
        models = [model.id for model in client.models.list()]
    assert '"state": "recording"' in run(server, "list").output
    assert run(server, "stop").exit_code == 0
    assert f"{file}: recording_1, " in run(server, "save", file).output
    assert run(server, "drop", "recording_1").exit_code == 0
    assert '"state": "kept"' in run(server, "load", file).output
    assert '"state": "replaying"' in run(server, "replay", "--recorded-pace").output
    with Client(key, base_url=server.url) as client:
        assert [model.id for model in client.models.list()] == models
    assert run(server, "stop").exit_code == 0
    assert run(server, "start").exit_code == 0
    assert run(server, "save", file, "--id", "recording_3").exit_code == 0
    assert read_har((tmp_path / "x.har").read_text("utf-8")).exchanges == []


def test_what_cannot_be_done_is_told(spare: Serve, tmp_path: Path) -> None:
    server = spare()
    (tmp_path / "none.har").write_text("{", "utf-8")
    (tmp_path / "other.har").write_text('{"log": {}}', "utf-8")
    told = {
        ("stop",): (1, "Nothing is recorded or replayed"),
        ("replay",): (1, "the namespace has no recording"),
        ("save", str(tmp_path / "x.har"), "--id", "r"): (1, "There is no recording 'r'"),
        ("load", str(tmp_path / "missing.har")): (1, "cannot read"),
        ("load", str(tmp_path / "none.har")): (1, "is not JSON in UTF-8"),
        ("load", str(tmp_path / "other.har")): (1, "/log/entries: "),
        ("start", "--header", "X: y"): (2, "--header goes with --upstream"),
        ("start", "--upstream", "http://h", "--header", "X"): (2, "a header is 'Name: value'"),
    }
    for arguments, (code, words) in told.items():
        result = run(server, *arguments)
        assert (result.exit_code, words in result.output) == (code, True), result.output
    assert run(server, "start").exit_code == 0
    unwritable = run(server, "save", str(tmp_path / "no" / "x.har"))
    assert "cannot write" in unwritable.output
