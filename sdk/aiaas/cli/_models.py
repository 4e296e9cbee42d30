"""``aiaas models``: what a deployment can answer with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_list, print_table

if TYPE_CHECKING:
    from aiaas import Model

app = typer.Typer(help="List and describe models.", no_args_is_help=True)


@command(app, "list")
def list_models(
    session: Session,
    task: Annotated[
        str | None, typer.Option(help="Only for this task, for instance image-classification.")
    ] = None,
) -> None:
    """List the models of the deployment."""
    with session.client() as client:
        models = client.models.list(task=task, limit=100)
        print_list(
            models,
            "models",
            ("model", "task", "parameters", "default for", "summary"),
            _row,
            as_json=session.as_json,
            numbers=("parameters",),
            filtered=task is not None,
        )


@command(app)
def show(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name, name@version or alias.")],
) -> None:
    """Describe one model."""
    with session.client() as client:
        model = client.models.retrieve(name)
        if session.as_json:
            print_json(model.model_dump(mode="json"))
            return
        known = [(field, value) for field, value in _fields(model) if value]
        print_table(("field", "value"), known)


def _row(model: Model) -> tuple[str, ...]:
    parameters = f"{model.parameters:,}" if model.parameters is not None else ""
    return model.id, model.task, parameters, ", ".join(model.default_for), model.summary


def _fields(model: Model) -> Iterator[tuple[str, str]]:
    yield "model", model.id
    yield "task", model.task
    yield "summary", model.summary
    yield "operations", ", ".join(model.operations)
    yield "aliases", ", ".join(model.aliases)
    yield "variants", ", ".join(model.variants)
    yield "parameters", f"{model.parameters:,}" if model.parameters is not None else ""
    yield "origin", f"{model.origin}, {model.created}, licence {model.licence}"
    yield "limits", model.limits
    for metric in model.metrics:
        yield metric.name, f"{metric.value:g} on {metric.split} ({metric.variant})"
    if model.labels:
        yield "labels", _some(model.labels)


def _some(labels: tuple[str, ...], most: int = 20) -> str:
    more = f" and {len(labels) - most} more (--json has all)" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more
