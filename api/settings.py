"""The environment's settings, KB_*, read once by the command that was called; its options win."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kb.errors import InputError, KbError
from kb.modelstore import default_cache
from kb.pages import Pages, check_article, check_contact

PREFIX = "KB_"
# of the project's own test run, which starts these commands with its environment
NOT_SETTINGS = frozenset({"KB_LONG_FRACTION"})
# settings whose value no message may repeat
_SECRET = frozenset({"admin_token"})
_ORIGIN = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")


class SettingsError(KbError):
    """A setting is unknown or has a value that it can't have: wrong use, exit status 2."""


def default_home() -> Path:
    """The user's data folder for generations."""
    return platformdirs.user_data_path("kb", appauthor=False)


def _article_url(template: str) -> str:
    with _told_as_value():
        check_article(template)
    return template


def _contact_url(template: str) -> str:
    with _told_as_value():
        check_contact(template)
    return template


@contextmanager
def _told_as_value() -> Iterator[None]:
    """An InputError as the ValueError that pydantic collects."""
    try:
        yield
    except InputError as error:
        raise ValueError(str(error)) from error


def _origins(value: Any) -> Any:
    """Origins of a list that commas or blanks separate, in lower case; ValueError on what is none."""
    origins = tuple(value.lower().replace(",", " ").split()) if isinstance(value, str) else value
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"found {origin!r}, expected * or origins without a path, such as https://support.example.com"
            )
    return origins


class Settings(BaseSettings):
    """Every setting; KB_HOME is `home`, and so on. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid")

    home: Path = Field(default_factory=default_home, description="folder of the index")
    cache: Path = Field(default_factory=default_cache, description="folder of models and embeddings")
    model: str | None = Field(
        None, description="a sentence-transformers folder, or a name in the hub's local cache"
    )
    host: str = Field("127.0.0.1", description="address that the service listens on")
    port: int = Field(
        8321, ge=0, le=65535, description="port that the service listens on; 0 takes a free one"
    )
    max_body_bytes: int = Field(1_000_000, ge=1, description="larger request bodies are refused")
    query_log: bool = Field(False, description="write down questions and outcomes, personal data masked")
    conversation_expire_s: float = Field(
        3600.0, gt=0, description="seconds without a turn after which a kept conversation is gone"
    )
    conversation_limit: int = Field(10_000, ge=1, description="how many conversations are kept at most")
    sources: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description=f"what POST /admin/reindex indexes: paths with {os.pathsep!r} between them"
    )
    admin_token: SecretStr | None = Field(
        None, min_length=16, description="the key of POST /admin/reindex, at least 16 characters"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = Field(
        (), description="origins whose pages may ask, separated by commas; * for all"
    )
    article_url: Annotated[str, AfterValidator(_article_url)] | None = Field(
        None,
        description="where people read an article: an address with {path}, {locale}, {language}, {collection}",
    )
    contact_url: Annotated[str, AfterValidator(_contact_url)] | None = Field(
        None,
        description="whom to turn to without an answer: an address with {question}, {locale}, {language}",
    )

    @property
    def pages(self) -> Pages:
        """The addresses that people are told."""
        return Pages(self.article_url, self.contact_url)

    @field_validator("sources", mode="before")
    @classmethod
    def _paths(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


def read_settings(**options: Any) -> Settings:
    """Settings from the environment; an option that is not None comes before its variable.

    Errors: SettingsError on a variable KB_… that is no setting, or a value that does not fit.
    """
    refuse_unknown(os.environ)
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][0])
        label = f"--{name.replace('_', '-')}" if name in given else f"{PREFIX}{name.upper()}"
        if name in _SECRET:
            raise SettingsError(f"{label}: {problem['msg']}") from None  # the error itself has the value
        raise SettingsError(f"{label} is {problem['input']!r}: {problem['msg']}") from error
    paths: dict[str, Any] = {
        name: getattr(settings, name).expanduser().absolute() for name in ("home", "cache")
    }
    paths["sources"] = tuple(source.expanduser().absolute() for source in settings.sources)
    return settings.model_copy(update=paths)


def refuse_unknown(names: Iterable[str]) -> None:
    """SettingsError when a variable starts with KB_ and is no setting."""
    known = sorted(PREFIX + name.upper() for name in Settings.model_fields)
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in known and name not in NOT_SETTINGS:
            close = get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the settings are {', '.join(known)}"
            raise SettingsError(f"unknown setting {name} in the environment; {hint} Unset it, or correct it.")
