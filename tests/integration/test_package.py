"""The distribution: what is in the wheel, and what a plain install brings."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_WEIGHTS_BYTES = 30_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("aiaas-*.whl")
    return zipfile.ZipFile(path)


def names(wheel: zipfile.ZipFile) -> list[str]:
    return wheel.namelist()


def dist_info(wheel: zipfile.ZipFile, file: str) -> str:
    (name,) = (name for name in names(wheel) if name.endswith(f".dist-info/{file}"))
    return wheel.read(name).decode()


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"aiaas", "aiaas_mock"}


def test_both_packages_are_typed(wheel: zipfile.ZipFile) -> None:
    assert {"aiaas/py.typed", "aiaas_mock/py.typed"} <= set(names(wheel))


def test_every_shipped_model_is_in_the_wheel_and_they_stay_small(wheel: zipfile.ZipFile) -> None:
    bundles = ROOT / "mock_server" / "aiaas_mock" / "bundles"
    files = {
        f"aiaas_mock/bundles/{path.relative_to(bundles).as_posix()}"
        for path in bundles.rglob("*")
        if path.is_file()
    }
    assert files <= set(names(wheel))
    assert sum(wheel.getinfo(name).file_size for name in files) < MAX_WEIGHTS_BYTES


def test_both_commands_are_installed(wheel: zipfile.ZipFile) -> None:
    entry_points = dist_info(wheel, "entry_points.txt")
    assert "aiaas = aiaas.cli:main" in entry_points
    assert "aiaas-mock = aiaas_mock.cli:main" in entry_points
    assert "aiaas_mock = aiaas_mock.testing.plugin" in entry_points


def test_a_plain_install_brings_httpx_pydantic_and_tenacity_only(wheel: zipfile.ZipFile) -> None:
    requires = message_from_string(dist_info(wheel, "METADATA")).get_all("Requires-Dist") or []
    base = {line.split(">")[0].split("<")[0] for line in requires if "extra ==" not in line}
    assert base == {"httpx", "pydantic", "tenacity"}


def test_the_server_extra_brings_no_tensorflow(wheel: zipfile.ZipFile) -> None:
    requires = message_from_string(dist_info(wheel, "METADATA")).get_all("Requires-Dist") or []
    server = [line for line in requires if "extra == 'server'" in line]
    assert server
    assert not [line for line in server if "tensorflow" in line or "keras" in line]


def test_the_licence_and_the_notices_travel_along(wheel: zipfile.ZipFile) -> None:
    licences = {name.rpartition("/")[2] for name in names(wheel) if "/licenses/" in name}
    assert licences == {"LICENSE", "THIRD_PARTY_NOTICES.md"}
