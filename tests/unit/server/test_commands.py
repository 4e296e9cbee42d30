"""The small commands, and what all commands share."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

import aiaas_mock
from aiaas.contract.openapi import build_document
from aiaas_mock.cli.commands import cli


def test_help_lists_every_command_with_a_line() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    for name in ("serve", "models", "train", "evaluate", "keys", "openapi", "lab", "verify"):
        assert f"\n  {name} " in result.output


def test_help_of_serve_has_an_option_for_every_setting() -> None:
    from aiaas_mock.settings import Settings

    output = CliRunner().invoke(cli, ["serve", "--help"]).output
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in output
    assert "--demo-catalogue / --no-demo-catalogue" in output


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(cli, ["dance"]).exit_code == 2


def test_openapi_prints_the_document() -> None:
    assert json.loads(CliRunner().invoke(cli, ["openapi"]).output) == build_document()


def test_models_lists_the_shipped_models_and_ones_own(
    write_bundle: Callable[..., Path], tmp_path: Path
) -> None:
    write_bundle()
    result = CliRunner().invoke(cli, ["models", "--models", str(tmp_path / "models")])
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.output.splitlines()]
    assert {"fashion-cnn@1", "imagenet-mobilenet-v2@1", "tiny@1"} <= set(names)


def test_models_refuses_a_bundle_that_was_changed(
    write_bundle: Callable[..., Path], tmp_path: Path
) -> None:
    (write_bundle() / "model.tflite").write_bytes(b"other weights!!")
    result = CliRunner().invoke(cli, ["models", "--models", str(tmp_path / "models")])
    assert result.exit_code == 1
    assert "was changed" in result.output


def test_without_the_servers_packages_the_command_to_install_them_is_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "aiaas_mock"],  # -S: without installed packages
        env={"PYTHONPATH": str(Path(aiaas_mock.__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "pip install 'aiaas[server]'" in done.stderr
    assert "Traceback" not in done.stderr
