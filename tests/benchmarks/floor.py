"""The floor: what a bare Starlette answers under the same uvicorn."""

from __future__ import annotations

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def answer(request: Request) -> JSONResponse:
    """Answer what is always the same."""
    return JSONResponse({"status": "ok"})


def main() -> None:
    """Listen on a port."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    uvicorn.run(
        Starlette(routes=[Route("/", answer)]), port=port, log_level="error", access_log=False
    )


if __name__ == "__main__":
    main()
