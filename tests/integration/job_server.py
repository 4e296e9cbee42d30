"""A server whose jobs do what a test needs; `tests.integration.test_jobs` runs and kills it.

The first attempt at a job of the kind ``test.outlive`` never ends; it notes that it has begun.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import uvicorn
from pydantic import SecretStr

from aiaas_mock.app import create_app
from aiaas_mock.cli.logs import configure_logs
from aiaas_mock.jobs.child import run_child
from aiaas_mock.jobs.handler import RunningJob
from aiaas_mock.settings import Settings

OUTLIVE: Final = "test.outlive"
CHILD: Final = "test.child"


class Outlive:
    """Succeeds at the second attempt."""

    kind = OUTLIVE

    async def run(self, job: RunningJob) -> Mapping[str, Any]:
        """Do it."""
        await job.progress(0.5, f"attempt {job.attempt}")
        if job.attempt == 1:
            await asyncio.sleep(3600)
        return {"attempt": job.attempt}


class Child:
    """Succeeds at the second attempt; the first waits in a process of its own."""

    kind = CHILD

    async def run(self, job: RunningJob) -> Mapping[str, Any]:
        """Do it."""

        async def tell(said: dict[str, Any]) -> None:
            await job.progress(0.5, str(said["pid"]))

        if job.attempt == 1:
            from structlog import get_logger

            await run_child("tests.unit.jobs.children", ["wait"], tell=tell, log=get_logger())
        return {}


def main(data_dir: str, port: str, api_key: str) -> None:
    """Serve."""
    settings = Settings(
        data_dir=Path(data_dir), api_key=(SecretStr(api_key),), engine="null", warm=()
    )
    configure_logs("json", "info")
    listener = socket.create_server(("127.0.0.1", int(port)))
    app = create_app(settings, job_handlers=[Outlive(), Child()])
    print(listener.getsockname()[1], flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
