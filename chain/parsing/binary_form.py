"""Transactions in the chain's own binary form (base64 or base58 in JSON), read through solders."""

import binascii
from collections.abc import Callable
from functools import lru_cache

import base58
import msgspec
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from chain.parsing import json_shapes
from domain.errors import Undecodable

LARGEST = 1 << 16
"""Bytes; a transaction of any version is far smaller."""


class Unpacked(msgspec.Struct, frozen=True, gc=False):
    """A binary transaction in the words of the JSON border."""

    signature: str
    version: int | str
    message: json_shapes.Message
    told: tuple[tuple[bytes, bytes], ...]
    """For each instruction the places of the accounts it was given, and its data."""


def unpack(packed: tuple[str, ...] | str) -> Unpacked:
    """The transaction in `packed`: `[text, encoding]`, or a bare text in base58.

    Raises:
        Undecodable: not a transaction in base64 or base58.
    """
    text, encoding = (packed, "base58") if isinstance(packed, str) else _pair(packed)
    reader = _READERS.get(encoding)
    if reader is None:
        raise Undecodable(f"transaction in the unknown encoding {encoding[:20]!r}")
    if len(text) > LARGEST:
        raise Undecodable(f"transaction of {len(text)} characters is larger than any real one")
    try:
        return _from_solders(VersionedTransaction.from_bytes(reader(text)))
    except ValueError as error:
        raise Undecodable(f"transaction is not valid {encoding}: {error}") from error


def _pair(packed: tuple[str, ...]) -> tuple[str, str]:
    if len(packed) != 2:  # noqa: PLR2004 - text and encoding
        raise Undecodable("binary transaction is not a pair of text and encoding")
    return packed[0], packed[1]


def _base64(text: str) -> bytes:
    return binascii.a2b_base64(text, strict_mode=True)


_READERS: dict[str, Callable[[str], bytes]] = {"base64": _base64, "base58": base58.b58decode}


def _from_solders(transaction: VersionedTransaction) -> Unpacked:
    message = transaction.message
    signatures = transaction.signatures
    if not signatures:
        raise Undecodable("transaction without a signature")
    version = transaction.version()
    return Unpacked(
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
        told=tuple([(bytes(call.accounts), bytes(call.data)) for call in message.instructions]),
    )


_V1 = 0x81
_VERSIONED = 0x80
_KEY = 32
_REMEMBERED = 16_384
"""Keys whose texts are kept: programs, markets and validators come in every block."""
_SIGNATURE = 64
_HEADER = 3
_V1_COUNT_AT = 41
"""In v1, after the version, header, configuration mask, blockhash and number of instructions."""


def keys(packed: tuple[str, ...] | str) -> bytes | None:
    """The static keys of a packed transaction, 32 bytes each, found without reading it.

    None: it cannot be told; the transaction must be read. Never raises.
    """
    try:
        text, encoding = (packed, "base58") if isinstance(packed, str) else _pair(packed)
        return _static_keys(_READERS[encoding](text))
    except (Undecodable, KeyError, ValueError, IndexError):
        return None


def _static_keys(data: bytes) -> bytes | None:
    if data[0] == _V1:
        at, count = _V1_COUNT_AT + 1, data[_V1_COUNT_AT]
    else:
        signatures, at = _short(data, 0)
        at += _SIGNATURE * signatures
        at += _HEADER + (data[at] >= _VERSIONED)
        count, at = _short(data, at)
    found = data[at : at + _KEY * count]
    return found if len(found) == _KEY * count else None


def _short(data: bytes, at: int) -> tuple[int, int]:
    """The compact-u16 at `at`, and where it ends."""
    low = data[at]
    if low < _VERSIONED:
        return low, at + 1
    return (low & 0x7F) | data[at + 1] << 7, at + 2


def addresses(keys: bytes) -> list[str]:
    """The keys as base58."""
    return [_address(keys[at : at + _KEY]) for at in range(0, len(keys), _KEY)]


@lru_cache(_REMEMBERED)
def _address(key: bytes) -> str:
    return str(Pubkey(key))
