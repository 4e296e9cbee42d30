"""``aiaas recommendations items``, ``users`` and ``events``: what is recommended from."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from aiaas.cli import _recommendation_rows as tables
from aiaas.cli._commands import Session, command
from aiaas.cli._output import print_json, print_table
from aiaas.cli._recommendation_import import import_items

items_app = typer.Typer(help="Import, list, show and delete items.", no_args_is_help=True)
users_app = typer.Typer(help="Erase users.", no_args_is_help=True)
events_app = typer.Typer(help="List events.", no_args_is_help=True)

ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item.")]
Most = Annotated[int, typer.Option("--count", min=1, help="Most to list.")]

command(items_app, "import")(import_items)


@command(items_app, "list")
def list_items(session: Session, count: Most = 100) -> None:
    """List the items of the catalogue."""
    with session.client() as client:
        items = islice(client.recommendations.items.list(limit=min(count, 1_000)), count)
        if session.as_json:
            for item in items:
                print_json(item.model_dump(mode="json"))
            return
        print_table(tables.ITEMS, [tables.item(item) for item in items])


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
        events = islice(found, count)
        if session.as_json:
            for event in events:
                print_json(event.model_dump(mode="json"))
            return
        print_table(tables.EVENTS, [tables.event(event) for event in events], numbers=("value",))
