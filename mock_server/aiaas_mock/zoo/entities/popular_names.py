"""Names of works, bands, clubs, makers, products and characters: the lists of faker for Ruby."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aiaas_mock.zoo.errors import ZooError

_RUBY_FOLDER: Final = "lib/locales/en"
_RUBY_LISTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "works": {
        "movie": ("title",),
        "game": ("title",),
        "book": ("title",),
        "show": ("adult_musical", "play", "kids_musical"),
        "music": ("albums",),
        "rock_band": ("song",),
        "prince": ("song", "album"),
        "pearl_jam": ("songs", "albums"),
        "studio_ghibli": ("movies",),
        "zelda": ("games",),
        "sonic_the_hedgehog": ("game",),
        "touhou": ("games",),
    },
    "bands and clubs": {
        "music": ("bands", "groups"),
        "rock_band": ("name",),
        "kpop": ("i_groups", "ii_groups", "iii_groups", "girl_groups", "boy_bands"),
        "football": ("teams",),
        "volleyball": ("team",),
        "esport": ("teams",),
        "dota": ("team",),
        "league_of_legends": ("teams",),
        "space": ("agency", "agency_abv"),
        "university": ("name",),
    },
    "makers and products": {
        "game": ("platform",),
        "device": ("model_name", "platform", "manufacturer"),
        "vehicle": ("manufacture", "makes", "makes_and_models"),
        "camera": ("brand", "model"),
        "appliance": ("brand",),
        "drone": ("name",),
        "beer": ("brand", "name"),
        "programming_language": ("name",),
        "computer": ("type", "platform", "os"),
    },
    "performers and characters": {
        "*": ("character", "characters", "actors", "artist", "players", "coaches", "player"),
    },
}


def popular_names(data: Path) -> dict[str, list[str]]:
    """Return the names of faker for Ruby: its files have a list item a line.

    Raises:
        ZooError: They are neither in the data folder nor installed.
    """
    places = (
        data / "ruby-faker",
        *Path("/usr/share/rubygems-integration/all/gems").glob("faker-*"),
    )
    folder = next((p / _RUBY_FOLDER for p in places if (p / _RUBY_FOLDER).is_dir()), None)
    if folder is None:
        raise ZooError(
            "data_missing",
            f"no lists of faker for Ruby in {places[0]}: apt-get install ruby-faker",
        )
    return {
        name: [
            item
            for file, keys in parts.items()
            for path in sorted(folder.glob(f"{file}.yml"))
            for item in _items(path.read_text("utf-8"), keys)
        ]
        for name, parts in _RUBY_LISTS.items()
    }


def _items(text: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Read the lists under some keys of a simple YAML file, written in a line or down the page."""
    key = ""
    for line in text.splitlines():
        name, colon, rest = line.strip().partition(":")
        if colon and name.isidentifier():
            key, line = name, rest.strip()
            found = line.strip("[]").split(", ") if line.startswith("[") else []
        else:
            found = [line.strip()[2:]] if line.strip().startswith("- ") else []
        if key in keys:
            yield from (item.strip(" '\",[]") for item in found)
