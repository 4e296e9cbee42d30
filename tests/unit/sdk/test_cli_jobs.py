"""``aiaas jobs``: list, show, wait, events and cancel."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.testing import FakeCloud, job, job_event

Run = Callable[..., Result]


@pytest.fixture
def fake() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments: CliRunner().invoke(app, ["jobs", *arguments], obj=make)


def test_jobs_are_listed_as_a_table_and_as_lines(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.list").answers(
        job("running", id="job_2", progress=0.42, message="epoch [3]"), job(id="job_1")
    )
    table = run("list", "--kind", "recommendations.train", "--status", "running")
    assert table.exit_code == 0
    head, first, second = table.stdout.splitlines()
    assert head.split() == ["job", "kind", "status", "done", "created", "message"]
    assert first.split()[:4] == ["job_2", "recommendations.train", "running", "42%"]
    assert first.endswith("epoch [3]")
    assert "100%" in second
    fake.assert_called("jobs.list", kind="recommendations.train", status="running")
    lines = run("list", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["job_2", "job_1"]


def test_a_status_that_no_job_has_is_refused_before_anything_is_sent(
    fake: FakeCloud, run: Run
) -> None:
    assert run("list", "--status", "lost").exit_code == 2
    assert fake.calls == []


def test_a_job_is_shown_with_its_result(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.retrieve").answers(job(id="job_1", result={"model": "t@2", "recall": 0.25}))
    shown = run("show", "job_1")
    fields = dict(line.split(maxsplit=1) for line in shown.stdout.splitlines()[1:])
    assert fields["job"].strip() == "job_1"
    assert (fields["model"].strip(), fields["recall"].strip()) == ("t@2", "0.25")
    assert "message" not in fields  # there is none
    assert json.loads(run("show", "job_1", "--json").stdout)["result"]["model"] == "t@2"


def test_waiting_ends_with_the_job_and_a_status_of_its_own(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.retrieve").answers(job("running")).answers(job(id="job_1"))
    done = run("wait", "job_1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "succeeded" in done.stdout
    fake.on("jobs.retrieve").answers(job("failed", code="job_lost"))
    failed = run("wait", "job_1")
    assert failed.exit_code == 1
    assert "(job_lost)" in failed.stdout
    fake.on("jobs.retrieve").answers(job("cancelled"))
    assert run("wait", "job_1", "--json").exit_code == 1


def test_waiting_in_vain_says_how_far_it_is(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.retrieve").answers(job("running", id="job_1", progress=0.5))
    late = run("wait", "job_1", "--timeout-s", "3")
    assert late.exit_code == 1
    assert "is running after 3 s, 50% done" in late.stderr


def test_jobs_are_called_off(fake: FakeCloud, run: Run) -> None:
    fake.on("jobs.cancel", job="job_1").answers(job("running", cancel_requested=True))
    fake.on("jobs.cancel", job="job_2").answers(job("cancelled"))
    said = run("cancel", "job_1", "job_2")
    assert (said.exit_code, said.stdout) == (0, "")
    assert said.stderr == "job_1 is running and will end\njob_2 is cancelled\n"
    assert json.loads(run("cancel", "job_2", "--json").stdout)["status"] == "cancelled"


@pytest.mark.parametrize("follow", [(), ("--follow",)])
def test_what_happened_is_told_at_once_or_as_it_happens(
    fake: FakeCloud, run: Run, follow: tuple[str, ...]
) -> None:
    fake.on("jobs.events").answers(
        job_event("started", number=1),
        job_event("progress", "epoch 1", number=2, progress=0.5),
        job_event("succeeded", number=3),
    )
    told = run("events", "job_1", "--after", "1", *follow)
    assert told.exit_code == 0
    first, second = told.stdout.splitlines()
    assert first.split() == ["09:30:00", "50%", "progress", "epoch", "1"]
    assert second.split() == ["09:30:00", "100%", "succeeded"]
    (call,) = fake.calls
    assert call.fields["stream"] is bool(follow)
    lines = run("events", "job_1", "--json", *follow).stdout.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]
