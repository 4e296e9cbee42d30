"""``aiaas config``: the profiles of the configuration file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from aiaas._core.errors import ConfigurationError
from aiaas._core.profiles import DEFAULT_PROFILE, SETTINGS
from aiaas.cli._output import print_json, print_table, say_none
from aiaas.cli._profile_file import (
    SECRETS,
    Profiles,
    Value,
    path_of_file,
    profile_names,
    read_profiles,
    shown,
    write_profiles,
)
from aiaas.cli._session import AsJson, ExitStatus, end

app = typer.Typer(
    help="Read and write profiles: named settings, so that they need not be typed.",
    no_args_is_help=True,
)

Name = Annotated[
    str,
    typer.Option(
        "--profile",
        envvar="AIAAS_PROFILE",
        help="Name of the profile.",
        autocompletion=profile_names,
    ),
]


def _setting_names(incomplete: str) -> list[str]:
    return [name for name in SETTINGS if name.startswith(incomplete)]


Setting = Annotated[
    str,
    typer.Argument(help=f"One of {', '.join(SETTINGS)}.", autocompletion=_setting_names),
]


# Else a negative number, which is refused with a reason, would be taken for an option.
@app.command("set", context_settings={"ignore_unknown_options": True})
def set_value(
    setting: Setting,
    value: Annotated[
        str | None,
        typer.Argument(help="The value; asked for, unseen, when it is a key and left out."),
    ] = None,
    profile: Name = DEFAULT_PROFILE,
) -> None:
    """Write one setting of a profile."""
    _check(setting)
    if value is None:
        value = _asked(setting)
    converted = _converted(setting, value)
    profiles = _read()
    profiles.setdefault(profile, {})[setting] = converted
    _write(profiles)
    typer.echo(f"{setting} of profile {profile} is set in {path_of_file()}", err=True)


@app.command("unset")
def unset_value(setting: Setting, profile: Name = DEFAULT_PROFILE) -> None:
    """Take one setting out of a profile; a profile without settings is gone."""
    _check(setting)
    profiles = _read()
    if profiles.get(profile, {}).pop(setting, None) is None:
        end(f"profile '{profile}' has no {setting}", ExitStatus.REFUSED)
    _write({name: found for name, found in profiles.items() if found})


@app.command("get")
def get_value(setting: Setting, profile: Name = DEFAULT_PROFILE, as_json: AsJson = False) -> None:
    """Print one setting of a profile; of a key only the end."""
    _check(setting)
    value = _profile(profile).get(setting)
    if value is None:
        end(f"profile '{profile}' has no {setting}", ExitStatus.REFUSED)
    if as_json:
        print_json({setting: shown(setting, value)})
    else:
        typer.echo(shown(setting, value))


@app.command("list")
def list_values(profile: Name = DEFAULT_PROFILE, as_json: AsJson = False) -> None:
    """Print the settings of a profile; of a key only the end."""
    found = {field: shown(field, value) for field, value in _profile(profile).items()}
    if as_json:
        print_json(found)
    else:
        print_table(("setting", "value"), [(name, str(value)) for name, value in found.items()])


@app.command("profiles")
def list_profiles(as_json: AsJson = False) -> None:
    """Print the names of all profiles and where each leads."""
    profiles = _read()
    if not profiles:
        say_none(f"profiles in {path_of_file()}; 'aiaas config set' makes one")
    if as_json:
        for name, settings in profiles.items():
            print_json({"profile": name, "base_url": settings.get("base_url")})
        return
    print_table(
        ("profile", "base_url"),
        [(name, str(settings.get("base_url", "-"))) for name, settings in profiles.items()],
    )


def _check(setting: str) -> None:
    if setting not in SETTINGS:
        known = ", ".join(SETTINGS)
        end(f"there is no setting '{setting}'; there are {known}", ExitStatus.USAGE)


def _asked(setting: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")  # from a pipe, which cannot be hidden
    asked: str = typer.prompt(setting, hide_input=setting in SECRETS, err=True)
    return asked


def _converted(setting: str, text: str) -> Value:
    from aiaas._core.config import checked_url  # here: asking for help needs none of it
    from aiaas._core.credentials import checked_key
    from aiaas._core.options import check_time

    if SETTINGS[setting] is not float:
        try:
            if setting == "base_url":
                checked_url(text)
            elif setting in SECRETS:
                checked_key(text)
        except ConfigurationError as error:
            end(str(error), ExitStatus.USAGE)
        return text
    try:
        number = float(text)
    except ValueError:
        end(f"{setting} must be a number; got {text!r}", ExitStatus.USAGE)
    try:
        check_time(setting, number)
    except ValueError as error:
        end(str(error), ExitStatus.USAGE)
    return number


def _read() -> Profiles:
    try:
        return read_profiles(path_of_file())
    except (OSError, ConfigurationError) as error:
        end(str(error), ExitStatus.USAGE)


def _write(profiles: Profiles) -> None:
    path = path_of_file()
    try:
        write_profiles(path, profiles)
    except OSError as error:
        end(f"{path}: {error.strerror}", ExitStatus.USAGE)


def _profile(name: str) -> dict[str, Value]:
    profiles = _read()
    if name not in profiles:
        known = ", ".join(profiles) or "none"
        end(f"there is no profile '{name}'; there are: {known}", ExitStatus.USAGE)
    return profiles[name]
