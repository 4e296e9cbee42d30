"""``aiaas recommendations import`` and ``items import``: files, lines, restarts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.cli._row_files import RowFile
from aiaas.contract.problems import problem
from aiaas.testing import Call, FakeCloud, catalogue_item

Run = Callable[..., Result]
Write = Callable[..., Path]


@pytest.fixture
def fake() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments: CliRunner().invoke(
        app, ["recommendations", *map(str, arguments)], obj=make
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*lines: str, name: str = "events.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape") + b"\n")
        return path

    return written


def sent(fake: FakeCloud, operation: str = "events.create") -> list[dict[str, Any]]:
    calls = fake.calls_of(f"recommendations.{operation}")
    field = operation.partition(".")[0]
    entries = [entry for call in calls for entry in call.fields[field]]
    return [{name: value for name, value in one.items() if value is not None} for one in entries]


def test_events_are_sent_with_ids_of_their_lines(fake: FakeCloud, run: Run, write: Write) -> None:
    path = write("user,item,type,value", "ada,mug-1,view,", "", "bob,mug-2,purchase,4.5")
    fake.on("recommendations.events.create").answers()
    result = run("import", path)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 created, 0 duplicates, 0 refused in ")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    assert sent(fake) == [
        {"type": "view", "user": "ada", "item": "mug-1", "id": f"{digest}-2"},
        {"type": "purchase", "user": "bob", "item": "mug-2", "id": f"{digest}-4", "value": 4.5},
    ]


def test_a_second_run_sends_the_same_ids_and_a_changed_file_others(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    fake.on("recommendations.events.create").answers()
    path = write("user,item", *(f"u{n},mug-1" for n in range(2_500)))
    for _ in range(2):
        assert run("import", path, "--type", "view").exit_code == 0
    ids = [event["id"] for event in sent(fake)]
    assert len(ids) == 5_000
    assert len(set(ids)) == 2_500
    write("user,item", "u0,mug-2")
    run("import", path, "--type", "view")
    assert sent(fake)[-1]["id"] not in ids


def test_columns_may_have_any_name(fake: FakeCloud, run: Run, write: Write) -> None:
    path = write(
        "When;Who;What;Did;Price;Rec;Key",
        "2026-01-01 12:00;ada;mug-1;purchase;4.5;rcm_1;mine",
        name="events.txt",
    )
    fake.on("recommendations.events.create").answers()
    result = run(
        *("import", path, "--user-column", "Who", "--item-column", "what"),
        *("--type-column", "Did", "--value-column", "Price", "--time-column", "When"),
        *("--recommendation-column", "Rec", "--id-column", "Key", "--time-zone", "Europe/Paris"),
    )
    assert result.exit_code == 0, result.output
    assert sent(fake) == [
        {
            "type": "purchase",
            "user": "ada",
            "item": "mug-1",
            "id": "mine",
            "value": 4.5,
            "time": "2026-01-01T12:00:00+01:00",
            "recommendation_id": "rcm_1",
        }
    ]


def test_what_is_no_time_is_refused_in_any_zone(fake: FakeCloud, run: Run, write: Write) -> None:
    path = write("user,item,type,time", "ada,mug-1,view,yesterday")
    result = run("import", path, "--time-zone", "UTC")
    assert result.exit_code == 4
    assert "events.csv:2: time must be a time, such as" in result.stderr


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"),
        ("2026-01-01T12:00:00+05:00", "2026-01-01T12:00:00+05:00"),
        ("1767268800", "2026-01-01T12:00:00Z"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--time-zone", "UTC")])
def test_times_that_name_their_zone_stay_as_they_are(
    fake: FakeCloud, run: Run, write: Write, text: str, arrives: str, options: tuple[str, ...]
) -> None:
    path = write("user,item,type,time", f"ada,mug-1,view,{text}")
    fake.on("recommendations.events.create").answers()
    assert run("import", path, *options).exit_code == 0
    assert sent(fake)[0]["time"] == arrives


def test_lines_that_cannot_be_used_are_named_and_the_others_sent(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    path = write(
        "user,item,type,value,time",
        "ada,mug-1,view,,",
        "ada,mug-1,view,much,",
        "ada,mug-1,view,,2026-01-01 12:00",
        "ada,mug-1",
        ",mug-1,view,,",
        'bob,"mug-1",view,,',
        '"a',
        'b",mug-1,view,,',
        "caf\udce9,mug-1,view,,",
        "ada,nothing,view,,",
    )

    def refuse(call: Call) -> dict[str, Any]:
        errors = [
            {
                "index": index,
                "error": problem("item_not_found", "There is no item 'nothing'.").model_dump(
                    exclude_none=True
                ),
            }
            for index, event in enumerate(call.fields["events"])
            if event["item"] == "nothing"
        ]
        return {"errors": errors}

    fake.on("recommendations.events.create").answers(refuse)
    result = run("import", path, "--time-zone", "UTC")
    assert result.exit_code == 4
    assert result.stdout.startswith("3 created, 0 duplicates, 6 refused in ")
    named = [line.removeprefix("error: events.csv:") for line in result.stderr.splitlines()]
    assert [int(line.partition(":")[0]) for line in named] == [3, 5, 6, 8, 10, 11]
    assert "value must be a number" in named[0]
    assert "it has 2 values; the header has 5" in named[1]
    assert "user is required" in named[2]
    assert "user" in named[4]
    assert named[5].endswith("There is no item 'nothing'.")


def test_only_the_first_bad_lines_are_named(fake: FakeCloud, run: Run, write: Write) -> None:
    fake.on("recommendations.events.create").answers()
    path = write("user,item,type", *("ada,mug-1" for _ in range(30)), *("x,,view",) * 30)
    result = run("import", path)
    assert result.exit_code == 4
    assert len(result.stderr.splitlines()) == 21
    assert result.stderr.splitlines()[-1] == "error: and 40 more lines"
    (told,) = [json.loads(line) for line in run("import", path, "--json").stdout.splitlines()]
    assert (told["created"], told["failed"], len(told["errors"])) == (0, 60, 20)
    assert told["errors"][0] == {
        "line": 2,
        "code": "invalid_line",
        "detail": "it has 2 values; the header has 3",
    }


def test_json_lines_are_read_too(fake: FakeCloud, run: Run, write: Write) -> None:
    fake.on("recommendations.events.create").answers()
    path = write(
        '{"user": "ada", "item": "mug-1", "type": "view", "page": 7}',
        "",
        "{",
        "[1]",
        '{"user": "bob", "item": "mug-1", "type": "view", "value": 2}',
        name="events.jsonl",
    )
    result = run("import", path)
    assert result.exit_code == 4
    assert [event["id"][-2:] for event in sent(fake)] == ["-1", "-5"]
    assert "events.jsonl:3: it is no JSON" in result.stderr
    assert "events.jsonl:4: it is no JSON object" in result.stderr


def test_a_failure_says_that_the_command_may_be_run_again(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    fake.on("recommendations.events.create").answers(times=1).fails("invalid_api_key")
    path = write("user,item,type", *("ada,mug-1,view" for _ in range(2_000)))
    result = run("import", path, "--concurrency", "1")
    assert result.exit_code == 1
    assert "stopped after 1,000 lines; run it again: none counts twice" in result.stderr


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("who,item,type", (), "there is no column 'user'; there are: who, item, type"),
        ("user,item", (), "or what all events are with --type"),
        ("user,item,type", ("--value-column", "x"), "there is no column 'x'"),
        ("user,item,type", ("--time-zone", "Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        ("user,item,type", ("--delimiter", "::"), "must be one character"),
        ("", (), "the first line names no columns"),
    ],
)
def test_files_that_cannot_be_meant_are_wrong_usage(
    run: Run, write: Write, header: str, options: tuple[str, ...], message: str
) -> None:
    result = run("import", write(header, "a,b,c"), *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path / "nothing.csv")
    assert result.exit_code == 2
    assert "No such file" in result.stderr


def test_tabs_may_be_written_as_they_are_in_code(fake: FakeCloud, run: Run, write: Write) -> None:
    fake.on("recommendations.events.create").answers()
    path = write("user,x\titem\ttype", "ada\tmug-1\tview")
    assert run("import", path, "--delimiter", "\\t", "--user-column", "user,x").exit_code == 0
    assert sent(fake)[0]["user"] == "ada"


def test_unknown_items_are_added_first_and_known_ones_left_alone(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    known = [catalogue_item("mug-1", "White mug")]
    fake.on("recommendations.items.list").answers(lambda call: known)

    def add(call: Call) -> dict[str, Any]:
        known.extend(catalogue_item(item["id"]) for item in call.fields["items"])
        return {}

    fake.on("recommendations.items.upsert").answers(add)
    fake.on("recommendations.events.create").answers()
    path = write("user,item,name", "ada,mug-1,Other", "ada,bag,", "bob,bag,Red bag", "bob,,x")
    result = run("import", path, "--type", "view", "--create-items", "--title-column", "name")
    assert result.exit_code == 4  # the line without an item
    assert "1 items added" in result.stderr
    assert sent(fake, "items.upsert") == [
        {"id": "bag", "title": "Red bag", "metadata": {}, "available": True}
    ]
    assert len(sent(fake)) == 3


def test_items_that_go_when_others_come_are_added_too(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    own: list[str] = []

    def add(call: Call) -> dict[str, Any]:
        own.extend(item["id"] for item in call.fields["items"])
        return {}

    fake.on("recommendations.items.list").answers(
        lambda call: [catalogue_item(item) for item in own or ["demo"]]
    )
    fake.on("recommendations.items.upsert").answers(add)
    fake.on("recommendations.events.create").answers()
    result = run(
        "import", write("user,item,type", "ada,demo,view", "ada,new,view"), "--create-items"
    )
    assert result.exit_code == 0, result.output
    assert own == ["new", "demo"]
    assert "2 items added" in result.stderr


def test_items_that_cannot_be_added_are_not_tried_for_ever(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    fake.on("recommendations.items.list").answers(catalogue_item("mug-1"))
    fake.on("recommendations.events.create").answers()
    result = run("import", write("user,item,type", "ada,a b,view"), "--create-items")
    assert result.exit_code == 4
    assert "0 items added" in result.stderr
    assert "events.csv:2: item must be 1 to 128 letters, digits" in result.stderr


def test_lines_are_found_again_in_little_memory(write: Write) -> None:
    rows = [f'u{n},"a\nb"' if n == 7 else f"u{n},x" for n in range(10_000)]
    file = RowFile(write("user,item", *rows))
    assert len(list(file.rows())) == 10_000
    assert [file.line_of(position) for position in (0, 7, 8, 9_999)] == [2, 9, 11, 10_002]
    assert len(file._positions) == 2


def test_a_cell_that_is_too_long_spoils_its_line_alone(write: Write) -> None:
    file = RowFile(write("user,item", "ada," + "x" * 200_000, "bob,mug-1"))
    assert [row["user"] for row in file.rows()] == ["bob"]
    assert file.bad.first[0][0] == 2


# Items


def test_items_get_metadata_of_the_kind_that_their_columns_have(
    fake: FakeCloud, run: Run, write: Write
) -> None:
    fake.on("recommendations.items.upsert").answers()
    path = write(
        "SKU,Name,available,Unit price,size,new,tags,code,zip,mixed",
        'mug-1,"White mug",true,4.5,3,true,a|b,007,10115,true',
        "mug-2,Blue mug,false,5,4,false, c ,8,,5",
        "mug-3,,,,,,,,,",
        name="items.csv",
    )
    result = run(
        *("items", "import", path, "--id-column", "sku", "--title-column", "Name"),
        *("--list-column", "tags", "--text-column", "zip"),
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("3 created, 0 updated, 0 refused in ")
    white, blue, bare = sent(fake, "items.upsert")
    assert white == {
        "id": "mug-1",
        "title": "White mug",
        "available": True,
        "metadata": {
            "unit_price": 4.5,
            "size": 3,
            "new": True,
            "tags": ["a", "b"],
            "code": "007",
            "zip": "10115",
            "mixed": "true",
        },
    }
    assert blue["metadata"] == {
        "unit_price": 5.0,
        "size": 4,
        "new": False,
        "tags": ["c"],
        "code": "8",
        "mixed": "5",
    }
    assert blue["available"] is False
    assert bare == {"id": "mug-3", "metadata": {}, "available": True}


def test_items_of_json_lines_may_be_flat_or_not(fake: FakeCloud, run: Run, write: Write) -> None:
    fake.on("recommendations.items.upsert").answers()
    path = write(
        '{"id": "a", "title": "A", "price": 3, "tags": ["x"]}',
        '{"id": "b", "title": null, "metadata": {"price": 4}, "available": false}',
        '{"id": "c", "metadata": 5}',
        name="items.jsonl",
    )
    result = run("items", "import", path)
    assert result.exit_code == 4
    assert "items.jsonl:3: metadata must be an object with named fields" in result.stderr
    first, second = sent(fake, "items.upsert")
    assert first["metadata"] == {"price": 3, "tags": ["x"]}
    assert second == {"id": "b", "metadata": {"price": 4}, "available": False}


def test_a_column_named_by_a_number_is_a_field(fake: FakeCloud, run: Run, write: Write) -> None:
    fake.on("recommendations.items.upsert").answers()
    path = write("id,2024 sales,Größe", "a,7,M", name="items.csv")
    assert run("items", "import", path).exit_code == 0
    assert sent(fake, "items.upsert")[0]["metadata"] == {"field_2024_sales": 7, "gr_e": "M"}


def test_a_file_of_items_without_ids_is_wrong_usage(run: Run, write: Write) -> None:
    result = run("items", "import", write("sku,title", "a,A", name="items.csv"))
    assert result.exit_code == 2
    assert "there is no column 'id'; there are: sku, title" in result.stderr
