"""``aiaas jobs``: work that goes on when the caller has gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_list, print_table, say_none
from aiaas.cli._progress import progress_bar
from aiaas.cli._session import ExitStatus

if TYPE_CHECKING:
    from aiaas import Job, JobEvent

app = typer.Typer(help="List, follow and cancel jobs.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(metavar="ID", help="Id of the job, job_...")]
_Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@command(app, "list")
def list_jobs(
    session: Session,
    kind: Annotated[
        str | None, typer.Option(help="Only jobs of this kind, for instance recommendations.train.")
    ] = None,
    status: Annotated[_Status | None, typer.Option(help="Only jobs with this status.")] = None,
) -> None:
    """List jobs, newest first."""
    with session.client() as client:
        jobs = client.jobs.list(kind=kind, status=status, limit=100)
        print_list(
            jobs,
            "jobs",
            ("job", "kind", "status", "done", "created", "message"),
            _row,
            as_json=session.as_json,
            numbers=("done",),
            filtered=kind is not None or status is not None,
        )


@command(app)
def show(session: Session, job_id: JobId) -> None:
    """Describe a job."""
    with session.client() as client:
        _print(session, client.jobs.retrieve(job_id))


@command(app)
def wait(
    session: Session,
    job_id: JobId,
    timeout_s: Annotated[
        float | None, typer.Option(min=0.001, help="Most seconds to wait; the job goes on.")
    ] = None,
) -> None:
    """Wait until a job has ended; the exit status is 0 only if it succeeded."""
    with session.client() as client:
        with progress_bar(job_id, 100, hidden=session.verbose) as advance:
            job = client.jobs.wait(
                job_id,
                timeout_s=timeout_s,
                raise_on_failure=False,
                progress=lambda job: advance(round(100 * job.progress)),
            )
        _print(session, job)
        if job.status != "succeeded":
            raise typer.Exit(ExitStatus.REFUSED)


@command(app)
def cancel(
    session: Session,
    job_ids: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of the jobs.")],
) -> None:
    """Ask for the end of jobs."""
    with session.client() as client:
        for job_id in job_ids:
            job = client.jobs.cancel(job_id)
            if session.as_json:
                print_json(job.model_dump(mode="json"))
            else:
                ending = " and will end" if job.cancel_requested and not job.done else ""
                typer.echo(f"{job_id} is {job.status}{ending}", err=True)


@command(app)
def events(
    session: Session,
    job_id: JobId,
    after: Annotated[int, typer.Option(min=0, help="Only events with a greater number.")] = 0,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the job has ended.")
    ] = False,
) -> None:
    """Tell what happened to a job; with --follow, as it happens."""
    with session.client() as client:
        if not follow:
            so_far = client.jobs.events(job_id, after=after)
            _tell(session, so_far)
            if not so_far:
                say_none(f"events after {after}")
            return
        with client.jobs.follow(job_id, after=after) as stream:
            _tell(session, stream)


def _tell(session: Session, events: Iterable[JobEvent]) -> None:
    for event in events:
        if session.as_json:
            print_json(event.model_dump(mode="json"))
        else:
            line = f"{event.time:%H:%M:%S} {event.progress:4.0%} {event.kind}  {event.message}"
            typer.echo(line.rstrip())


def _print(session: Session, job: Job) -> None:
    if session.as_json:
        print_json(job.model_dump(mode="json"))
    else:
        print_table(("field", "value"), [(name, value) for name, value in _fields(job) if value])


def _row(job: Job) -> tuple[str, ...]:
    created = f"{job.created_at:%Y-%m-%d %H:%M}"
    return job.id, job.kind, job.status, f"{job.progress:.0%}", created, job.message


def _fields(job: Job) -> Iterator[tuple[str, str]]:
    yield "job", job.id
    yield "kind", job.kind
    yield "status", job.status
    yield "done", f"{job.progress:.0%}"
    yield "message", job.message
    yield "attempt", str(job.attempt)
    yield "created", job.created_at.isoformat()
    yield "started", job.started_at.isoformat() if job.started_at else ""
    yield "finished", job.finished_at.isoformat() if job.finished_at else ""
    yield "error", f"{job.error.detail} ({job.error.code})" if job.error else ""
    for name, value in (job.result or {}).items():
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
