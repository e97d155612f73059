"""SECRETS_KEY: the encryption keys of stored secrets, the current one first, then older ones.

Each is 32 random bytes, as `openssl rand -base64 32` prints them; in hexadecimal and in the alphabet of
addresses (`-`, `_`, without `=`) they are understood as well.
"""

from __future__ import annotations

import base64
import binascii
import re

from runtime.settings.secret import Secret

KEY_BYTES = 32
_SEPARATORS = re.compile(r"[,\s]+")
_HEX = re.compile(r"[0-9A-Fa-f]{64}")


def sealing_keys(text: str) -> tuple[Secret, ...]:
    """Keys separated by commas or lines, none twice."""
    keys = tuple(dict.fromkeys(Secret(part) for part in _SEPARATORS.split(text) if part))
    for key in keys:
        key_bytes(key)
    return keys


def key_bytes(key: Secret) -> bytes:
    """The 32 bytes of one key.

    Raises:
        ValueError: it is no such key; says what to write, and nothing of the key.
    """
    text = key.reveal()
    try:
        found = bytes.fromhex(text) if _HEX.fullmatch(text) else _from_base64(text)
    except (ValueError, binascii.Error):
        found = b""
    if len(found) != KEY_BYTES:
        raise ValueError("must be keys of 32 bytes, newest first. Make one: `openssl rand -base64 32`")
    return found


def _from_base64(text: str) -> bytes:
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
