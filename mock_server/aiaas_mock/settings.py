"""Settings of the server: by flag, environment (``AIAAS_MOCK_*``) or TOML file, in this order.

The descriptions are the help texts of ``aiaas-mock serve`` and the rows of the documentation.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_serializer, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from aiaas.contract import images
from aiaas.contract.text import classification, extraction, generation, vectors
from aiaas_mock.gateway.keys import MIN_KEY_LENGTH
from aiaas_mock.gateway.limits import parse_rate

ENV_PREFIX = "AIAAS_MOCK_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

DEFAULT_MODELS = {
    images.CLASSIFY.name: "imagenet-mobilenet-v2",
    images.EMBED.name: "imagenet-mobilenet-v1-embedding",
    classification.SENTIMENT.name: "sentiment-en",
    f"{classification.SENTIMENT.name}:zh": "sentiment-zh",
    classification.EMOTIONS.name: "emotions",
    classification.CLASSIFY.name: "intents-clinc150",
    extraction.ENTITIES.name: "entities",
    vectors.EMBED.name: "word2vec",
    vectors.SIMILARITY.name: "word2vec",
    vectors.RERANK.name: "word2vec",
    generation.GENERATE.name: "lstm-lm",
}
"""The model for each operation when a request names none; after a colon, the language it is for."""

_BY_LANGUAGE = frozenset(name.partition(":")[0] for name in DEFAULT_MODELS if ":" in name)
"""The operations that have a model per language."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")

_POSTGRESQL = re.compile(r"postgres(ql)?://.")

_PASSWORD = re.compile(r"(?<=://)([^:@/]*):.*@|(password=)[^&]*", re.IGNORECASE)
"""Rather too much than too little: up to the last @."""


class Settings(BaseSettings):
    """All settings; frozen, and never shown with a key in it."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    api_key: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="An API key to accept, 16 characters or more; may be given several times.",
    )
    key_file: Path | None = Field(
        None, description="File of API keys, made by 'aiaas-mock keys create'."
    )
    engine: Literal["litert", "tensorflow", "null"] = Field(
        "litert", description="What runs the models; 'null' computes nothing, for benchmarks."
    )
    models: Path | None = Field(
        None, description="Folder with bundles of your own (NAME/VERSION/card.json)."
    )
    default: Annotated[dict[str, str], NoDecode] = Field(
        DEFAULT_MODELS,
        description="OPERATION=MODEL: the model when a request names none; several times. "
        "OPERATION:LANGUAGE=MODEL for texts in one language.",
    )
    warm: Annotated[tuple[str, ...] | None, NoDecode] = Field(
        None,
        description="Model to load at start, instead of the default ones; several times.",
    )
    inference_threads: int = Field(
        min(2, os.cpu_count() or 1), ge=1, le=64, description="Models that run at the same moment."
    )
    decode_threads: int = Field(
        min(2, os.cpu_count() or 1),
        ge=1,
        le=64,
        description="Threads that decode pictures and tokenise texts.",
    )
    job_workers: int = Field(
        1, ge=1, le=64, description="Jobs that run at the same moment; others wait in the queue."
    )
    jobs_kept_s: float = Field(
        30 * 24 * 3600.0,
        gt=0,
        le=100 * 366 * 24 * 3600.0,
        description="Seconds that a job is kept after its end; not that of a model that answers.",
    )
    max_queue: int = Field(
        1024,
        ge=64,
        description="Inputs that may be under way for one model before requests get 503.",
    )
    max_body_bytes: int = Field(
        32 * 2**20, ge=1024, description="Largest request body, in bytes (413 above)."
    )
    data_dir: Path | None = Field(
        None, description="Folder to keep files and answers in; in memory when omitted."
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL to keep all that in instead, which several servers may share: "
        "postgresql://user:password@host:5432/name.",
    )
    max_file_bytes: int = Field(
        512 * 2**20, ge=1, description="Largest file that is stored, in bytes (413 above)."
    )
    storage_quota_bytes: int = Field(
        10 * 2**30, ge=1, description="Most bytes of all files of a namespace (413 above)."
    )
    demo_catalogue: bool = Field(
        True, description="Whether namespaces without items show the items of the bundle 'retail'."
    )
    idempotency_kept_s: float = Field(
        24 * 3600.0, gt=0, description="Seconds that answers are kept for repeated requests."
    )
    rate_limit: str | None = Field(
        None, description="Most requests of a key, such as 600/minute (429 above); none by default."
    )
    token_lifetime_s: int = Field(
        3600, ge=1, description="Seconds that tokens of /oauth/token are valid."
    )
    lab: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether there are namespaces to choose, clocks to steer and faults to make; "
        "'auto': on loopback without a key file, and with an admin token.",
    )
    admin_token: SecretStr | None = Field(
        None,
        description="What the control plane /_mock/ wants to be shown, 16 characters or more; "
        "this machine only when omitted.",
    )
    max_namespaces: int = Field(
        1000, ge=1, description="Namespaces that the lab makes before it evicts idle ones."
    )
    journal_entries: int = Field(
        1000, ge=0, description="Requests that the journal of a namespace keeps; 0 for no journal."
    )
    journal_bytes: int = Field(
        16 * 2**20,
        ge=2**16,
        description="Memory that the journal of a namespace takes, about; all together take 16 "
        "times that.",
    )
    snapshot_bytes: int = Field(
        512 * 2**20,
        ge=0,
        description="Memory that all snapshots of all namespaces take together, about.",
    )
    strict: bool = Field(
        False,
        description="Whether SDKs of another version are refused (400) instead of told so in the "
        "header Aiaas-Version-Warning.",
    )
    allow_fault_header: bool = Field(
        False, description="Whether a request may bring a fault in the header X-Mock-Fault."
    )
    max_image_pixels: int = Field(
        50_000_000, ge=1, description="Most pixels of a picture, checked before decoding."
    )
    max_image_side: int = Field(
        16_384, ge=1, description="Most pixels of a picture's longer side, checked before decoding."
    )
    request_timeout_s: float = Field(
        60.0, gt=0, description="Most seconds for a request (504 above)."
    )
    upload_timeout_s: float = Field(
        600.0, gt=0, description="Most seconds for an upload (504 above)."
    )
    shutdown_grace_s: int = Field(
        10, ge=0, description="Seconds that requests in flight are given when the server stops."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="Form of the log; 'auto' is 'console' in a terminal, else 'json'."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important lines that are logged."
    )

    @field_validator("api_key", "warm", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Environment variables hold lists with commas between."""
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("api_key")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < MIN_KEY_LENGTH for key in keys):
            raise ValueError(f"an API key must have at least {MIN_KEY_LENGTH} characters")
        return keys

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _POSTGRESQL.match(url.get_secret_value()):
            raise ValueError(
                "write it like postgresql://user:password@host:5432/name; "
                "for SQLite give a folder with --data-dir"
            )
        return url

    @field_serializer("database_url", when_used="json")
    def _without_password(self, url: SecretStr | None) -> str | None:
        return None if url is None else _PASSWORD.sub(_stars, url.get_secret_value())

    @field_validator("admin_token")
    @classmethod
    def _long_enough_too(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < MIN_KEY_LENGTH:
            raise ValueError(f"an admin token must have at least {MIN_KEY_LENGTH} characters")
        return token

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str | None) -> str | None:
        if rate is not None:
            try:
                parse_rate(rate)
            except ValueError:
                raise ValueError(f"{rate!r} is not a rate; write it like 600/minute") from None
        return rate

    @field_validator("default", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        """Flags bring OPERATION=MODEL, environment variables that with commas between, or JSON."""
        if isinstance(value, str):
            value = json.loads(value) if value.lstrip().startswith("{") else value.split(",")
        return _as_mapping(value) if isinstance(value, list | tuple) else value

    @field_validator("default")
    @classmethod
    def _known_operations(cls, defaults: dict[str, str]) -> dict[str, str]:
        unknown = sorted(name for name in defaults if not _has_default(name))
        if unknown:
            known = ", ".join(DEFAULT_MODELS)
            raise ValueError(f"there is no default for {unknown[0]!r}; there is {known}")
        return {**DEFAULT_MODELS, **defaults}

    @model_validator(mode="after")
    def _no_open_door(self) -> Settings:
        if self.host not in LOOPBACK and not self.api_key and self.key_file is None:
            raise ValueError(
                f"listening on {self.host} makes the server reachable from other machines; "
                "configure a key first (--api-key or --key-file), or listen on 127.0.0.1"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, TOML file."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls),
        )

    @classmethod
    def load(cls, config: Path | None = None, **flags: Any) -> Settings:
        """Read the settings.

        Args:
            config: TOML file, if any.
            flags: Values that come before environment and file.

        Raises:
            pydantic.ValidationError: A value is not valid, or a setting is not known.
        """

        class FromFile(cls):  # type: ignore[misc,valid-type]  # the file is part of the type
            model_config = SettingsConfigDict(toml_file=config)

        settings: Settings = FromFile(**flags)
        return settings

    @property
    def on_loopback(self) -> bool:
        """Whether other machines cannot reach the server."""
        return self.host in LOOPBACK

    @property
    def has_lab(self) -> bool:
        """Whether the server is a mock."""
        if self.lab != "auto":
            return self.lab == "on"
        return self.admin_token is not None or (self.on_loopback and self.key_file is None)

    def redacted(self) -> dict[str, object]:
        """Return the settings for showing: keys and passwords are stars."""
        return self.model_dump(mode="json")


def _stars(password: re.Match[str]) -> str:
    user, parameter = password.groups()
    return f"{user}:***@" if parameter is None else f"{parameter}***"


def _as_mapping(pairs: Iterable[object]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        name, equals, model = str(pair).partition("=")
        if not equals:
            raise ValueError(
                f"{pair!r} is not OPERATION=MODEL, such as images.classify=fashion-cnn"
            )
        mapping[name.strip()] = model.strip()
    return mapping


def _has_default(name: str) -> bool:
    operation, _, language = name.partition(":")
    by_language = operation in _BY_LANGUAGE and _LANGUAGE.fullmatch(language) is not None
    return name in DEFAULT_MODELS or by_language
