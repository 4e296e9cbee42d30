"""Where there is nothing, that is said on standard error, and a pipe gets nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from aiaas.cli._app import app
from aiaas.testing import FakeCloud, interested_users, recommendations

Run = Callable[..., Result]


LISTS = [
    ("files.list", ("files", "list"), "files"),
    ("files.list", ("files", "list", "--purpose", "batch"), "such files"),
    ("jobs.list", ("jobs", "list"), "jobs"),
    ("jobs.list", ("jobs", "list", "--status", "failed"), "such jobs"),
    ("jobs.list", ("jobs", "list", "--kind", "x"), "such jobs"),
    ("models.list", ("models", "list"), "models"),
    ("models.list", ("models", "list", "--task", "x"), "such models"),
    ("recommendations.items.list", ("recommendations", "items", "list"), "items"),
    ("recommendations.events.list", ("recommendations", "events", "list"), "events"),
    (
        "recommendations.events.list",
        ("recommendations", "events", "list", "--item", "a"),
        "such events",
    ),
    ("recommendations.models.list", ("recommendations", "models", "list"), "models"),
]


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize(("operation", "arguments", "what"), LISTS)
def test_a_list_without_anything_says_so_beside_the_output(
    fake: FakeCloud,
    run: Run,
    operation: str,
    arguments: tuple[str, ...],
    what: str,
    form: tuple[str, ...],
) -> None:
    fake.on(operation).answers(data=[])
    result = run(*arguments, *form)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"there are no {what}\n"


def test_every_command_that_lists_is_among_them() -> None:
    listing = {
        " ".join((group.name or "", command.name or ""))
        for group in app.registered_groups
        for command in (group.typer_instance.registered_commands if group.typer_instance else ())
        if command.name == "list"
    }
    tried = {" ".join(arguments[:2]) for _, arguments, _ in LISTS}
    # The settings of a profile are never none: a profile without settings is gone.
    assert listing - {"config list"} <= tried


def test_answers_without_items_or_users_say_so(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.for_user").answers(recommendations())
    fake.on("recommendations.users_for_item").answers(interested_users())
    nobody = run("recommendations", "users-for", "a")
    assert (nobody.stdout, nobody.stderr) == ("", "there are no users whom it would interest\n")
    nothing = run("recommendations", "for-user", "ada")
    assert nothing.stdout.startswith("ease@1, recommendation ")
    assert nothing.stderr == "there are no items to recommend\n"


def test_usage_without_requests_says_so(fake: FakeCloud, run: Run) -> None:
    fake.on("usage.retrieve").answers(data=[])
    assert run("usage").stderr == "there are no requests so far\n"
    assert run("usage", "--operation", "x").stderr == "there are no such requests so far\n"


def test_events_of_a_job_after_the_last_one_are_none(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.events").answers(data=[])
    result = run("jobs", "events", "job_1", "--after", "9")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "there are no events after 9\n"


def test_a_file_without_profiles_is_told_with_what_makes_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIAAS_CONFIG", str(tmp_path / "config.toml"))
    result = run("config", "profiles")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "there are no profiles in " in result.stderr
    assert "aiaas config set" in result.stderr
