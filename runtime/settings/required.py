"""Settings that a program cannot do without, by its name."""

from __future__ import annotations

from collections.abc import Mapping

from runtime.settings.mistakes import Mistake, SettingsError
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
    "storage": ("DATABASE_URL",),
}


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
