"""``aiaas-mock lab`` against a server in a process of its own."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerProcess

Run = Callable[..., Result]
Told = Callable[..., Any]


@pytest.fixture
def run(live: ServerProcess) -> Run:
    """Run a command of the lab on the shared server."""

    def run(name: str, *arguments: str, url: str = live.url) -> Result:
        return CliRunner().invoke(cli, ["lab", name, "--url", url, *arguments])

    return run


@pytest.fixture
def told(run: Run) -> Told:
    """Run a command and return what it prints."""

    def told(*arguments: str) -> Any:
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return told


def test_a_namespace_is_made_steered_and_dropped(told: Told) -> None:
    space = ("--namespace", "by-command")
    assert told("create", "by-command", "--seed", "7")["seed"] == 7
    assert "by-command" in {one["name"] for one in told("namespaces")["data"]}
    assert told("seed", *space) == {"seed": 7}
    assert told("seed", "8", *space) == {"seed": 8}
    assert told("seed", "--none", *space) == {"seed": None}
    assert told("clock", "--at", "2026-03-01T12:00:00Z", *space)["now"] == "2026-03-01T12:00:00Z"
    assert told("clock", "--advance", "60", *space)["now"] == "2026-03-01T12:01:00Z"
    assert told("clock", "--resume", *space)["frozen"] is False
    assert told("clock", "--freeze", *space)["frozen"] is True
    assert told("limits", "--rpm", "60", "--remaining", "1", *space)["remaining"] == 1
    assert told("limits", *space)["rpm"] == 60
    snapshot = told("snapshot", *space)
    assert told("limits", "--none", *space)["rpm"] is None
    assert told("snapshots", *space)["data"] == [snapshot]
    assert told("restore", snapshot["id"], *space) == snapshot
    assert told("limits", *space)["rpm"] == 60
    assert told("reset", "clock", *space)["scope"] == ["clock"]
    assert told("clock", *space)["frozen"] is False
    assert "limits" in told("reset", *space)["scope"]
    assert told("drop", "by-command") == {"name": "by-command", "deleted": True}


def test_the_status_is_what_the_server_can_do(told: Told) -> None:
    assert "images.classify" in told("status")["operations"]


def test_a_refusal_is_told_and_ends_with_1(run: Run) -> None:
    result = run("drop", "nobody-here")
    assert result.exit_code == 1
    assert result.output == "Error: not_found: There is no namespace 'nobody-here'.\n"


def test_a_server_that_is_not_there_is_told(run: Run) -> None:
    result = run("status", url="http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "cannot reach http://127.0.0.1:1" in result.output


def test_a_server_that_is_none_of_ours_is_told(run: Run, live: ServerProcess) -> None:
    result = run("status", url=f"{live.url}/elsewhere")
    assert "not_found" in result.output
    assert result.exit_code == 1


def test_the_clock_does_one_thing_at_a_time(run: Run) -> None:
    assert run("clock", "--freeze", "--resume").exit_code == 2


def test_the_admin_token_is_shown(serve: Callable[..., ServerProcess]) -> None:
    token = "an-admin-token-of-the-tests"
    server = serve("--engine", "null", "--admin-token", token)
    assert token not in server.log
    refused = CliRunner().invoke(cli, ["lab", "status", "--url", server.url])
    assert "invalid_api_key" in refused.output
    for shown in (["--admin-token", token], []):
        environment = {} if shown else {"AIAAS_MOCK_ADMIN_TOKEN": token}
        asked = CliRunner(env=environment).invoke(
            cli, ["lab", "status", "--url", server.url, *shown]
        )
        assert asked.exit_code == 0
    keys = httpx.get(f"{server.url}/v1/usage", headers={"Authorization": f"Bearer {token}"})
    assert keys.status_code == 200


def test_faults_are_added_listed_and_cleared(told: Told, run: Run, live: ServerProcess) -> None:
    space = ("--namespace", "faults-by-command")
    made = told(
        "fault",
        "status=503;times=2;retry_after_s=0.5",
        *("--operation", "models.*", "--nth", "1", "--nth", "2", "--model", "clothing"),
        *space,
    )
    assert made["rule"]["fault"] == {"kind": "status", "status": 503, "retry_after_s": 0.5}
    assert made["rule"]["times"] == 2
    assert made["rule"]["match"]["nth"] == [1, 2]
    assert (made["rule"]["match"]["operation"], made["rule"]["match"]["model"]) == (
        "models.*",
        "clothing",
    )
    assert told("fault", "reset", *space)["rule"]["match"]["nth"] is None
    assert len(told("faults", *space)["data"]) == 2
    assert len(told("faults", "--clear", *space)["ids"]) == 2
    refused = run("fault", "dance", *space)
    assert refused.exit_code == 1
    assert "/fault" in refused.output


def test_what_is_no_problem_is_told_as_what_it_is(run: Run, live: ServerProcess) -> None:
    rule = {"fault": {"kind": "status", "status": 502}}
    space = {"X-Mock-Namespace": "a-proxy"}
    httpx.post(f"{live.url}/_mock/faults", json=rule, headers=space)
    result = run("status", "--namespace", "a-proxy", url=f"{live.url}/v1/models?")
    assert result.exit_code == 1
    assert "which is not the lab of aiaas-mock" in result.output


def test_the_journal_is_read_verified_and_deleted(
    run: Run, told: Told, live: ServerProcess
) -> None:
    space = ("--namespace", "by-journal")
    headers = {"Authorization": "Bearer sk_mock_by-journal_development"}
    httpx.get(f"{live.url}/v1/models", headers=headers)
    httpx.get(f"{live.url}/v1/modells", headers={**headers, "X-Mock-Namespace": "by-journal"})
    assert [one["status"] for one in told("requests", *space)["data"]] == [200, 404]
    assert len(told("requests", "--operation", "models.*", *space)["data"]) == 1
    assert told("unmatched", *space)["data"][0]["closest"] == "models.list"
    lines = run("requests", "--canonical", "--status", "200", *space).output.splitlines()
    assert [json.loads(line)["operation"] for line in lines] == ["models.list"]
    match = {"operation": "models.list"}
    assert told("verify", json.dumps({"match": match}), *space)["verified"]
    failed = run("verify", json.dumps({"match": {**match, "status": 201}}), *space)
    assert failed.exit_code == 1
    assert "status: expected 201, got 200" in failed.output
    assert told("requests", "--clear", *space)["count"] == 2


def test_overrides_are_added_and_deleted(run: Run, told: Told) -> None:
    space = ("--namespace", "by-override")
    match = {"operation": "text.detect_language"}
    body = {"match": match, "respond": {"merge": {"/results/0/language": "xx"}}}
    made = told("override", json.dumps(body), *space)
    assert told("overrides", *space)["data"] == [made]
    assert told("overrides", "--clear", *space)["ids"] == [made["id"]]
    assert "no JSON" in run("override", "{", *space).output
