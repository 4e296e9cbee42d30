"""``aiaas recommendations items``, ``users`` and ``events``: what is recommended from."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from aiaas.cli import _recommendation_rows as tables
from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_list, print_table
from aiaas.cli._recommendation_import import import_items
from aiaas.cli._session import ExitStatus, end

items_app = typer.Typer(help="Import, list, show and delete items.", no_args_is_help=True)
users_app = typer.Typer(help="Erase users.", no_args_is_help=True)
events_app = typer.Typer(help="Send and list events.", no_args_is_help=True)

ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item.")]
Most = Annotated[int, typer.Option("--count", min=1, help="Most to list.")]

command(items_app, "import")(import_items)


@command(items_app, "list")
def list_items(session: Session, count: Most = 100) -> None:
    """List the items of the catalogue."""
    with session.client() as client:
        items = islice(client.recommendations.items.list(limit=min(count, 1_000)), count)
        print_list(items, "items", tables.ITEMS, tables.item, as_json=session.as_json)


@command(items_app, "show")
def show_item(session: Session, item: ItemId) -> None:
    """Describe an item."""
    with session.client() as client:
        found = client.recommendations.items.retrieve(item)
        if session.as_json:
            print_json(found.model_dump(mode="json"))
        else:
            cells = zip(tables.ITEMS, tables.item(found), strict=True)
            print_table(("field", "value"), list(cells))


@command(items_app, "delete")
def delete_items(
    session: Session,
    items: Annotated[list[str], typer.Argument(metavar="ITEM", help="Ids of the items.")],
) -> None:
    """Take items out of the catalogue; their events stay."""
    with session.client() as client:
        for item in items:
            deleted = client.recommendations.items.delete(item)
            if session.as_json:
                print_json(deleted.model_dump(mode="json"))
            else:
                typer.echo(f"{item} deleted", err=True)


@command(users_app)
def erase(
    session: Session,
    user: Annotated[str, typer.Argument(metavar="USER", help="Id of the user.")],
) -> None:
    """Erase a user with all events, and print the receipt."""
    with session.client() as client:
        receipt = client.recommendations.users.delete(user)
        if session.as_json:
            print_json(receipt.model_dump(mode="json"))
            return
        rows = [
            ("receipt", receipt.receipt_id),
            ("user", receipt.id),
            ("events erased", f"{receipt.events:,}"),
            ("metadata erased", f"{receipt.metadata_fields:,}"),
            ("erased", receipt.erased_at.isoformat()),
            ("models to train anew", ", ".join(receipt.models) or "none"),
        ]
        print_table(("field", "value"), rows)


@command(events_app, "create")
def create_event(
    session: Session,
    event_type: Annotated[
        str, typer.Option("--type", help="What was done: view, click, purchase or your own word.")
    ],
    user: Annotated[str, typer.Option(help="Who did it.")],
    item: Annotated[str, typer.Option(help="With which item of the catalogue.")],
    value: Annotated[
        float | None, typer.Option(help="How much or how well: a rating, a quantity, a price.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(help="When, such as 2026-11-24T09:30:00Z; the moment of arrival if left out."),
    ] = None,
    recommendation_id: Annotated[
        str | None, typer.Option(help="The recommendation that the user saw the item in.")
    ] = None,
    event_id: Annotated[
        str | None, typer.Option("--id", help="Your id of it: the same one does not count twice.")
    ] = None,
) -> None:
    """Send one event; the user's next recommendation knows of it."""
    happened = None if time is None else _time(time)
    with session.client() as client:
        done = client.recommendations.events.create(
            type=event_type,
            user=user,
            item=item,
            value=value,
            time=happened,
            recommendation_id=recommendation_id,
            id=event_id,
        )
        if session.as_json:
            print_json(done.model_dump(mode="json"))
        else:
            was = "created" if done.created else "known already: nothing changed"
            typer.echo(f"{event_type} of {item} by {user} {was}", err=True)


@command(events_app, "list")
def list_events(
    session: Session,
    user: Annotated[str | None, typer.Option(help="Only events of this user.")] = None,
    item: Annotated[str | None, typer.Option(help="Only events with this item.")] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="Only events of a type.")] = None,
    count: Most = 100,
) -> None:
    """List events, the last that arrived first."""
    with session.client() as client:
        found = client.recommendations.events.list(
            user=user, item=item, type=event_type, limit=min(count, 1_000)
        )
        print_list(
            islice(found, count),
            "events",
            tables.EVENTS,
            tables.event,
            as_json=session.as_json,
            numbers=("value",),
            filtered=any(asked is not None for asked in (user, item, event_type)),
        )


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        end(
            "--time must be a time with its offset from UTC, such as 2026-11-24T09:30:00Z or "
            f"2026-11-24T10:30:00+01:00; got {text}",
            ExitStatus.USAGE,
        )
    return time
