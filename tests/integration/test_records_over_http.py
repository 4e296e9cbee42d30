"""What operators see: a line of JSON per request, and metrics; never a key or a payload."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT, in_base64

Serve = Callable[..., ServerProcess]
TEAM_A = "sk_mock_teama_the-secret-of-the-first-team"
TEAM_B = "sk_mock_team-b_the-secret-of-the-second-team"
CLASSIFY = "/v1/images/classify"
METRICS = {
    "aiaas_requests_total": "counter",
    "aiaas_request_duration_seconds": "histogram",
    "aiaas_queue_duration_seconds": "histogram",
    "aiaas_batch_size": "histogram",
    "aiaas_shed_total": "counter",
    "aiaas_model_info": "gauge",
}


@pytest.fixture
def teams(serve: Serve) -> ServerProcess:
    """A server with keys of two namespaces."""
    return serve("--api-key", TEAM_A, "--api-key", TEAM_B, "--warm", "fashion-cnn")


def classify(server: ServerProcess, key: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}{CLASSIFY}",
        json={"model": "fashion-cnn", "inputs": [{"data": in_base64(ANKLE_BOOT)}, {"data": "?"}]},
        headers={"Authorization": f"Bearer {key}"},
    )


def line_of(server: ServerProcess, response: httpx.Response) -> dict[str, Any]:
    request_id = response.headers["x-request-id"]
    text = server.wait_for_log(rf'\n({{.*"request_id":"{request_id}".*}})\n')[1]
    line: dict[str, Any] = json.loads(text)
    return line


def test_every_request_is_one_line_of_json_in_its_namespace(teams: ServerProcess) -> None:
    lines = [line_of(teams, classify(teams, key)) for key in (TEAM_A, TEAM_B)]
    assert [line["namespace"] for line in lines] == ["teama", "team-b"]
    assert len({line["key_id"] for line in lines}) == 2
    for line in lines:
        assert line["operation"] == "images.classify"
        assert line["status"] == 200
        assert line["model"] == "fashion-cnn@1"
        assert (line["inputs"], line["failed_inputs"]) == (2, 1)
        assert line["batch_size"] >= 1
        assert line["duration_ms"] >= line["queue_ms"] >= 0
        assert line["timestamp"].endswith("Z")


def test_a_refusal_is_logged_with_its_code(teams: ServerProcess) -> None:
    line = line_of(teams, classify(teams, "nobody-ever-issued-this"))
    assert (line["status"], line["code"]) == (401, "invalid_api_key")
    assert "namespace" not in line


def test_the_log_holds_neither_keys_nor_pictures(teams: ServerProcess) -> None:
    wrong = "nobody-ever-issued-this"
    for key in (TEAM_A, TEAM_B, wrong):
        line_of(teams, classify(teams, key))
    bad = httpx.post(
        f"{teams.url}{CLASSIFY}",
        json={"inputs": in_base64(ANKLE_BOOT)},
        headers={"Authorization": f"Bearer {TEAM_A}"},
    )
    line_of(teams, bad)
    teams.stop()
    for secret in (TEAM_A, TEAM_B, wrong, in_base64(ANKLE_BOOT), in_base64(ANKLE_BOOT)[:40]):
        assert secret not in teams.log


def test_all_metrics_are_there_and_count(teams: ServerProcess) -> None:
    headers = {"Authorization": f"Bearer {TEAM_A}"}
    classify(teams, TEAM_A)
    classify(teams, "nobody-ever-issued-this")
    text = httpx.get(f"{teams.url}/metrics", headers=headers).text
    kinds = dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE"))
    assert METRICS.items() <= kinds.items()
    lines = text.splitlines()
    for series in (
        'aiaas_requests_total{operation="images.classify",status="200"} 1.0',
        'aiaas_requests_total{operation="images.classify",status="401"} 1.0',
        'aiaas_request_duration_seconds_count{operation="images.classify"} 2.0',
        'aiaas_batch_size_sum{model="fashion-cnn@1"} 1.0',
        'aiaas_queue_duration_seconds_count{model="fashion-cnn@1"} 1.0',
        'aiaas_model_info{model="fashion-cnn",version="1"} 1.0',
        "aiaas_shed_total 0.0",
    ):
        assert series in lines
