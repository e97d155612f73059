"""Transactions in the chain's own binary form (base64 or base58 in JSON), read through solders. Pure."""

import binascii
from collections.abc import Callable
from functools import lru_cache

import base58
import msgspec
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from chain.parsing import json_shapes
from domain.errors import Undecodable

MAX_CHARACTERS = 1 << 16
"""A transaction of any version is far smaller."""


class BinaryTransaction(msgspec.Struct, frozen=True, gc=False):
    """A binary transaction in the words of the JSON border."""

    signature: str
    version: int | str
    message: json_shapes.Message
    calls: tuple[tuple[bytes, bytes], ...]
    """For each instruction the indexes of the accounts it was given, and its data."""


def read_binary(encoded: tuple[str, ...] | str) -> BinaryTransaction:
    """The transaction in `encoded`: `[text, encoding]`, or a bare text in base58.

    Raises:
        Undecodable: not a transaction in base64 or base58.
    """
    text, encoding = (encoded, "base58") if isinstance(encoded, str) else _pair(encoded)
    reader = _READERS.get(encoding)
    if reader is None:
        raise Undecodable(f"transaction in the unknown encoding {encoding[:20]!r}")
    if len(text) > MAX_CHARACTERS:
        raise Undecodable(f"transaction of {len(text)} characters is larger than any real one")
    try:
        return _from_solders(VersionedTransaction.from_bytes(reader(text)))
    except ValueError as error:
        raise Undecodable(f"transaction is not valid {encoding}: {error}") from error


def _pair(encoded: tuple[str, ...]) -> tuple[str, str]:
    if len(encoded) != 2:  # noqa: PLR2004 - text and encoding
        raise Undecodable("binary transaction is not a pair of text and encoding")
    return encoded[0], encoded[1]


def _base64(text: str) -> bytes:
    return binascii.a2b_base64(text, strict_mode=True)


_READERS: dict[str, Callable[[str], bytes]] = {"base64": _base64, "base58": base58.b58decode}


def _from_solders(transaction: VersionedTransaction) -> BinaryTransaction:
    message = transaction.message
    signatures = transaction.signatures
    if not signatures:
        raise Undecodable("transaction without a signature")
    version = transaction.version()
    return BinaryTransaction(
        signature=str(signatures[0]),
        version=version if isinstance(version, int) else "legacy",
        message=json_shapes.Message(
            keys=tuple(map(str, message.account_keys)),
            header=json_shapes.Header(signers=message.header.num_required_signatures),
            instructions=tuple(
                [
                    json_shapes.Instruction(program_index=call.program_id_index)
                    for call in message.instructions
                ]
            ),
        ),
        calls=tuple([(bytes(call.accounts), bytes(call.data)) for call in message.instructions]),
    )


_V1 = 0x81
_VERSIONED = 0x80
_KEY = 32
_MAX_CACHED = 16_384
"""Keys whose texts are kept: programs, markets and validators come in every block."""
_SIGNATURE = 64
_HEADER = 3
_V1_COUNT_AT = 41
"""In v1, after the version, header, configuration mask, blockhash and number of instructions."""


def static_keys(encoded: tuple[str, ...] | str) -> bytes | None:
    """The static keys of a binary transaction, 32 bytes each, found without reading the rest.

    Returns:
        None: they cannot be found this way; the transaction must be read. It never raises.
    """
    try:
        text, encoding = (encoded, "base58") if isinstance(encoded, str) else _pair(encoded)
        return _static_keys(_READERS[encoding](text))
    except (Undecodable, KeyError, ValueError, IndexError):
        return None


def _static_keys(data: bytes) -> bytes | None:
    if data[0] == _V1:
        at, count = _V1_COUNT_AT + 1, data[_V1_COUNT_AT]
    else:
        signatures, at = _compact_u16(data, 0)
        at += _SIGNATURE * signatures
        at += _HEADER + (data[at] >= _VERSIONED)
        count, at = _compact_u16(data, at)
    keys = data[at : at + _KEY * count]
    return keys if len(keys) == _KEY * count else None


def _compact_u16(data: bytes, at: int) -> tuple[int, int]:
    """The compact-u16 at `at`, and where it ends."""
    low = data[at]
    if low < _VERSIONED:
        return low, at + 1
    return (low & 0x7F) | data[at + 1] << 7, at + 2


def addresses(keys: bytes) -> list[str]:
    """The keys as base58."""
    return [_address(keys[at : at + _KEY]) for at in range(0, len(keys), _KEY)]


@lru_cache(_MAX_CACHED)
def _address(key: bytes) -> str:
    return str(Pubkey(key))
