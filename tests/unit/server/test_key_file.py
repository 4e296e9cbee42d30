"""The key file and the commands that keep it."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aiaas_mock.cli.commands import cli
from aiaas_mock.gateway.key_file import KeyFile, KeyFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["keys", *arguments])


def test_create_prints_the_key_once_and_writes_its_digest_only(path: Path) -> None:
    result = keys("create", "--file", str(path), "--namespace", "teama")
    assert result.exit_code == 0
    key = result.stdout.strip()
    assert key.startswith("sk_mock_teama_")
    assert key not in path.read_text()
    assert key not in result.stderr
    record = KeyFile.read(path).ring().find(key)
    assert record is not None
    assert record.namespace == "teama"
    assert record.scopes == frozenset({"*"})


def test_the_file_can_be_read_by_its_owner_only(path: Path) -> None:
    for _ in range(2):
        keys("create", "--file", str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_create_adds_to_the_keys_that_are_there(path: Path) -> None:
    made = [keys("create", "--file", str(path)).stdout.strip() for _ in range(3)]
    ring = KeyFile.read(path).ring()
    assert all(ring.find(key) for key in made)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_create_takes_scopes(path: Path) -> None:
    options = ("--scope", "models:read", "--scope", "images:infer")
    key = keys("create", "--file", str(path), *options).stdout.strip()
    record = KeyFile.read(path).ring().find(key)
    assert record is not None
    assert record.scopes == {"models:read", "images:infer"}


def test_create_refuses_a_wrong_namespace_and_writes_nothing(path: Path) -> None:
    result = keys("create", "--file", str(path), "--namespace", "Team A")
    assert result.exit_code == 1
    assert "is not a namespace" in result.output
    assert not path.exists()


def test_list_shows_state_and_neither_key_nor_digest(path: Path) -> None:
    key = keys("create", "--file", str(path), "--namespace", "teama").stdout.strip()
    content = json.loads(path.read_text())
    (entry,) = content["keys"]
    shown = keys("list", "--file", str(path)).output
    assert shown.split() == [entry["id"], "teama", "*", "active"]
    assert key not in shown
    assert entry["digest"] not in shown
    assert content["pepper"] not in shown


def test_revoke_withdraws_a_key_and_keeps_its_first_date(path: Path) -> None:
    key = keys("create", "--file", str(path)).stdout.strip()
    (made,) = KeyFile.read(path).keys
    assert keys("revoke", "--file", str(path), made.id).exit_code == 0
    (revoked,) = KeyFile.read(path).keys
    assert revoked.revoked_at is not None
    assert keys("revoke", "--file", str(path), made.id).exit_code == 0
    assert KeyFile.read(path).keys == [revoked]
    record = KeyFile.read(path).ring().find(key)
    assert record is not None
    assert record.revoked
    assert "revoked 20" in keys("list", "--file", str(path)).output


def test_revoke_of_an_unknown_key_says_so(path: Path) -> None:
    keys("create", "--file", str(path))
    result = keys("revoke", "--file", str(path), "key_nobody")
    assert result.exit_code == 1
    assert "key_nobody" in result.output


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pepper": "00", "colour": "red"}'])
def test_a_file_of_something_else_is_refused_with_advice(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(KeyFileError, match="keys create"):
        KeyFile.read(path)
    for command in (("list",), ("create",), ("revoke", "key_1")):
        result = keys(command[0], "--file", str(path), *command[1:])
        assert result.exit_code == 1
        assert "is not valid" in result.output
    assert path.read_text() == content


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(KeyFileError, match="No such file"):
        KeyFile.read(path)


def test_create_refuses_a_scope_that_is_not_there_and_lists_those_that_are(path: Path) -> None:
    result = keys("create", "--file", str(path), "--scope", "models:read", "--scope", "nope")
    assert result.exit_code == 1
    assert "there is no scope 'nope'; there are *, files:*, files:read" in result.output
    assert not path.exists()
    for scope in ("*", "images:*", "metrics:read"):
        assert keys("create", "--file", str(path), "--scope", scope).exit_code == 0


def test_revoke_says_what_happened(path: Path) -> None:
    keys("create", "--file", str(path))
    (made,) = KeyFile.read(path).keys
    first, second = (keys("revoke", "--file", str(path), made.id) for _ in range(2))
    assert first.stderr.startswith(f"{made.id} is revoked in {path}; a running server reads it")
    assert second.stderr.startswith(f"{made.id} was revoked already in {path}")
    assert first.stdout == second.stdout == ""
