"""The generated encryption key of `make run`: a file in DATA_DIR, mode 600.

It is made up once, beside the database whose secrets it seals. A database of the operator's own may be used
from several machines, which must have the same key; so there SECRETS_KEY is theirs to set.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from runtime.embedded.engine import explain_os_error
from runtime.settings.sealing_keys import KEY_BYTES
from runtime.settings.settings import Settings

FILE = "secrets_key"


def kept_key_file(home: Path, settings: Settings) -> str:
    """The file of the key, made up if there is none; empty where the operator's settings decide.

    Args:
        home: the data folder.
        settings: as the operator set them.

    Raises:
        EmbeddedError: it cannot be written; says what to do.
    """
    if settings.secrets_key or settings.database_url:
        return ""
    file = home / FILE
    try:
        if not file.exists():
            _make_up(file)
    except OSError as error:
        raise explain_os_error(error, file) from error
    return str(file)


def _make_up(file: Path) -> None:
    """Write a new key whole or not at all: half a key would be one that is lost."""
    staging = file.with_name(f"{file.name}.new")
    staging.unlink(missing_ok=True)
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii") + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    staging.replace(file)


def key_notes(settings: Settings) -> list[str]:
    """Return what an operator with a database of their own has to know."""
    if settings.secrets_key or not settings.database_url:
        return []
    return ["SECRETS_KEY is not set, so no webhook can be made. Make one: `openssl rand -base64 32`"]
