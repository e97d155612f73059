"""Mistakes in the settings, in sentences that say what to do.

Raised by `runtime/settings/loading.py`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend before a program can start."""

    name: str
    """The setting."""
    what: str
    """What is wrong and what to do, as the end of a sentence that begins with the name."""

    def __str__(self) -> str:
        return f"{self.name} {self.what}"


class SettingsError(Exception):
    """The settings cannot be used; `mistakes` holds all of them, not only the first."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(map(str, mistakes)))


_ALIASES: Mapping[str, str] = {
    "TELEGRAM_TOKEN": "BOT_TOKEN",
    "TELEGRAM_BOT_TOKEN": "BOT_TOKEN",
    "SOLANA_RPC_URL": "RPC_URLS",
    "SOLANA_RPC_URLS": "RPC_URLS",
    "WSS_URLS": "WS_URLS",
    "DATABASE_DSN": "DATABASE_URL",
    "VALKEY_URL": "REDIS_URL",
    "ADMINS": "ADMIN_IDS",
}
_CLOSE = 0.87
"""Likeness from which an unknown name is taken for a typo: RPC_URL for RPC_URLS, but not DB_PORT for PORT."""


def typos(environ: Mapping[str, str], known: frozenset[str]) -> Iterator[Mistake]:
    """Names in an environment that were probably meant to be one of the known settings."""
    for name in environ:
        meant = _ALIASES.get(name) or _closest(name, known)
        if name in known or not meant or meant in environ or not environ[name]:
            continue
        yield Mistake(name=name, what=f"is no setting. Did you mean {meant}?")


def _closest(name: str, known: frozenset[str]) -> str | None:
    if name.removesuffix("_FILE") in known or "_" not in name:
        return None
    matches = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE)
    return matches[0] if matches else None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, as the end of a sentence."""
    return (
        (error.strerror or type(error).__name__).lower() if isinstance(error, OSError) else "it is not text"
    )
