"""``aiaas text``, from arguments, files and pipes to exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.testing import (
    Call,
    FakeCloud,
    detected_language,
    emotions,
    entities,
    item_error,
    keyphrases,
    ranked_document,
    redacted,
    sentiment,
    similarity,
    summary,
    text_classification,
    text_embedding,
    token_count,
)

Run = Callable[..., Result]


@pytest.fixture
def fake() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments, **more: CliRunner().invoke(
        app, ["text", *arguments], obj=make, **more
    )


def rows(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [line.split() for line in result.stdout.splitlines()]


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_sentiment_is_a_table(fake: FakeCloud, run: Run) -> None:
    fake.on("text.sentiment").answers(
        sentiment("positive", 0.8), sentiment("negative", 0.75, language="zh")
    )
    header, good, bad = rows(run("sentiment", "great", "不好"))
    assert header == ["text", "sentiment", "score", "language", "model"]
    assert good == ["great", "positive", "0.800", "en", "sentiment-en@1"]
    assert bad[2:] == ["0.750", "zh", "sentiment-zh@1"]


def test_sentences_and_reasons_are_shown_when_asked_for(fake: FakeCloud, run: Run) -> None:
    part = {"start": 0, "end": 4, "label": "positive", "score": 0.7, "scores": []}
    reason = {
        "label": "positive",
        "method": "shapley-sampling",
        "baseline": 0.0,
        "logit": 1.0,
        "contributions": [
            {"start": 0, "end": 1, "text": word, "value": value}
            for word, value in (("a", 0.1), ("good", 0.8), ("film", 0.3), ("bad", -0.2))
        ],
    }
    fake.on("text.sentiment").answers(
        {"sentences": [{**part, "text": "Good."}], "explanation": reason}
    )
    result = run("sentiment", "--level", "sentence", "--explain", "Good. film")
    assert rows(result)[0][-1] == "because"
    assert "good +0.80, film +0.30, bad -0.20" in result.stdout
    assert "Good.  " in result.stdout.splitlines()[2]
    fake.assert_called("text.sentiment", level="sentence", explain=True)


def test_the_reasons_for_a_class_are_shown_when_asked_for(fake: FakeCloud, run: Run) -> None:
    reason = {
        "label": "refund",
        "method": "shapley-sampling",
        "baseline": 0.0,
        "logit": 1.0,
        "contributions": [{"start": 0, "end": 4, "text": "back", "value": 1.0}],
    }
    fake.on("text.classify").answers({"explanation": reason})
    result = run("classify", "--explain", "back")
    assert rows(result)[0][-1] == "because"
    assert "back +1.00" in result.stdout.splitlines()[1]
    fake.assert_called("text.classify", explain=True)


@pytest.mark.parametrize(
    ("command", "given", "expected"),
    [
        ("emotions", emotions(joy=0.9, love=0.6, anger=0.1), ["some text", "joy 0.900, love"]),
        ("emotions", emotions(anger=0.1), ["some text  -"]),
        ("classify", text_classification("refund", 0.8), ["refund", "0.800"]),
        ("classify", text_classification("refund", 0.4, abstained=True), ["unsure"]),
        ("classify", text_classification("refund", 0.4, out_of_scope=True), ["out of scope"]),
        (
            "keyphrases",
            keyphrases("some text of some kind", "some", "kind"),
            ["some", "2", "0.500"],
        ),
        ("keyphrases", keyphrases("-"), ["some text  -"]),
        ("entities", entities("in Paris", {"Paris": "location"}), ["Paris", "location", "3-8"]),
        ("redact", redacted("to a@b.c", {"a@b.c": "email"}), ["to [EMAIL]\n"]),
        ("detect-language", detected_language("de", 0.9, nl=0.1), ["de", "0.900", "nl"]),
        ("summarize", summary("One. Two.", "Two."), ["Two.\n"]),
        ("embed", text_embedding(1, 0, 0, 0, 0), ["5  1.000, 0.000, 0.000, 0.000, ..."]),
        ("count-tokens", token_count(1234), ["1,234", "any"]),
        ("count-tokens", token_count(3, max_tokens=128), ["128"]),
    ],
)
def test_every_command_shows_its_results(
    fake: FakeCloud, run: Run, command: str, given: BaseModel, expected: list[str]
) -> None:
    fake.on(f"text.{command.replace('-', '_')}").answers(given)
    result = run(command, "some text")
    assert result.exit_code == 0, result.output
    assert [part for part in expected if part not in result.stdout] == []
    (found,) = objects(run(command, "--json", "some text"))
    assert found["request_id"] == "req_fake_0002"
    assert "index" not in found


def test_options_reach_the_deployment(fake: FakeCloud, run: Run) -> None:
    fake.on("text.entities").answers()
    fake.on("text.redact").answers()
    run("entities", "x", "--type", "person", "--type", "group", "--min-score", "0.5")
    fake.assert_called("text.entities", types=["person", "group"], min_score=0.5)
    run("redact", "x", "--mode", "mask", "--type", "email")
    fake.assert_called("text.redact", types=["email"], mode="mask")


def test_what_was_redacted_is_not_printed(fake: FakeCloud, run: Run) -> None:
    fake.on("text.redact").answers(redacted("to a@b.c", {"a@b.c": "email"}))
    result = run("redact", "--json", "to a@b.c")
    assert objects(result)[0]["text"] == "to [EMAIL]"
    assert "a@b.c" not in result.output


def test_a_vector_is_printed_as_numbers(fake: FakeCloud, run: Run) -> None:
    fake.on("text.embed").answers(text_embedding(3, 4))
    assert objects(run("embed", "--json", "x"))[0]["embedding"] == [0.6, 0.8]


def test_two_texts_are_compared(fake: FakeCloud, run: Run) -> None:
    fake.on("text.similarity").answers(similarity(0.25))
    assert run("similarity", "a boot", "a shoe").stdout == "0.250\n"
    (found,) = objects(run("similarity", "--json", "a boot", "a shoe"))
    assert (found["text"], found["similarity"]) == (["a boot", "a shoe"], 0.25)


def test_documents_are_ranked(fake: FakeCloud, run: Run) -> None:
    fake.on("text.rerank").answers(ranked_document(1, 0.9), ranked_document(0, 0.25))
    _, first, second = rows(run("rerank", "shoes", "a hat", "a boot", "--top-n", "2"))
    assert (first, second) == (["0.900", "a", "boot"], ["0.250", "a", "hat"])
    found = objects(run("rerank", "--json", "shoes", "a hat", "a boot"))
    assert [(one["document"], one["index"]) for one in found] == [("a boot", 1), ("a hat", 0)]


def test_documents_that_cannot_be_ranked_are_named(fake: FakeCloud, run: Run) -> None:
    broken = item_error("empty_input", "Empty.").model_copy(update={"index": 1})
    fake.on("text.rerank").answers(ranked_document(0, 0.9), broken)
    result = run("rerank", "shoes", "a boot", " ")
    assert (result.exit_code, result.stderr) == (4, "error: text 2: Empty.\n")
    assert "a boot" in result.stdout


def test_a_generated_text_is_printed_as_it_comes(fake: FakeCloud, run: Run) -> None:
    fake.on("text.generate").streams("Hel", "lo\n", "you")
    result = run("generate", "To be", "--seed", "7", "--temperature", "0", "--stop", ".")
    assert (result.exit_code, result.stdout) == (0, "Hello\nyou\n")
    fake.assert_called(
        "text.generate", prompt="To be", seed=7, temperature=0, stop=["."], stream=True
    )


def test_a_generated_text_as_json_is_one_object(fake: FakeCloud, run: Run) -> None:
    fake.on("text.generate").streams("Hel", "lo", seed=9)
    (found,) = objects(run("generate", "--json", "-", input="To be"))
    assert (found["text"], found["seed"]) == ("Hello", 9)
    fake.assert_called("text.generate", prompt="To be")


def test_a_text_that_breaks_off_is_an_error(fake: FakeCloud, run: Run) -> None:
    fake.on("text.generate").streams("Hel", cut_off=True)
    result = run("generate")
    assert (result.exit_code, result.stdout) == (3, "Hel\n")
    assert "ended without 'done'" in result.stderr


def test_texts_come_from_a_file_line_by_line(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "reviews.txt"
    path.write_bytes("\ufeffgreat\r\n\r\n  \nbad\n".encode())
    fake.on("text.sentiment").answers(sentiment("positive"))
    assert [one["text"] for one in objects(run("sentiment", "--json", "--file", str(path)))] == [
        "great",
        "bad",
    ]


@pytest.mark.parametrize("arguments", [["-"], []])
def test_texts_come_from_a_pipe(fake: FakeCloud, run: Run, arguments: list[str]) -> None:
    fake.on("text.count_tokens").answers()
    run("count-tokens", *arguments, input="one\ntwo\n")
    fake.assert_called("text.count_tokens", inputs=["one", "two"])


def test_a_summary_is_of_a_whole_file(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text("One.\nTwo.\n", "utf-8")
    fake.on("text.summarize").answers()
    run("summarize", "--file", str(path))
    run("summarize", "-", input="Three.\nFour.")
    run("summarize", "Five.", "Six.")
    sent = [call.fields["inputs"] for call in fake.calls]
    assert sent == [["One.\nTwo.\n"], ["Three.\nFour."], ["Five.", "Six."]]


def test_texts_that_cannot_be_used_are_named_by_their_line(
    fake: FakeCloud, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("a\n\nb\n", "utf-8")
    fake.on("text.emotions").answers(emotions(joy=0.9), item_error("text_too_long", "Too long."))
    result = run("emotions", "--file", str(path))
    assert (result.exit_code, result.stderr) == (4, "error: line 3: Too long.\n")
    assert "joy" in result.stdout


def test_many_texts_are_asked_in_batches(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    def echo(call: Call) -> list[BaseModel]:
        return [redacted(text, {text: text}) for text in call.fields["inputs"]]

    path = tmp_path / "many.txt"
    path.write_text("\n".join(f"t{number}" for number in range(1500)), "utf-8")
    fake.on("text.redact").answers(echo)
    lines = run("redact", "--file", str(path)).stdout.splitlines()
    assert lines == [f"[T{number}]" for number in range(1500)]
    fake.assert_called("text.redact", times=6)


@pytest.mark.parametrize("source", ["a file", "a pipe"])
def test_redacted_lines_keep_their_numbers(
    fake: FakeCloud, run: Run, tmp_path: Path, source: str
) -> None:
    def redact(call: Call) -> list[BaseModel]:
        errors = {"\u200b": "empty_input", "long": "text_too_long"}
        return [
            item_error(errors[text], "Refused.")
            if text in errors
            else redacted(text, {"b": "email"})
            for text in call.fields["inputs"]
        ]

    fake.on("text.redact").answers(redact)
    text = "\na b\r\n\n  \n\u200b\nlong\nb\n\n"
    path = tmp_path / "app.log"
    path.write_bytes(text.encode())
    given = ["--file", str(path)] if source == "a file" else []
    result = run("redact", *given, input=text.encode())
    assert result.stdout == "\na [EMAIL]\n\n  \n\u200b\n\n[EMAIL]\n\n"
    assert (result.exit_code, result.stderr) == (4, "error: line 6: Refused.\n")
    assert fake.calls[0].fields["inputs"] == ["a b", "\u200b", "long", "b"]
    result = run("redact", "--json", *given, input=text.encode())
    assert [one["text"] for one in objects(result)] == ["a [EMAIL]", "[EMAIL]"]


def test_there_is_no_header_without_rows(fake: FakeCloud, run: Run) -> None:
    fake.on("text.emotions").answers(item_error("text_too_long", "Too long."))
    result = run("emotions", "x")
    assert (result.exit_code, result.stdout) == (4, "")


@pytest.mark.parametrize("language", ["zh-CN", "EN", "english"])
def test_what_is_no_code_of_a_language_is_told(fake: FakeCloud, run: Run, language: str) -> None:
    result = run("sentiment", "x", "--language", language)
    assert result.exit_code == 2
    assert result.stderr == f"error: language must be a code like 'en' or 'zh'; got {language!r}\n"
    assert fake.calls == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["redact", "x", "--file", "y"], "give texts or --file, not both"),
        (["redact", "--file", "/no/such/file"], "/no/such/file: No such file"),
        (["redact"], "there is no text"),
        (["summarize"], "there is no text"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_sent(
    fake: FakeCloud, run: Run, arguments: list[str], message: str
) -> None:
    result = run(*arguments, input="\n")
    assert result.exit_code == 2
    assert message in result.stderr
    assert fake.calls == []


def test_a_file_that_is_not_in_utf_8_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"\xe9")
    result = run("redact", "--file", str(path))
    assert (result.exit_code, result.stderr) == (2, f"error: {path}: not in UTF-8\n")


@pytest.mark.parametrize("command", ["redact", "summarize", "generate"])
def test_a_pipe_that_is_not_in_utf_8_is_refused(command: str) -> None:
    environment = {
        **os.environ,
        "AIAAS_API_KEY": "sk_mock_default_x",
        "PYTHONIOENCODING": "latin-1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "aiaas.cli", "text", command, "-"],
        input=b"caf\xe9",
        env=environment,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (2, b"error: standard input: not in UTF-8\n")


def test_a_refusal_is_told(fake: FakeCloud, run: Run) -> None:
    fake.on("text.sentiment").fails("model_not_found", detail="No model 'm'.")
    result = run("sentiment", "x", "--model", "m")
    assert result.exit_code == 1
    assert "No model 'm'" in result.stderr


def test_the_commands_load_no_wire_types_before_they_run() -> None:
    code = (
        "import sys\nfrom aiaas.cli._app import app\n"
        "print([name for name in sys.modules if name.startswith(('aiaas.contract', 'pydantic',"
        " 'httpx', 'rich.table'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
