"""How the value of a setting is written for people. Pure; used by `runtime/settings/settings.py`."""

from __future__ import annotations

from runtime.observability.logs import redact
from runtime.settings.secret import Secret


def masked(value: object) -> str:
    """A setting's value for people, without its secrets."""
    if isinstance(value, tuple):
        return ", ".join(map(masked, value)) or "(unset)"
    if isinstance(value, Secret):
        return _masked_secret(value.reveal()) if value else "(unset)"
    return env_text(value) or "(unset)"


def _masked_secret(secret: str) -> str:
    """The host of an address, the id of a token, nothing of anything else."""
    return redact(secret) if "://" in secret or redact(secret) != secret else "***"


def env_text(value: object) -> str:
    """A setting's value as one writes it in `.env`; empty for a secret."""
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, Secret | tuple):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
