"""The deployment's secret."""

import stat
from pathlib import Path

import pytest

from aiaas_mock.gateway.secret import DeploymentSecret
from aiaas_mock.storage import StoreError


def test_a_directory_keeps_its_secret_and_others_have_another(tmp_path: Path) -> None:
    first, again = (DeploymentSecret.in_directory(tmp_path).derived("keys") for _ in range(2))
    assert first == again
    assert first != DeploymentSecret.new().derived("keys")


def test_every_purpose_has_a_secret_of_its_own() -> None:
    secret = DeploymentSecret.new()
    assert secret.derived("keys") != secret.derived("tokens")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    DeploymentSecret.in_directory(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        DeploymentSecret.in_directory(tmp_path)


def test_a_secret_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(StoreError, match="Not a directory"):
        DeploymentSecret.in_directory(tmp_path / "file" / "below")


def test_the_folder_of_a_secret_is_made(tmp_path: Path) -> None:
    DeploymentSecret.in_directory(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
