"""How the value of a setting is written for people. Pure; used by `runtime/settings/settings.py`."""

from __future__ import annotations

from runtime.observability.redaction import redact
from runtime.settings.secret import Secret


def shown(value: object) -> str:
    """A setting's value for people, without its secrets."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "(unset)"
    if isinstance(value, Secret):
        return _masked(value.reveal()) if value else "(unset)"
    return written(value) or "(unset)"


def _masked(secret: str) -> str:
    """The host of an address, the id of a token, nothing of anything else."""
    return redact(secret) if "://" in secret or redact(secret) != secret else "***"


def written(value: object) -> str:
    """A setting's value as one would write it in `.env`; nothing for a secret."""
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, Secret | tuple):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
