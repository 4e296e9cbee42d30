"""`aiaas-mock verify` tells a good deployment from a bad one and from none."""

import socket
from collections.abc import Callable

from click.testing import CliRunner

from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerProcess, all_cases

Serve = Callable[..., ServerProcess]


def verify(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["verify", *arguments])
    return result.exit_code, result.output


def test_a_deployment_that_keeps_the_contract_passes(live: ServerProcess, api_key: str) -> None:
    code, output = verify("--target", live.url, "--api-key", api_key)
    assert code == 0, output
    assert f"{len(list(all_cases()))} cases ok" in output
    assert "images.classify" in output


def test_differences_are_shown_and_fail(live: ServerProcess) -> None:
    code, output = verify(
        "--target", live.url, "--api-key", "a-key-of-nobody-here", "--operation", "models.list"
    )
    assert code == 1
    assert "DIFFERS happy" in output
    assert "- status: expected 200, got 401" in output
    assert "images.classify" not in output


def test_a_deployment_that_is_not_there_is_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code, output = verify("--target", url, "--api-key", "any-key-will-do-here")
    assert code == 2
    assert output.startswith(f"error: cannot reach {url}: ")


def test_an_address_that_is_none_is_told_apart() -> None:
    code, output = verify("--target", "nonsense", "--api-key", "any-key-will-do-here")
    assert code == 2
    assert "nonsense" in output


def test_an_unknown_operation_is_a_usage_error() -> None:
    code, output = verify("--target", "http://x", "--api-key", "k", "--operation", "images.paint")
    assert code == 2
    assert "images.paint" in output
