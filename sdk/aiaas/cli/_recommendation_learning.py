"""``aiaas recommendations``: training, models, experiments and figures."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aiaas.cli import _recommendation_rows as tables
from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_list, print_table
from aiaas.cli._progress import progress_bar
from aiaas.cli._session import ExitStatus, complain, end

if TYPE_CHECKING:
    from aiaas import Client, Experiment, Job, TrainedModel

models_app = typer.Typer(help="List and describe the models that recommend.", no_args_is_help=True)
experiment_app = typer.Typer(help="Try models against each other.", no_args_is_help=True)

ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="Name or name@version.")]


class Family(Enum):
    """Kinds of models."""

    AUTO = "auto"
    POPULARITY = "popularity"
    ITEM_KNN = "item-knn"
    EASE = "ease"
    BPR = "bpr"
    TWO_TOWER = "two-tower"
    MULTI_VAE = "multi-vae"
    SASREC = "sasrec"
    ENSEMBLE = "ensemble"


def train(
    session: Session,
    family: Annotated[Family, typer.Option(help="The kind of model.")] = Family.AUTO,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "trained",
    types: Annotated[
        list[str] | None, typer.Option("--type", help="A type of events to learn from; else all.")
    ] = None,
    never_promote: Annotated[
        bool, typer.Option("--never-promote", help="Do not let it answer by itself.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Makes chance repeatable.")] = 0,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is trained.")] = False,
) -> None:
    """Train a model from the events; print the job, or with --wait what came of it."""
    with session.client() as client:
        job = client.recommendations.train(
            family=family.value,
            name=name,
            types=types or None,
            promote="never" if never_promote else "if-not-worse",
            seed=seed,
        )
        if wait:
            job = _ended(session, client, job)
        if session.as_json:
            print_json(job.model_dump(mode="json"))
        elif job.status == "succeeded":
            print_table(("field", "value"), _result_rows(job))
        else:
            typer.echo(job.id)
    if wait and job.status != "succeeded":
        complain(f"{job.id} {job.status}: {job.error.detail if job.error else job.message}")
        raise typer.Exit(ExitStatus.REFUSED)


def promote(session: Session, model: ModelName) -> None:
    """Let a model answer from now on."""
    with session.client() as client:
        _say_promoted(session, client.recommendations.models.promote(model))


def rollback(session: Session) -> None:
    """Let the model answer again that did before."""
    with session.client() as client:
        _say_promoted(session, client.recommendations.models.rollback())


def metrics(
    session: Session,
    window_s: Annotated[
        int | None, typer.Option(min=1, help="Seconds back from now that count online.")
    ] = None,
) -> None:
    """Say how good the recommendations are, measured and in use."""
    with session.client() as client:
        found = client.recommendations.metrics(window_s=window_s)
        if session.as_json:
            print_json(found.model_dump(mode="json"))
            return
        offline = [tables.offline(one) for one in found.offline]
        online = [tables.online(one) for one in found.online]
        if offline:
            typer.echo("measured on events that the models had not seen:")
            print_table(tables.OFFLINE, offline, numbers=tables.OFFLINE[3:])
        if online:
            typer.echo("in use:")
            print_table(tables.ONLINE, online, numbers=tables.ONLINE[2:])
        if not offline and not online:
            typer.echo("nothing was measured and nothing was recommended so far", err=True)


@command(models_app, "list")
def list_models(session: Session) -> None:
    """List the models that recommend, newest first."""
    with session.client() as client:
        models = client.recommendations.models.list(limit=100)
        print_list(
            models,
            "models",
            tables.MODELS,
            tables.model,
            as_json=session.as_json,
            numbers=("recall", "nDCG"),
        )


@command(models_app, "show")
def show_model(session: Session, model: ModelName) -> None:
    """Describe a model that recommends."""
    with session.client() as client:
        found = client.recommendations.models.retrieve(model)
        if session.as_json:
            print_json(found.model_dump(mode="json"))
        else:
            known = [(field, value) for field, value in tables.model_fields(found) if value]
            print_table(("field", "value"), known)


@command(experiment_app, "set")
def set_experiment(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the experiment.")],
    groups: Annotated[
        list[str],
        typer.Argument(
            metavar="GROUP=MODEL[:SHARE]", help="2 to 10 groups; without shares of equal size."
        ),
    ],
) -> None:
    """Try models against each other."""
    given = _groups(groups)
    with session.client() as client:
        _show_experiment(session, client.recommendations.experiment.set(name, given))


@command(experiment_app, "show")
def show_experiment(session: Session) -> None:
    """Describe the experiment that runs."""
    with session.client() as client:
        _show_experiment(session, client.recommendations.experiment.retrieve())


@command(experiment_app, "end")
def end_experiment(session: Session) -> None:
    """End the experiment: the promoted model answers everybody again."""
    with session.client() as client:
        ended = client.recommendations.experiment.delete()
        if session.as_json:
            print_json(ended.model_dump(mode="json"))
        else:
            typer.echo(f"{ended.name} ended", err=True)


def _ended(session: Session, client: Client, job: Job) -> Job:
    with progress_bar("training", 100, hidden=session.verbose) as advance:
        return client.jobs.wait(
            job, raise_on_failure=False, progress=lambda job: advance(round(100 * job.progress))
        )


def _result_rows(job: Job) -> list[tuple[str, str]]:
    result: dict[str, Any] = job.result or {}
    plain = [(name, str(value)) for name, value in result.items() if isinstance(value, str | int)]
    return [("job", job.id), *plain]


def _say_promoted(session: Session, model: TrainedModel) -> None:
    if session.as_json:
        print_json(model.model_dump(mode="json"))
    else:
        typer.echo(f"{model.id} answers from now on")


def _show_experiment(session: Session, experiment: Experiment) -> None:
    if session.as_json:
        print_json(experiment.model_dump(mode="json"))
        return
    typer.echo(f"{experiment.name}, since {experiment.started_at:%Y-%m-%d %H:%M %Z}")
    print_table(tables.GROUPS, tables.groups(experiment), numbers=("share",))


def _groups(texts: list[str]) -> list[dict[str, object]]:
    equal = 1 / len(texts)
    return [_group(text, equal) for text in texts]


def _group(text: str, equal: float) -> dict[str, object]:
    name, _, rest = text.partition("=")
    model, _, share = rest.partition(":")
    try:
        return {"name": name, "model": model, "share": float(share) if share else equal}
    except ValueError:
        end(f"a share must be a number, such as 0.5; got {share}", ExitStatus.USAGE)
