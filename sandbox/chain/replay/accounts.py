"""Recorded mints and token metadata, so that the tokens of replayed transactions can be looked up."""

import base64
import binascii
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.tokens import TOKEN_PROGRAMS

METADATA = Pubkey.from_string("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s")

log = logging.getLogger(__name__)

_KEY = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_PARTS = 2


def recorded_accounts(folder: Path) -> Iterator[tuple[Pubkey, Account]]:
    """The accounts in `accounts/*KEY*.json`: getAccountInfo results in base64, the address in the name.

    Other files are left out.
    """
    for path in sorted((folder / "accounts").glob("*.json")):
        named = _KEY.search(path.stem)
        if named is None:
            continue
        try:
            found = _account(msgspec.json.decode(path.read_bytes()))
            if found is not None:
                yield Pubkey.from_string(named[0]), found
        except (ValueError, TypeError, binascii.Error, OSError) as error:
            log.debug("%s is left out: %s", path, error)


def _account(found: Any) -> Account | None:
    """The first mint, token account or metadata account in an answer."""
    if isinstance(found, list):
        return next((one for value in found if (one := _account(value)) is not None), None)
    if not isinstance(found, dict):
        return None
    if {"data", "owner", "lamports"} <= found.keys():
        return _token_account(found)
    return _account(list(found.values()))


def _token_account(found: dict[str, Any]) -> Account | None:
    data = found["data"]
    if not isinstance(data, list) or len(data) != _PARTS or data[1] != "base64":
        return None
    owner = Pubkey.from_string(found["owner"])
    if owner not in TOKEN_PROGRAMS and owner != METADATA:
        return None
    return Account(found["lamports"], base64.b64decode(data[0]), owner)
