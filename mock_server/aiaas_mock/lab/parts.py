"""Parts: what every namespace has one of beside its rows."""

from __future__ import annotations

from typing import Any, Protocol


class Part(Protocol):
    """Something of a namespace that can be reset, copied and restored.

    What `copy` returns is never changed afterwards, and belongs to the part alone.
    """

    def reset(self) -> None:
        """Be as in a new namespace."""
        ...

    def copy(self) -> Any:
        """Return what `restore` needs to come back to this moment."""
        ...

    def restore(self, copied: Any) -> None:
        """Be as when `copied` was made."""
        ...
