"""The child's side of `aiaas_mock.jobs.child`; what a module calls that is run as a child."""

from __future__ import annotations

import json
import os
import threading
from typing import Final, TextIO

from aiaas_mock.errors import ApiError

_ORPHANED: Final = 3
"""Exit status of a child whose server is no more."""


class Parent:
    """The server, as a child knows it.

    Make it first of all: from then on the child ends when the server does, and standard output is
    for `tell` alone. Whatever else is printed, by libraries too, goes to standard error.
    """

    def __init__(self) -> None:
        self._output: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(self, **said: object) -> None:
        """Say something to the server, as one JSON object."""
        self._output.write(json.dumps(said, allow_nan=False) + "\n")
        self._output.flush()

    def fail(self, error: ApiError) -> None:
        """Say why the work cannot be done; the job has failed with that."""
        self.tell(error={"code": error.code, "detail": error.detail, "param": error.param})


def _end_with_parent() -> None:
    # Nothing is said about it: whoever would hear it is no more, and writing would raise.
    try:
        while os.read(0, 4096):  # nothing is ever sent: this ends when the pipe closes
            pass
    finally:
        os._exit(_ORPHANED)
