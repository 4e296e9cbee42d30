"""Make every `_sync` package from the `_async` package beside it.

Run ``make sync`` after a change under an ``_async``. With ``--check`` nothing is written; the exit
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
PAIRS: Final = (
    (SDK / "aiaas" / "_async", SDK / "aiaas" / "_sync"),
    (SDK / "aiaas" / "middleware" / "_async", SDK / "aiaas" / "middleware" / "_sync"),
)
"""Folders of originals, and of what is generated from them."""
HAND_WRITTEN: Final = frozenset({"_runtime.py"})

HEADER: Final = "# Generated from {source} by `make sync`; edit that file instead.\n"

# Names that the two colours have under different spellings. `AsyncX` becomes `X` by itself.
NAMES: Final = {"_async": "_sync", "aclose": "close", "aclosing": "closing",
               "aiter_bytes": "iter_bytes",
               "AsyncByteStream": "SyncByteStream",
               "asynccontextmanager": "contextmanager"}  # fmt: skip
ASYNC_NAME: Final = re.compile(r"\bAsync([A-Z]\w*)\b")

# `Callable[..., Awaitable[X]]` becomes `Callable[..., X]`; one level of brackets is enough.
UNWRAPPED: Final = re.compile(r"\bAwaitable\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")
ASYNC_GENERATOR: Final = re.compile(r"(?<!Async)\bGenerator\[(\w+), None\]")
AWAITABLE_IMPORT: Final = re.compile(r"\bAwaitable, |, Awaitable\b")

# Docstrings and comments are one token each, so their words are replaced as text.
WORDS: Final = (
    (re.compile(r"\basync (with|for|def)\b"), r"\1"),
    (re.compile(r"\(await ([^()]*\([^()]*\))\)"), r"\1"),
    (re.compile(r"\bawait "), ""),
    (re.compile(r"\baiaas\.Async([A-Z])"), r"aiaas.\1"),
    (re.compile(r"\b(middleware=\[)Async(?=[A-Z])"), r"\1"),
    (re.compile(r"\bThe asynchronous middleware: the original, from which its synchronous twin is "
                r"generated"),
     "The synchronous middleware, generated from its asynchronous twin"),
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
        for path in stale:
            _write(path, generated.get(path))
        print(f"_sync: {len(stale)} of {len(generated)} files changed")
        return 0
    for path in stale:
        print(f"{path} is not what its original gives", file=sys.stderr)
    if stale:
        print("Run `make sync` and commit the result.", file=sys.stderr)
    return 1 if stale else 0


def generate() -> dict[Path, str]:
    """Return the text of every generated file, by the place where it belongs."""
    generated: dict[Path, str] = {}
    for source, target in PAIRS:
        if source.is_dir():
            generated.update(_generate(source, target))
    return generated


def stale_files(generated: dict[Path, str]) -> list[Path]:
    """Return the files that are missing, different or left over."""
    present = {
        path: path.read_text(encoding="utf-8")
        for _, target in PAIRS
        for path in target.glob("*.py")
        if path.name not in HAND_WRITTEN
    }
    return sorted(
        path for path in {*generated, *present} if generated.get(path) != present.get(path)
    )


def _generate(source: Path, target: Path) -> dict[Path, str]:
    import unasync  # here, so that this module can be imported without it

    sources = [path for path in sorted(source.glob("*.py")) if path.name not in HAND_WRITTEN]
    with tempfile.TemporaryDirectory() as folder:
        rule = unasync.Rule(f"{source}/", f"{folder}/", additional_replacements=_names_in(sources))
        unasync.unasync_files([str(path) for path in sources], [rule])
        for path in sources:
            made = Path(folder) / path.name
            text = made.read_text(encoding="utf-8")
            header = HEADER.format(source=path.relative_to(SDK).as_posix())
            made.write_text(header + _finish(text), encoding="utf-8")
        _format(Path(folder))
        return {
            target / path.name: path.read_text(encoding="utf-8")
            for path in Path(folder).glob("*.py")
        }


def _names_in(sources: list[Path]) -> dict[str, str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return {**{match[0]: match[1] for match in ASYNC_NAME.finditer(text)}, **NAMES}


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
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
