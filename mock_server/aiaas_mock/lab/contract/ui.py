"""The page of the lab, for a browser: plain files that ask the routes of the lab."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract._operation import Operation

PAGE: Final[Operation[None, None]] = Operation(
    name="mock.ui.page",
    method="GET",
    path="/_mock/ui",
    summary="Show the lab in a browser: journal, faults, clock, namespaces, models.",
    request=None,
    response=None,
    media_type="text/html",
    scope=None,
    effect="read",
)

SCRIPT: Final[Operation[None, None]] = Operation(
    name="mock.ui.script",
    method="GET",
    path="/_mock/ui/page.js",
    summary="The program of the page.",
    request=None,
    response=None,
    media_type="text/javascript",
    scope=None,
    effect="read",
)

STYLE: Final[Operation[None, None]] = Operation(
    name="mock.ui.style",
    method="GET",
    path="/_mock/ui/page.css",
    summary="The look of the page.",
    request=None,
    response=None,
    media_type="text/css",
    scope=None,
    effect="read",
)

OPERATIONS: Final = (PAGE, SCRIPT, STYLE)
"""They hold nothing of the server, so that a browser gets them before it shows a token."""

EXAMPLES: Final[dict[str, Any]] = {}
