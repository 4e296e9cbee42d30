"""``python -m tests.fuzz``: every check and every phase of schemathesis, seed after seed."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
from tests.fuzz.deviations import Deployment, narrowed

from aiaas_mock.conformance import ServerProcess

PHASES: Final = "examples,coverage,fuzzing,stateful"
_EXAMPLES: Final = 5
_ROOT: Final = Path(__file__).parents[2]


def main() -> int:
    """Run the seeds that the command line asks for, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many, from 1 (default: 20)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--examples", type=int, default=_EXAMPLES, help="most of each operation")
    parser.add_argument("--jobs", type=int, default=2, help="seeds at a time (default: 2)")
    given = parser.parse_args()
    key = secrets.token_hex(16)
    seeds = range(given.first, given.first + given.seeds)
    begun = time.monotonic()
    with (
        ServerProcess("--api-key", key, "--log-level", "error") as server,
        ThreadPoolExecutor(given.jobs) as pool,
    ):
        results = pool.map(
            lambda seed: fuzz(server.url, key, "--seed", str(seed), examples=given.examples), seeds
        )
        failed = [seed for seed, result in zip(seeds, results, strict=True) if _shown(seed, result)]
    took_s = time.monotonic() - begun
    print(f"{given.seeds} seeds in {took_s:.0f} s, failed: {failed or 'none'}")
    return 1 if failed else 0


def _shown(seed: int, result: subprocess.CompletedProcess[str]) -> bool:
    """Print how a seed went, and say whether it failed."""
    failed = result.returncode != 0
    print(f"seed {seed}: {'FAILED' if failed else 'ok'}, {_counted(result.stdout)}", flush=True)
    if failed:
        print(result.stdout, result.stderr, sep="\n", flush=True)
    return failed


def fuzz(
    url: str, api_key: str, *options: str, examples: int = _EXAMPLES
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis once, with all checks and phases and no operation left out."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(_document(url, api_key)), "utf-8")
        return subprocess.run(
            _command(document, url, api_key, (*options, f"--max-examples={examples}")),
            cwd=folder,
            env={**os.environ, **_environment()},
            capture_output=True,
            text=True,
            check=False,
        )


def _document(url: str, api_key: str) -> dict[str, object]:
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {api_key}"}) as client:
        models = client.get("/v1/models", params={"limit": 100}).raise_for_status().json()["data"]
        document = client.get("/openapi.json").raise_for_status().json()
    return narrowed(document, Deployment(models=models, api_key=api_key))


def _command(document: Path, url: str, api_key: str, options: Sequence[str]) -> list[str]:
    return [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("run", str(document), "--url", url),
        *("--header", f"Authorization: Bearer {api_key}"),
        *("--checks", "all", "--phases", PHASES, "--continue-on-failure"),
        *("--no-color", "--generation-database", "none", "--warnings", "off"),
        *options,
    ]


def _environment() -> dict[str, str]:
    return {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": _python_path()}


def _python_path() -> str:
    return os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def _counted(output: str) -> str:
    return next((line.strip() for line in output.splitlines() if " generated" in line), "no cases")


if __name__ == "__main__":
    sys.exit(main())
