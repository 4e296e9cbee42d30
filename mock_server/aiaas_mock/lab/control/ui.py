"""Answers with the page of the lab."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiaas_mock.http.answers import Answer
from aiaas_mock.lab.contract.ui import OPERATIONS, PAGE, SCRIPT, STYLE
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk

_FOLDER: Final = Path(__file__).parent.parent / "page"
_FILES: Final = {PAGE.name: "index.html", SCRIPT.name: "page.js", STYLE.name: "page.css"}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _file(name: str, media_type: str) -> ControlHandler:
    async def answer(request: None, space: MakeSpace) -> Answer:
        # A few kilobytes of this machine's disk, for a person: not worth a thread or a cache.
        body = (_FOLDER / name).read_bytes()
        return Answer(body, media_type=f"{media_type}; charset=utf-8", headers=_HEADERS)

    return answer


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {one.name: _file(_FILES[one.name], one.media_type) for one in OPERATIONS}
