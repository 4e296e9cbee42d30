"""The catalogue of the demo shop: what Online Retail tells of each item."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from aiaas_mock.zoo.recommendations.data import retail_titles, rows_of

CATALOGUE_FILE = "catalogue.jsonl"


def catalogue(data: Path, items: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return id, title and metadata of each item.

    The price is the median over all sales, in pounds; since when it was sold is the day of the
    first sale. How much was sold is left out: that is for events to say.
    """
    titles = retail_titles(data)
    prices: defaultdict[str, list[float]] = defaultdict(list)
    days: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows_of(data, "online-retail", "transactions.csv.gz"):
        price = float(row["unit_price"])
        if price > 0 and int(row["quantity"]) > 0:
            prices[row["stock_code"]].append(price)
            days[row["stock_code"]].append(row["invoice_date"][:10])
    return [
        {
            "item_id": item,
            "title": titles.get(item, item).strip(),
            "metadata": _metadata(prices[item], days[item]),
        }
        for item in items
    ]


def write_catalogue(folder: Path, lines: list[dict[str, Any]]) -> None:
    """Write the catalogue, one item a line."""
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    (folder / CATALOGUE_FILE).write_text(text, "utf-8")


def _metadata(prices: list[float], days: list[str]) -> dict[str, float | str]:
    if not prices:
        return {}
    return {
        "price_gbp": round(median(prices), 2),
        "first_sold": min(days),
    }
