"""Files are saved whole, and with the permissions that they should have."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from aiaas._core.destinations import Destination

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")


def saved(path: Path, content: bytes = b"new") -> int:
    """Save a file, and return its permissions."""
    destination = Destination(path)
    destination.write(content)
    destination.keep()
    destination.close()
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_is_like_any_other(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        assert saved(tmp_path / "copy") == mode
    finally:
        os.umask(before)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "copy"
    path.write_bytes(b"old")
    path.chmod(mode)
    assert saved(path) == mode


def test_the_umask_of_the_process_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def umask(mask: int) -> int:
        raise AssertionError("all threads would see this")

    monkeypatch.setattr(os, "umask", umask)
    saved(tmp_path / "copy")


def test_what_is_not_kept_is_removed(tmp_path: Path) -> None:
    destination = Destination(tmp_path / "copy")
    destination.write(b"half")
    destination.close()
    destination.close()
    assert os.listdir(tmp_path) == []
