"""Make `aiaas._sync` from `aiaas._async`.

Run ``make sync`` after a change under ``_async``. With ``--check`` nothing is written; the exit
status is 1 when the generated files are not what would be written.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

SDK: Final = Path(__file__).resolve().parent
SOURCE: Final = SDK / "aiaas" / "_async"
TARGET: Final = SDK / "aiaas" / "_sync"
HAND_WRITTEN: Final = frozenset({"_runtime.py"})

HEADER: Final = "# Generated from {source} by `make sync`; edit that file instead.\n"

# Names that the two colours have under different spellings.
NAMES: Final = {
    "_async": "_sync",
    "AsyncClient": "Client",
    "AsyncImages": "Images",
    "AsyncModels": "Models",
    "AsyncPaginator": "Paginator",
    "AsyncPipeline": "Pipeline",
    "AsyncTransport": "Transport",
    "aclose": "close",
}

# `Callable[..., Awaitable[X]]` becomes `Callable[..., X]`; one level of brackets is enough.
UNWRAPPED: Final = re.compile(r"\bAwaitable\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")
ASYNC_GENERATOR: Final = re.compile(r"\bGenerator\[(\w+), None\]")
AWAITABLE_IMPORT: Final = re.compile(r"\bAwaitable, |, Awaitable\b")

# Docstrings and comments are one token each, so their words are replaced as text.
WORDS: Final = (
    (re.compile(r"\basync (with|for|def)\b"), r"\1"),
    (re.compile(r"\(await ([^()]*\([^()]*\))\)"), r"\1"),
    (re.compile(r"\bawait "), ""),
    (re.compile(r"\baiaas\.AsyncClient\b"), "aiaas.Client"),
    (re.compile(r"\bThe asynchronous client: the original, from which `aiaas._sync` is generated"),
     "The synchronous client, generated from `aiaas._async`"),
)  # fmt: skip


def main() -> int:
    """Write the generated files, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    check: bool = parser.parse_args().check
    generated = generate()
    stale = stale_files(generated)
    if not check:
        for name in stale:
            _write(TARGET / name, generated.get(name))
        print(f"_sync: {len(stale)} of {len(generated)} files changed")
        return 0
    for name in stale:
        print(f"{TARGET / name} is not what {SOURCE / name} gives", file=sys.stderr)
    if stale:
        print("Run `make sync` and commit the result.", file=sys.stderr)
    return 1 if stale else 0


def generate() -> dict[str, str]:
    """Return the text of every generated file, by name."""
    import unasync  # here, so that this module can be imported without it

    with tempfile.TemporaryDirectory() as folder:
        rule = unasync.Rule(f"{SOURCE}/", f"{folder}/", additional_replacements=NAMES)
        sources = [path for path in sorted(SOURCE.glob("*.py")) if path.name not in HAND_WRITTEN]
        unasync.unasync_files([str(path) for path in sources], [rule])
        for path in sources:
            made = Path(folder) / path.name
            text = made.read_text(encoding="utf-8")
            header = HEADER.format(source=path.relative_to(SDK).as_posix())
            made.write_text(header + _finish(text), encoding="utf-8")
        _format(Path(folder))
        return {path.name: path.read_text(encoding="utf-8") for path in Path(folder).glob("*.py")}


def stale_files(generated: dict[str, str]) -> list[str]:
    """Return the names of files that are missing, different or left over."""
    present = {
        path.name: path.read_text(encoding="utf-8")
        for path in TARGET.glob("*.py")
        if path.name not in HAND_WRITTEN
    }
    return sorted(
        name for name in {*generated, *present} if generated.get(name) != present.get(name)
    )


def _finish(text: str) -> str:
    text = UNWRAPPED.sub(r"\1", text)
    text = AWAITABLE_IMPORT.sub("", text)
    text = ASYNC_GENERATOR.sub(r"Generator[\1, None, None]", text)
    for words, replacement in WORDS:
        text = words.sub(replacement, text)
    return text


def _format(folder: Path) -> None:
    config = SDK.parent / "pyproject.toml"
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--quiet", "--config", str(config), str(folder)]
    # Sorting the imports again: names changed, and with them their order.
    subprocess.run([*ruff, "check", "--fix", "--select", "I,F401", *options], check=True)  # noqa: S603
    subprocess.run([*ruff, "format", *options], check=True)  # noqa: S603


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
