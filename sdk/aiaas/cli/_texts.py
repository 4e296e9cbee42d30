"""Going through texts: where they come from, and the answers in batches."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, NamedTuple, NoReturn, TypeVar

import typer

from aiaas.cli._commands import Session
from aiaas.cli._output import print_json, print_table
from aiaas.cli._progress import Advance, progress_bar
from aiaas.cli._session import ExitStatus, complain, end

if TYPE_CHECKING:
    from aiaas import Client, ItemError

BATCH: Final = 1024
"""So many are given to the client at once; what was answered is printed before the next."""
_SHOWN: Final = 48
"""Most characters of a text in a table."""

ResultT = TypeVar("ResultT")
Progress = Callable[[int, int | None], None]
Ask = Callable[["Client", Sequence[str], Progress], "list[ResultT | ItemError]"]

Texts = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="Texts; '-' reads standard input, line by line."),
]
FromFile = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Read the texts of a file, one a line."),
]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name, name@version or alias; see 'aiaas models'.")
]
Language = Annotated[
    str | None, typer.Option(help="Language of all texts, such as en; found by itself if left out.")
]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only this type; several times.")]
MinScore = Annotated[float | None, typer.Option(min=0, max=1, help="Leave out what scores less.")]


class Input(NamedTuple):
    """A text, and what it is called when something is wrong with it."""

    name: str
    text: str


class Table(NamedTuple):
    """How answers are shown to people.

    Attributes:
        columns: Names of the columns.
        rows: Makes the rows of a text and its result.
        numbers: Columns that are flush right.
    """

    columns: Sequence[str]
    rows: Callable[[str, Any], Iterable[Sequence[str]]]
    numbers: Sequence[str] = ("score",)


def read_inputs(
    texts: Sequence[str] | None, file: Path | None, *, blank: bool = False
) -> list[Input]:
    """Return the texts of the command line, of a file, or of standard input.

    Args:
        texts: The texts of the command line, if there are any.
        file: The file, if one was named.
        blank: Whether blank lines are among them.
    """
    if texts and file:
        end("give texts or --file, not both", ExitStatus.USAGE)
    if texts and list(texts) != ["-"]:
        return [Input(f"text {number}", text) for number, text in enumerate(texts, start=1)]
    whole = read_whole(file)
    if not whole.strip():
        _end_without_text()
    return [
        Input(f"line {number}", line)
        for number, line in enumerate(whole.removesuffix("\n").split("\n"), start=1)
        if blank or line.strip()
    ]


def read_documents(texts: Sequence[str] | None, file: Path | None) -> list[Input]:
    """Return the texts of the command line, or one that is a whole file or standard input."""
    if texts and (file or list(texts) != ["-"]):
        return read_inputs(texts, file)
    whole = read_whole(file)
    if not whole.strip():
        _end_without_text()
    return [Input(str(file or "standard input"), whole)]


def read_whole(file: Path | None) -> str:
    """Return the text of a file, or of standard input when something comes from there."""
    try:
        if file is not None:
            return file.read_text("utf-8-sig")
        if sys.stdin.isatty():
            return ""
        # Not as text: bytes that are no UTF-8 would come as halves of surrogate pairs.
        text = sys.stdin.buffer.read().decode("utf-8-sig")
        return io.StringIO(text, newline=None).read()
    except OSError as error:
        end(f"{file}: {error.strerror or error}", ExitStatus.USAGE)
    except UnicodeDecodeError:
        end(f"{file or 'standard input'}: not in UTF-8", ExitStatus.USAGE)


def answer(
    session: Session,
    label: str,
    inputs: Sequence[Input],
    ask: Ask[ResultT],
    show: Table | Callable[[Any], str],
    *,
    as_json: Callable[[str, Any], Mapping[str, Any]] | None = None,
    in_place: bool = False,
) -> None:
    """Ask for all texts and print what is answered.

    Args:
        session: The shared options.
        label: What is being done, for the progress bar.
        inputs: The texts.
        ask: Asks for some of them.
        show: A table, or what makes a line of a result.
        as_json: Makes a JSON object of a text and its result; by default of all of both.
        in_place: Whether every text has its line: empty ones are printed as they are, and a text
            that could not be used is an empty line.

    Raises:
        typer.Exit: Some texts could not be used; they are named on standard error.
    """
    runner: _Runner[ResultT] = _Runner(label, inputs, hidden=session.verbose, in_place=in_place)
    with session.client() as client:
        results = runner.run(client, ask)
        if session.as_json:
            for text, result in results:
                if result is not None:
                    print_json((as_json or described)(text, result))
        elif isinstance(show, Table):
            rows = [row for text, result in results for row in show.rows(shown(text), result)]
            print_table(show.columns, rows, numbers=show.numbers)
        else:
            for text, result in results:
                typer.echo(text if result is None else show(result))
    if runner.failures:
        raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)


def described(text: str, result: Any) -> dict[str, Any]:
    """Return a result for a program."""
    return {"text": text, **without_text(text, result)}


def without_text(text: str, result: Any) -> dict[str, Any]:
    """Return a result for a program that must not get the text that was sent."""
    return {
        **result.model_dump(mode="json", exclude={"index"}),
        "model": result.model,
        "request_id": result.request_id,
    }


def shown(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


class _Runner(Generic[ResultT]):
    """Goes through texts; those that cannot be used are named and left out.

    Args:
        label: What is being done, for the progress bar.
        inputs: The texts.
        hidden: Whether there is no progress bar.
        in_place: Whether something stands for a text without a result.
    """

    def __init__(
        self, label: str, inputs: Sequence[Input], *, hidden: bool, in_place: bool
    ) -> None:
        self._label = label
        self._inputs = inputs
        self._hidden = hidden
        self._in_place = in_place
        self.failures = 0

    def run(self, client: Client, ask: Ask[ResultT]) -> Iterator[tuple[str, ResultT | None]]:
        """Yield texts and their results; without a result, what stands for the text."""
        total = len(self._inputs)
        with progress_bar(self._label, total, hidden=self._hidden) as advance:
            for start in range(0, total, BATCH):
                batch = self._inputs[start : start + BATCH]
                sent = [one for one in batch if not self._stays(one)]
                results = ask(client, [one.text for one in sent], _from(start, advance))
                answered = iter(zip(sent, results, strict=True))
                for one in batch:
                    if self._stays(one):
                        yield one.text, None
                    else:
                        yield from self._result(*next(answered))

    def _stays(self, one: Input) -> bool:
        return self._in_place and not one.text.strip()

    def _result(
        self, one: Input, result: ResultT | ItemError
    ) -> Iterator[tuple[str, ResultT | None]]:
        from aiaas import ItemError

        if not isinstance(result, ItemError):
            yield one.text, result
        elif self._in_place and result.error.code == "empty_input":
            yield one.text, None
        else:
            self.failures += 1
            complain(f"{one.name}: {result.error.detail}")
            if self._in_place:
                yield "", None


def _end_without_text() -> NoReturn:
    end("there is no text; give some, or --file, or a pipe", ExitStatus.USAGE)


def _from(start: int, advance: Advance) -> Progress:
    return lambda done, _: advance(start + done)
