"""Encrypts secrets of people, such as webhook secrets, so that a copy of the database shows none.

A message in which somebody sends one stands there unsealed only until it is handled, which
storage/chats/update_leases.py sees to.

AES-256-GCM under a key that HKDF-SHA256 derives for each column from a key of SECRETS_KEY. Column and row are
associated data: what is sealed opens in its own place only, so nobody who can write to the database moves a
secret to a row of theirs. The sealed bytes name their key by an id that says nothing about it, so that older
keys still open what they sealed until `python -m storage reseal` has sealed it again.

    1 byte   form: 1
    8 bytes  id of the key
    12 bytes nonce, random
    rest     AES-256-GCM of the text, and its tag of 16 bytes
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import Misconfigured, SecretUnreadable
from runtime.settings.sealing_keys import KEY_BYTES, key_bytes
from runtime.settings.secret import Secret

_FORM = b"\x01"
_ID_BYTES, _NONCE_BYTES, _TAG_BYTES = 8, 12, 16
_HEAD = len(_FORM) + _ID_BYTES
MIN_SEALED = _HEAD + _NONCE_BYTES + _TAG_BYTES
_KEY_ID, _COLUMN_KEY = b"whale-watcher key id", b"whale-watcher seal "
NO_KEY = (
    "SECRETS_KEY is not set, so no secret can be kept or read. Make one (`openssl rand -base64 32`), give the"
    " same one to all programs, and restart them."
)
UNKNOWN_KEY = (
    "{column} of row {row} was sealed with the key {key_id}, and SECRETS_KEY holds {ours} only."
    " Put that key back, behind the newest one: SECRETS_KEY=newest,older. If it is lost, the secret is lost;"
    " whoever entrusted it has to enter it again."
)
DAMAGED = (
    "{column} of row {row} cannot be opened, although its key {key_id} is there: it was changed, or"
    " moved there. Restore the row from a backup, or let its owner enter the secret again."
)
UNSEALED = (
    "{column} of row {row} holds nothing that was sealed."
    " Restore the row from a backup, or let its owner enter the secret again."
)


class SealingSettings(Protocol):
    """What sealing needs of the settings."""

    @property
    def secrets_key(self) -> tuple[Secret, ...]:
        """The key that seals, then those that still open."""


@final
class Sealer:
    """Seals with the first of its keys, opens with each of them. Shows no key, whatever prints it."""

    __slots__ = ("_column_key", "_keys", "_newest")

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys.

        Args:
            keys: of 32 bytes each, the one that seals first; none at all means that nothing can be sealed.
        """
        self._keys: Mapping[bytes, bytes] = {key_id(key): key for key in keys}
        self._newest = key_id(keys[0]) if keys else b""
        self._column_key = lru_cache(maxsize=256)(self._derived)

    @property
    def is_ready(self) -> bool:
        """Whether there is a key at all."""
        return bool(self._keys)

    def seal(self, plain: bytes, *, column: str, row: str) -> bytes:
        """Seal a secret for one column of one row.

        Args:
            plain: the secret.
            column: table and column, such as `webhooks.secret`.
            row: the key of its row, as text.

        Raises:
            Misconfigured: there is no key.
        """
        if not self._keys:
            raise Misconfigured(NO_KEY)
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORM + self._newest
        cipher = self._column_key(self._newest, column)
        return head + nonce + cipher.encrypt(nonce, plain, _associated(head, column, row))

    def unseal(self, sealed: bytes, *, column: str, row: str) -> bytes:
        """Open what `seal` made for the same column and row.

        Args:
            sealed: the value of the column.
            column: table and column.
            row: the key of its row, as text.

        Raises:
            Misconfigured: there is no key.
            SecretUnreadable: its key is not among ours, or it was changed or moved; says what to do.
        """
        if not self._keys:
            raise Misconfigured(NO_KEY)
        head, nonce, rest = (
            sealed[:_HEAD],
            sealed[_HEAD : _HEAD + _NONCE_BYTES],
            sealed[_HEAD + _NONCE_BYTES :],
        )
        identity = head[len(_FORM) :]
        if len(sealed) < MIN_SEALED or not sealed.startswith(_FORM):
            raise SecretUnreadable(UNSEALED.format(column=column, row=row))
        if identity not in self._keys:
            ours = ", ".join(key.hex() for key in self._keys)
            text = UNKNOWN_KEY.format(column=column, row=row, key_id=identity.hex(), ours=ours)
            raise SecretUnreadable(text)
        try:
            return self._column_key(identity, column).decrypt(nonce, rest, _associated(head, column, row))
        except InvalidTag:
            raise SecretUnreadable(DAMAGED.format(column=column, row=row, key_id=identity.hex())) from None

    def is_newest(self, sealed: bytes) -> bool:
        """Return whether a value was sealed with the key that seals now."""
        return bool(self._newest) and sealed.startswith(_FORM + self._newest)

    def _derived(self, identity: bytes, column: str) -> AESGCM:
        """The cipher of one column under one key."""
        return AESGCM(_hkdf(self._keys[identity], _COLUMN_KEY + column.encode(), KEY_BYTES))


def make_sealer(settings: SealingSettings) -> Sealer:
    """The sealer of a program; without SECRETS_KEY one that says so when it is used."""
    return Sealer([key_bytes(key) for key in settings.secrets_key])


def key_id(key: bytes) -> bytes:
    """By what sealed bytes name their key; the key cannot be found from it."""
    return _hkdf(key, _KEY_ID, _ID_BYTES)


def _hkdf(key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


def _associated(head: bytes, column: str, row: str) -> bytes:
    """Return what must be the same when it is opened; the length keeps column and row apart."""
    encoded = column.encode()
    return head + len(encoded).to_bytes(2, "big") + encoded + row.encode()
