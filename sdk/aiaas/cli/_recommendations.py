"""``aiaas recommendations``: items for users, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aiaas.cli import (
    _recommendation_data,
    _recommendation_import,
    _recommendation_learning,
)
from aiaas.cli import _recommendation_rows as tables
from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_table, say_none
from aiaas.cli._session import ExitStatus, complain, end

if TYPE_CHECKING:
    from aiaas import Recommendations

app = typer.Typer(help="Recommend items, learn from events, say why.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER", help="Id of the user.")]
ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item.")]
ItemIds = Annotated[list[str], typer.Argument(metavar="ITEM", help="Ids of the items.")]
Count = Annotated[int, typer.Option(min=1, max=100, help="Most in the answer.")]
Filter = Annotated[
    str | None,
    typer.Option("--filter", help="Only items that meet a condition, such as 'price < 20'."),
]
Seen = Annotated[bool, typer.Option("--include-seen", help="Keep what the user has an event with.")]
Reasons = Annotated[int, typer.Option(min=0, max=20, help="Most reasons for each item.")]
ModelName = Annotated[str | None, typer.Option("--model", help="A model: name or name@version.")]
InView = Annotated[
    list[str] | None,
    typer.Option("--in-view", metavar="ITEM", help="An item in view or in the basket."),
]
Prefer = Annotated[
    list[str] | None,
    typer.Option("--prefer", metavar="FIELD=VALUE", help="Metadata that make items more likely."),
]


@command(app, "for-user")
def for_user(
    session: Session,
    user: User,
    count: Count = 10,
    condition: Filter = None,
    include_seen: Seen = False,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="0 for the best, 1 for the most different.")
    ] = 0.0,
    exploration: Annotated[
        float, typer.Option(min=0, max=1, help="Part for items that few have seen.")
    ] = 0.0,
    promotions: Annotated[
        list[str] | None,
        typer.Option(
            "--promotion", metavar="FILTER:SHARE", help="Items that get a part, 'sale:0.2'."
        ),
    ] = None,
    in_view: InView = None,
    prefer: Prefer = None,
    reasons: Reasons = 3,
    seed: Annotated[int | None, typer.Option(min=0, help="Makes chance repeatable.")] = None,
    model: ModelName = None,
) -> None:
    """Recommend items to a user, with reasons."""
    promoted = [_promotion(text) for text in promotions or ()]
    context = _context(in_view, prefer)
    with session.client() as client:
        answer = client.recommendations.for_user(
            user,
            count=count,
            filter=condition,
            exclude_seen=not include_seen,
            diversity=diversity,
            exploration=exploration,
            promotions=promoted,
            context=context,
            reasons=reasons,
            seed=seed,
            model=model,
        )
        _show(session, answer)


@command(app)
def similar(
    session: Session,
    item: ItemId,
    count: Count = 10,
    condition: Filter = None,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="0 for the nearest, 1 for the most different.")
    ] = 0.0,
    model: ModelName = None,
) -> None:
    """Find items that go with an item."""
    with session.client() as client:
        answer = client.recommendations.similar_items(
            item, count=count, filter=condition, diversity=diversity, model=model
        )
        _show(session, answer)


@command(app)
def popular(
    session: Session,
    count: Count = 10,
    condition: Filter = None,
    window_s: Annotated[
        int | None, typer.Option(min=1, help="Seconds back from now that count; else all time.")
    ] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="Only events of a type.")] = None,
    trend: Annotated[
        bool, typer.Option("--trend", help="What more and more like; needs --window-s.")
    ] = False,
) -> None:
    """Find what many users like."""
    with session.client() as client:
        answer = client.recommendations.popular(
            count=count, filter=condition, window_s=window_s, type=event_type, trend=trend
        )
        _show(session, answer)


@command(app)
def rank(
    session: Session,
    user: User,
    items: ItemIds,
    in_view: InView = None,
    prefer: Prefer = None,
    reasons: Reasons = 3,
    model: ModelName = None,
) -> None:
    """Put items in order for a user."""
    context = _context(in_view, prefer)
    with session.client() as client:
        answer = client.recommendations.rank(
            user, items, context=context, reasons=reasons, model=model
        )
        _show(session, answer)
        for error in answer.errors:
            complain(f"{items[error.index]}: {error.error.detail}")
    if answer.errors:
        raise typer.Exit(ExitStatus.SOME_INPUTS_FAILED)


@command(app, "next")
def next_items(
    session: Session,
    items: ItemIds,
    count: Count = 10,
    condition: Filter = None,
    include_seen: Seen = False,
    reasons: Reasons = 3,
    model: ModelName = None,
) -> None:
    """Find what comes after the items of a session, the last one last."""
    with session.client() as client:
        answer = client.recommendations.next_items(
            items,
            count=count,
            filter=condition,
            exclude_seen=not include_seen,
            reasons=reasons,
            model=model,
        )
        _show(session, answer)


@command(app, "users-for")
def users_for(
    session: Session,
    item: ItemId,
    count: Count = 10,
    include_seen: Annotated[
        bool, typer.Option("--include-seen", help="Keep users who have an event with it.")
    ] = False,
    model: ModelName = None,
) -> None:
    """Find users whom an item would interest."""
    with session.client() as client:
        answer = client.recommendations.users_for_item(
            item, count=count, exclude_seen=not include_seen, model=model
        )
        if session.as_json:
            print_json(answer.model_dump(mode="json"))
        else:
            print_table(tables.USERS, tables.users(answer), numbers=("score",))
        if not answer.users:
            say_none("users whom it would interest")


def _show(session: Session, answer: Recommendations) -> None:
    if session.as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        _print(answer)
    if not answer.items:
        say_none("items to recommend")


def _print(answer: Recommendations) -> None:
    group = f", group {answer.group}" if answer.group else ""
    typer.echo(f"{answer.model}{group}, recommendation {answer.recommendation_id}")
    print_table(tables.RECOMMENDED, tables.recommended(answer), numbers=("score",))
    for warning in answer.warnings:
        typer.echo(f"warning: {warning.detail}", err=True)


def _promotion(text: str) -> dict[str, object]:
    condition, _, share = text.rpartition(":")
    try:
        return {"filter": condition, "share": float(share)}
    except ValueError:
        end(f"--promotion must be FILTER:SHARE, such as 'sale:0.2'; got {text}", ExitStatus.USAGE)


def _context(in_view: list[str] | None, prefer: list[str] | None) -> dict[str, object]:
    return {"items": in_view or [], "prefer": dict(_preference(text) for text in prefer or ())}


def _preference(text: str) -> tuple[str, Any]:
    field, equals, value = text.partition("=")
    if not equals:
        end(f"--prefer must be FIELD=VALUE, such as colour=blue; got {text}", ExitStatus.USAGE)
    if value in ("true", "false"):
        return field, value == "true"
    for number in (int, float):
        try:
            return field, number(value)
        except ValueError:
            continue
    return field, value


command(app, "import")(_recommendation_import.import_events)
command(app)(_recommendation_learning.train)
command(app)(_recommendation_learning.promote)
command(app)(_recommendation_learning.rollback)
command(app)(_recommendation_learning.metrics)
app.add_typer(_recommendation_learning.models_app, name="models")
app.add_typer(_recommendation_learning.experiment_app, name="experiment")
app.add_typer(_recommendation_data.items_app, name="items")
app.add_typer(_recommendation_data.users_app, name="users")
app.add_typer(_recommendation_data.events_app, name="events")
