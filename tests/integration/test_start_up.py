"""How the server starts, and how it says that it cannot."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerDied, ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT

Serve = Callable[..., ServerProcess]
WriteBundle = Callable[..., Path]
KEY = ("--api-key", "sixteen-characters-or-more")


def refused(*arguments: str, env: dict[str, str] | None = None) -> str:
    """Run `serve` with settings that cannot work; return the one line that it says."""
    free_port = () if "--port" in arguments else ("--port", "0")
    done = subprocess.run(
        [sys.executable, "-m", "aiaas_mock", "serve", *arguments, *free_port],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def refused_at_once(*arguments: str, env: dict[str, str] | None = None) -> str:
    """Do the same in this process, for settings that are refused before anything is set up."""
    result = CliRunner().invoke(cli, ["serve", *arguments], env=env)
    assert result.exit_code == 2, result.output
    (line,) = result.output.splitlines()
    assert line.startswith("error: ")
    return line


def test_a_corrupt_bundle_refuses_to_start(write_bundle: WriteBundle) -> None:
    folder = write_bundle()
    (folder / "model.tflite").write_bytes(b"other weights!!")
    line = refused("--models", str(folder.parents[1]))
    assert "'model.tflite' was changed" in line
    assert str(folder) in line


def test_missing_weights_refuse_to_start(write_bundle: WriteBundle) -> None:
    folder = write_bundle()
    (folder / "model.tflite").unlink()
    assert "'model.tflite' is listed in the card but missing" in refused(
        "--models", str(folder.parents[1])
    )


def test_a_card_that_is_not_json_refuses_to_start(write_bundle: WriteBundle) -> None:
    folder = write_bundle()
    (folder / "card.json").write_text("{")
    assert "card.json breaks the schema" in refused("--models", str(folder.parents[1]))


def test_an_unknown_default_model_refuses_to_start() -> None:
    line = refused("--default", "images.classify=no-such-model")
    assert "no model 'no-such-model'" in line
    assert "imagenet-mobilenet-v2" in line


def test_a_default_model_for_another_task_refuses_to_start() -> None:
    line = refused("--default", "images.classify=imagenet-mobilenet-v1-embedding")
    assert "not for images.classify" in line


@pytest.mark.parametrize("value", ["fashion-cnn", "images.paint=fashion-cnn"])
def test_a_default_that_names_no_operation_refuses_to_start(value: str) -> None:
    assert "images.classify" in refused_at_once("--default", value)


def test_an_unknown_warm_model_refuses_to_start() -> None:
    assert "no model 'no-such-model'" in refused("--warm", "no-such-model")


def test_a_port_in_use_refuses_to_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused("--port", str(port))
    assert f"cannot listen on 127.0.0.1 port {port}" in line
    assert "--port" in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104  # refused, that is the point
def test_an_open_door_without_a_key_refuses_to_start(host: str) -> None:
    line = refused_at_once("--host", host)
    assert host in line
    assert "--api-key" in line


def test_a_short_key_refuses_to_start_and_is_not_repeated() -> None:
    line = refused_at_once("--api-key", "tooshort")
    assert "16 characters" in line
    assert "tooshort" not in line


def test_an_unknown_setting_in_the_file_refuses_to_start(tmp_path: Path) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text("colour = 'red'\n")
    assert "colour" in refused_at_once("--config", str(config))


def test_a_mistyped_setting_in_the_file_is_told_with_its_place_and_what_was_meant(
    tmp_path: Path,
) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text("prot = 8080\n")
    line = refused_at_once("--config", str(config))
    assert line == f"error: prot in {config} is not known here; did you mean 'port'?"


def test_a_value_that_cannot_be_is_told_under_the_name_it_was_given_by(tmp_path: Path) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text("port = 99999\n")
    wrong = {"AIAAS_MOCK_PORT": "many"}
    assert refused_at_once("--port", "many") == "error: --port must be a whole number"
    assert refused_at_once(env=wrong) == "error: AIAAS_MOCK_PORT must be a whole number"
    line = refused_at_once("--config", str(config))
    assert line == f"error: port in {config} must be 65535 or less"


def test_a_mistyped_variable_is_told() -> None:
    env = {"AIAAS_MOCK_PROT": "1", "AIAAS_MOCK_URL": "http://127.0.0.1:1", "AIAAS_MOCK_PORT": "x"}
    result = CliRunner().invoke(cli, ["serve"], env=env)
    told, _ = result.output.splitlines()
    assert told == (
        "warning: AIAAS_MOCK_PROT is not a setting and has no effect; did you mean AIAAS_MOCK_PORT?"
    )


def test_a_file_that_is_not_toml_refuses_to_start(tmp_path: Path) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text("port =\n")
    assert "is not TOML" in refused_at_once("--config", str(config))


def test_an_environment_variable_that_cannot_be_read_refuses_to_start() -> None:
    assert "AIAAS_MOCK_DEFAULT" in refused_at_once(env={"AIAAS_MOCK_DEFAULT": "{"})


def test_a_key_file_that_is_missing_refuses_to_start(tmp_path: Path) -> None:
    assert "No such file" in refused("--key-file", str(tmp_path / "keys.json"))


@pytest.mark.parametrize(("option", "value"), [("--port", "many"), ("--max-queue", "1")])
def test_a_setting_out_of_range_is_named(option: str, value: str) -> None:
    assert option in refused_at_once(option, value)


def test_an_unknown_engine_is_told_the_known_ones() -> None:
    result = CliRunner().invoke(cli, ["serve", "--engine", "steam"])
    assert result.exit_code == 2
    assert all(name in result.output for name in ("litert", "tensorflow", "null"))


def test_flags_come_before_environment_and_environment_before_file(
    tmp_path: Path, serve: Serve
) -> None:
    config = tmp_path / "aiaas.toml"
    config.write_text(
        'max_queue = 101\ndecode_threads = 1\nrequest_timeout_s = 11.0\nwarm = ["fashion-cnn"]\n'
    )
    env = {"AIAAS_MOCK_MAX_QUEUE": "102", "AIAAS_MOCK_DECODE_THREADS": "2"}
    server = serve("--config", str(config), "--max-queue", "103", env={**os.environ, **env})
    settings = server.wait_for_log(r"settings: (.*)")[1]
    assert "max_queue=103" in settings
    assert "decode_threads=2" in settings
    assert "request_timeout_s=11.0" in settings
    assert "warm=['fashion-cnn']" in settings


def test_settings_are_shown_without_keys(serve: Serve, api_key: str) -> None:
    server = serve("--engine", "null")
    settings = server.wait_for_log(r"settings: (.*)")[1]
    assert "api_key=['**********']" in settings
    assert api_key not in server.log


def test_without_a_key_on_loopback_a_development_key_is_made_and_printed() -> None:
    with ServerProcess("--engine", "null") as server:
        line = server.wait_for_log(r"AIAAS_BASE_URL=(\S+) AIAAS_API_KEY=(sk_mock_default_\S+)")
        url, key = line[1], line[2]
        headers = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{url}/v1/models", headers=headers).status_code == 200
        assert server.log.count(key) == 1


def test_a_plain_server_never_imports_tensorflow(api_key: str) -> None:
    with ServerProcess("--api-key", api_key, python=("-X", "importtime")) as server:
        response = httpx.post(
            f"{server.url}/v1/images/classify",
            content=ANKLE_BOOT,
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "image/png"},
        )
        assert response.status_code == 200
        server.stop()
        imported = set(re.findall(r"^import time:.*\| +(\S+)$", server.log, re.MULTILINE))
    assert "ai_edge_litert.interpreter" in imported
    assert not {name for name in imported if name.partition(".")[0] in ("tensorflow", "keras")}


def test_a_bundle_of_your_own_is_served_beside_the_shipped_ones(
    serve: Serve, write_bundle: WriteBundle, api_key: str
) -> None:
    folder = write_bundle()
    server = serve("--models", str(folder.parents[1]), "--engine", "null")
    response = httpx.post(
        f"{server.url}/v1/images/classify?model=tiny",
        content=ANKLE_BOOT,
        headers={"Authorization": f"Bearer {api_key}", "Content-Type": "image/png"},
    )
    (result,) = response.json()["results"]
    assert [prediction["label"] for prediction in result["predictions"]] == ["cat", "dog"]


def test_a_server_that_cannot_start_says_why_to_its_parent() -> None:
    with pytest.raises(ServerDied, match="no model 'no-such-model'"):
        ServerProcess(*KEY, "--warm", "no-such-model")
