"""Reads all settings once at the start of a process, completely: every mistake is reported, not only one.

A value comes from the environment, the file `.env` beneath it, or a file that it names. Checks of settings
against each other follow: each is well formed by itself, and together they do not fit, or a program cannot
do without one.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, replace
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from runtime.settings import parsing
from runtime.settings.parsing import Mistake, SettingsError, reason, typos
from runtime.settings.secret import Secret, env_text
from runtime.settings.settings import Settings

_SERVERS = ("DATABASE_URL", "REDIS_URL")
REQUIRED_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "bot": (*_SERVERS, "BOT_TOKEN"),
    "scanner": (*_SERVERS, "RPC_URLS"),
    "dispatcher": _SERVERS,
    "maintenance": (*_SERVERS, "BOT_TOKEN"),
    "notifications": (*_SERVERS, "BOT_TOKEN"),
    "security-scan": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "balance-check": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "whale-search": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "web": (*_SERVERS, "BOT_TOKEN"),
    "storage": ("DATABASE_URL",),
}
_OF_OTHERS = ("COMPOSE_", "DOCKER_", "POSTGRES_", "PYTHON", "WHALE_WATCHER_", "HTTP_", "HTTPS_", "NO_", "TZ")
"""Beginnings of names that other programs read in the same file."""


def read_environment(dotenv: Path | None = None, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment over the file `.env`, if there is one: what is exported wins over what is written.

    Args:
        dotenv: the file; unless given, the one that SETTINGS_FILE names, or `.env` here.
        environ: the environment; unless given, that of this process.

    Raises:
        SettingsError: the file cannot be read, or a line of it not understood.
    """
    environ = os.environ if environ is None else environ
    dotenv = dotenv or Path(environ.get("SETTINGS_FILE") or ".env")
    try:
        text = dotenv.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((Mistake(name=str(dotenv), what=f"cannot be read: {reason(error)}"),)) from None
    return {**_parsed(text, dotenv), **environ}


def names_written(dotenv: Path = Path(".env")) -> list[str]:
    """The names that the file sets; none if it cannot be read, which `read_environment` reports."""
    try:
        return [*_parsed(dotenv.read_text(encoding="utf-8-sig"), dotenv)]
    except (OSError, UnicodeDecodeError, SettingsError):
        return []


def _parsed(text: str, dotenv: Path) -> dict[str, str]:
    lines = list(parse_stream(io.StringIO(text)))
    if wrong := [line.original.line for line in lines if line.error]:
        what = "cannot be understood. Write NAME=value, and close every quote"
        raise SettingsError(tuple(Mistake(name=f"{dotenv}, line {number},", what=what) for number in wrong))
    return {line.key: line.value or "" for line in lines if line.key}


def value_of(spec: Field[Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """The value that is set for a field of `Settings`, by its name; empty when unset.

    Raises:
        ValueError: what is wrong with it, and what to write.
    """
    text = _text(spec, environ)
    if not text:
        return {}
    if not text.isascii() and spec.metadata["parser"] not in {parsing.path, parsing.examples}:
        raise ValueError("holds a character that is not plain ASCII. Type it again by hand")
    return {spec.name: spec.metadata["parser"](text)}


def _text(spec: Field[Any], environ: Mapping[str, str]) -> str:
    """Return what is set for a setting, directly or in a file; empty when unset."""
    name = spec.name.upper()
    text, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if not file or not _may_stand_in_file(spec):
        return text
    if text:
        raise ValueError(f"is set twice, also by {name}_FILE. Remove one of them")
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read from the file {file} ({reason(error)}). Mend {name}_FILE") from None
    if not text:
        raise ValueError(f"is empty in the file {file}. Write it there, or remove {name}_FILE")
    return text


def _may_stand_in_file(spec: Field[Any]) -> bool:
    """Secrets may, and what another program finds out."""
    secret = isinstance(spec.default, Secret) or "Secret" in str(spec.type)
    return secret or spec.metadata["parser"] is parsing.examples


def cross_field_checks(settings: Settings, wrong: set[str]) -> Iterator[Mistake]:
    """The mistakes found; a setting in `wrong` has its mistake already and gets no second one."""
    if settings.webhook_url and not settings.webhook_secret and "WEBHOOK_SECRET" not in wrong:
        yield Mistake(
            name="WEBHOOK_SECRET", what="must be set with WEBHOOK_URL. Make one: `openssl rand -hex 32`"
        )
    if settings.ws_urls and not settings.rpc_urls and "RPC_URLS" not in wrong:
        yield Mistake(name="WS_URLS", what="is set without RPC_URLS. Set RPC_URLS as well, or remove it")
    if settings.reconcile == "signatures" and settings.scanner_source == "blocks":
        yield Mistake(
            name="RECONCILE", what="cannot be signatures with SCANNER_SOURCE=blocks. Change one of them"
        )
    if settings.scanner_stage != "whole":
        yield from _stage_checks(settings)
    if settings.db_pool_min > settings.db_pool_max:
        yield Mistake(name="DB_POOL_MIN", what=f"must not be more than DB_POOL_MAX ({settings.db_pool_max})")


def _stage_checks(settings: Settings) -> Iterator[Mistake]:
    """Return what does not fit a scanner that only collects or only processes."""
    stage = settings.scanner_stage
    if settings.scanner_mode == "sharded":
        yield Mistake(
            name="SCANNER_MODE",
            what=f"cannot be sharded with SCANNER_STAGE={stage}: processors share the wallets by themselves."
            " Set active-active or leader, for the collectors",
        )
    if settings.commitment == "processed":
        yield Mistake(
            name="COMMITMENT",
            what=f"cannot be processed with SCANNER_STAGE={stage}: only whole scanners follow forks",
        )
    if settings.reconcile == "signatures":
        yield Mistake(
            name="RECONCILE",
            what=f"cannot be signatures with SCANNER_STAGE={stage}: collectors read blocks. Change either",
        )


def require_settings(settings: Settings, program: str) -> None:
    """Check that what a program cannot do without is set.

    Args:
        settings: as they were read.
        program: a name in `REQUIRED_SETTINGS`; another one needs nothing.

    Raises:
        SettingsError: naming each setting that is missing.
    """
    if missing := [
        name for name in REQUIRED_SETTINGS.get(program, ()) if not getattr(settings, name.lower())
    ]:
        what = f"must be set for {program}. Set it in .env, or use `make run`, which provides it"
        raise SettingsError(tuple(Mistake(name=name, what=what) for name in missing))


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings.

    Raises:
        SettingsError: with every mistake there is.
    """
    mistakes = list(typos(environ, frozenset(setting_names())))
    values: dict[str, Any] = {}
    for spec in fields(Settings):
        try:
            values |= value_of(spec, environ)
        except ValueError as error:
            mistakes.append(Mistake(name=spec.name.upper(), what=str(error)))
    settings = Settings(**values)
    mistakes += cross_field_checks(settings, {mistake.name for mistake in mistakes})
    if mistakes:
        raise SettingsError(tuple(mistakes))
    return _with_derived(settings)


def setting_names() -> tuple[str, ...]:
    """The names of all settings, in the order of `.env.example`."""
    return tuple(spec.name.upper() for spec in fields(Settings))


def unknown_settings(dotenv: Path = Path(".env")) -> list[str]:
    """A sentence for each name in the file that is no setting and that no other program reads there."""
    known = frozenset(setting_names())
    unknown = (
        name
        for name in names_written(dotenv)
        if name.removesuffix("_FILE") not in known and not name.startswith(_OF_OTHERS)
    )
    return [f"{name} in {dotenv} is no setting, so it does nothing; see .env.example" for name in unknown]


def unset_settings() -> dict[str, str]:
    """An environment in which no setting is set, whatever stands in `.env`: neither itself nor its file."""
    return {text: "" for name in setting_names() for text in (name, f"{name}_FILE")}


def _with_derived(settings: Settings) -> Settings:
    return replace(
        settings,
        database_read_url=settings.database_read_url or settings.database_url,
        cache_url=settings.cache_url or settings.redis_url,
        instance_id=_instance_id(settings),
    )


def _instance_id(settings: Settings) -> str:
    """A name that begins with the region, where one is set."""
    name = settings.instance_id or f"{os.uname().nodename.split('.')[0][:40]}-{os.getpid()}"
    is_named_after = not settings.region or name.startswith(f"{settings.region}-")
    return name if is_named_after else f"{settings.region}-{name}"


def example_env() -> str:
    """The text of `.env.example`: every setting with what it does and its default, all commented out."""
    head = "# Copy to .env and set what you need. All may stay unset: then `make run` uses the sandbox.\n"
    head += "# A secret may stand in a file instead: BOT_TOKEN_FILE=/run/secrets/bot_token\n"
    return head + "".join(
        f"\n# {spec.metadata['sentence']}\n"
        f"#{spec.name.upper()}={spec.metadata['example'] or env_text(spec.default)}\n"
        for spec in fields(Settings)
    )
