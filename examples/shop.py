"""A shop that learns: a catalogue, what customers do, recommendations with reasons, two models.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set: python examples/shop.py
Running it again changes little: items are replaced, and events that are known count once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import aiaas
from aiaas import Client, NewEvent, NewItem, Recommendations
from aiaas.contract.recommendations.learning import Family

SHELVES = {
    "tea": "Green tea, Black tea, Mint tea, Teapot, Tea strainer, Cup and saucer",
    "garden": "Watering can, Trowel, Flower seeds, Plant pot, Garden gloves, Bird feeder",
    "kitchen": "Apron, Rolling pin, Cake tin, Whisk, Mixing bowl, Oven gloves",
    "toys": "Kite, Wooden train, Jigsaw puzzle, Spinning top, Building blocks, Toy boat",
}
ITEMS = [
    NewItem(
        id=f"shop-{title.lower().replace(' ', '-')}",
        title=title,
        metadata={"shelf": shelf, "price": 4.0 + 3 * place, "sale": place == 5},
    )
    for shelf, titles in SHELVES.items()
    for place, title in enumerate(titles.split(", "))
]
SHELF_OF = {item.id: item.metadata["shelf"] for item in ITEMS}
PRICE_OF = {item.id: float(str(item.metadata["price"])) for item in ITEMS}

CUSTOMERS = {f"shop-customer-{n}": list(SHELVES)[n % len(SHELVES)] for n in range(160)}
"""The shelf that each customer likes best. The deployment is not told."""

NOW = datetime.now(UTC)


def main() -> None:
    """Tell the story."""
    with Client() as client:
        fill(client)
        newcomer_meets(client)
        models = train(client)
        compare(client, models)


def fill(client: Client) -> None:
    """Send the catalogue and sixty days of purchases."""
    shop = client.recommendations
    items = shop.items.upsert(ITEMS, raise_on_error=True)
    events = shop.events.create_many(purchases(), raise_on_error=True)
    print(f"catalogue: {items.created} new items, {items.updated} replaced")
    print(f"purchases: {events.created:,} new, {events.duplicates:,} known already")


def purchases() -> Iterator[NewEvent]:
    """Make up what customers bought: four times out of five from the shelf that they like."""
    chance = random.Random(1)  # noqa: S311 - a demonstration
    for customer, shelf in CUSTOMERS.items():
        liked = [item for item in ITEMS if SHELF_OF[item.id] == shelf]
        bought = [chance.choice(liked if chance.random() < 0.8 else ITEMS) for _ in range(8)]
        for number, item in enumerate(bought):
            yield NewEvent(
                id=f"{customer}-{number}",  # known: a second run does not count twice
                type="purchase",
                user=customer,
                item=item.id,
                value=PRICE_OF[item.id],
                time=NOW - timedelta(days=60 * chance.random()),
            )


def newcomer_meets(client: Client) -> None:
    """Somebody new sees what is popular, and after two events what she likes."""
    shop = client.recommendations
    ada = f"shop-ada-{NOW:%Y%m%d%H%M%S%f}"  # new in every run
    print("\nAda is new here. She sees what many bought:")
    show(shop.for_user(ada, count=3))

    shop.events.create(type="view", user=ada, item="shop-teapot")
    shop.events.create(type="purchase", user=ada, item="shop-green-tea", value=4)
    print("\nShe looks at a teapot and buys green tea. Now, without any training:")
    answer = shop.for_user(ada, count=3)
    show(answer)

    print("\nFor 10 or more, and something from the sale among it:")
    sale = aiaas.Promotion(filter="sale", share=0.3)
    show(shop.for_user(ada, count=3, filter="price >= 10", promotions=[sale]))

    receipt = shop.users.delete(ada)
    print(f"\nShe asks to be forgotten: {receipt.events} events erased, {receipt.receipt_id}")

    print("\nSomebody whom nobody knows looks at a cake tin and a whisk:")
    show(shop.next_items(["shop-cake-tin", "shop-whisk"], count=3))


def train(client: Client) -> dict[str, str]:
    """Train two kinds of models, and say how well each foretells what it has not seen."""
    shop = client.recommendations
    print("\nTwo models learn from the purchases:")
    models: dict[str, str] = {}
    families: dict[str, Family] = {"control": "popularity", "new": "ease"}
    for group, family in families.items():
        job = shop.train(family=family, name=f"shop-{group}", types=["purchase"], promote="never")
        client.jobs.wait(job, timeout_s=60)
        model = shop.models.retrieve(f"shop-{group}")
        measured = model.metrics
        found = f"finds {measured.recall:.0%} of later purchases" if measured else "not measured"
        print(f"  {group:8} {model.id:16} {family:11} {found}")
        models[group] = model.id
    return models


def compare(client: Client, models: dict[str, str]) -> None:
    """Let half of the customers have each model, and see which earns more."""
    shop = client.recommendations
    experiment = shop.experiment.set(f"shop-{NOW:%H%M%S}", models)
    try:
        done = shop.events.create_many(visits(client), raise_on_error=True)
        print(f"\nThe experiment {experiment.name}: {done.created} clicks and purchases. So far:")
        figures = shop.metrics(window_s=3600).online
    finally:
        shop.experiment.delete()
    rows = [row for row in figures if models.get(row.group or "") == row.model]
    for row in rows:
        print(
            f"  {row.group:8} {row.answers:4} answers  {row.click_through_rate:4.0%} clicked"
            f"  {row.conversion_rate:4.0%} bought  revenue {row.revenue:8.2f}"
        )
    best = max(rows, key=lambda row: row.conversion_rate)
    print(f"{shop.models.promote(best.model).id} answers everybody from now on.")


def visits(client: Client) -> Iterator[NewEvent]:
    """Let every customer see three items: one from the shelf that they like is clicked."""
    chance = random.Random(2)  # noqa: S311 - a demonstration
    for customer, shelf in CUSTOMERS.items():
        answer = client.recommendations.for_user(customer, count=3)
        for item in answer:
            if SHELF_OF.get(item.item_id) == shelf and chance.random() < 0.7:
                yield answer.event("click", item)
                if chance.random() < 0.5:
                    yield answer.event("purchase", item, value=PRICE_OF[item.item_id])
                break


def show(answer: Recommendations) -> None:
    """Print what is recommended, and why."""
    for item in answer:
        print(f"  {item.title or item.item_id:18} {item.score:7.3f}  {item.why}")


if __name__ == "__main__":
    try:
        main()
    except aiaas.AiaasError as error:
        raise SystemExit(f"shop: {error}") from error
