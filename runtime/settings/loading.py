"""Reads all settings once at the start of a process, completely: every mistake is reported, not only one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from runtime.settings.cross_field_checks import cross_field_checks
from runtime.settings.environment import names_written
from runtime.settings.mistakes import Mistake, SettingsError, typos
from runtime.settings.setting_value import value_of
from runtime.settings.settings import Settings

_OF_OTHERS = ("COMPOSE_", "DOCKER_", "POSTGRES_", "PYTHON", "WHALE_WATCHER_", "HTTP_", "HTTPS_", "NO_", "TZ")
"""Beginnings of names that other programs read in the same file."""


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
        instance_id=settings.instance_id or f"{os.uname().nodename.split('.')[0][:50]}-{os.getpid()}",
    )
