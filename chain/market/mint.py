"""Bytes of a mint account -> MintFacts; bytes of a Metaplex metadata account -> name and symbol. Pure.

Layout of metadata: key (u8 = 4), update authority, mint, then name, symbol and URI, each behind its length
and padded with zeros. Source: metaplex-foundation/mpl-token-metadata, state/metadata.rs.

Layout: spl-token `Mint` (82 bytes); Token-2022 pads it to 165 bytes, puts the account type (1: mint) behind
it, and then extensions as type (u16), length (u16), value. Source: solana-program/token-2022,
interface/src/extension.
"""

import struct
from collections.abc import Iterator

import base58

from domain.errors import Undecodable
from domain.security.mints import (
    TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
    MintFacts,
    Pausable,
    TransferFee,
    TransferHook,
)

_LENGTH = struct.Struct("<I")
METADATA_PROGRAM = "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s"
_METADATA_KEY = 4
_NAME_AT = 1 + 32 + 32
_MINT_BYTES = 82
_TYPE_AT = 165
_MINT_TYPE = 1
_MINT = struct.Struct("<I32sQBBI32s")
_HEADER = struct.Struct("<HH")
_KEY = 32
_ZERO = bytes(_KEY)
_FROZEN = 2
_FEE, _CLOSE, _CONFIDENTIAL, _DEFAULT_STATE = 1, 3, 4, 6
_NON_TRANSFERABLE, _INTEREST, _DELEGATE, _HOOK = 9, 10, 12, 14
_CONFIDENTIAL_FEE, _METADATA, _CONFIDENTIAL_MINT, _SCALED, _PAUSABLE = 16, 19, 24, 25, 26
_HARMLESS = frozenset({0, 18, 20, 21, 22, 23})
"""Padding, pointers to metadata and groups, groups and their members: none gives power over the token."""
_KNOWN = _HARMLESS | {
    _FEE,
    _CLOSE,
    _CONFIDENTIAL,
    _DEFAULT_STATE,
    _NON_TRANSFERABLE,
    _INTEREST,
    _DELEGATE,
    _HOOK,
    _CONFIDENTIAL_FEE,
    _METADATA,
    _CONFIDENTIAL_MINT,
    _SCALED,
    _PAUSABLE,
}


def read_text(data: bytes, at: int) -> tuple[str | None, int]:
    """The text whose length is at `at`, and where it ends; None if it is empty or cut short."""
    start = at + _LENGTH.size
    if start > len(data):
        return None, len(data)
    end = start + _LENGTH.unpack_from(data, at)[0]
    if end > len(data):
        return None, len(data)
    text = data[start:end].decode("utf-8", "replace").rstrip("\0").strip()
    return text or None, end


def read_metadata(data: bytes) -> tuple[str | None, str | None]:
    """Name and symbol; None for what is missing or unreadable."""
    if len(data) < _NAME_AT or data[0] != _METADATA_KEY:
        return None, None
    name, at = read_text(data, _NAME_AT)
    symbol, _ = read_text(data, at)
    return name, symbol


def read_mint(data: bytes, *, address: str, program: str, slot: int | None = None) -> MintFacts:
    """The facts of a mint, from the bytes of its account, its address, the owner program and the slot.

    Raises:
        Undecodable: not a mint of a token program, or cut short; the text says which.
    """
    if program not in {TOKEN_PROGRAM, TOKEN_2022_PROGRAM}:
        raise Undecodable("not owned by a token program")
    if not _is_mint(data, program):
        raise Undecodable("owned by a token program, but not a mint")
    has_minter, minter, supply, decimals, ready, has_freezer, freezer = _MINT.unpack_from(data)
    if not ready:
        raise Undecodable("a mint that was never set up")
    extensions = dict(_extensions(data)) if program == TOKEN_2022_PROGRAM else {}
    name, symbol = _metadata(extensions.get(_METADATA))
    return MintFacts(
        address=address,
        program=program,
        decimals=decimals,
        supply=supply,
        mint_authority=base58.b58encode(minter).decode() if has_minter else None,
        freeze_authority=base58.b58encode(freezer).decode() if has_freezer else None,
        permanent_delegate=_key(extensions.get(_DELEGATE), 0),
        close_authority=_key(extensions.get(_CLOSE), 0),
        transfer_fee=_fee(extensions.get(_FEE)),
        transfer_hook=_hook(extensions.get(_HOOK)),
        default_frozen=extensions.get(_DEFAULT_STATE, b"\0")[:1] == bytes([_FROZEN]),
        non_transferable=_NON_TRANSFERABLE in extensions,
        pausable=_pausable(extensions.get(_PAUSABLE)),
        confidential=bool({_CONFIDENTIAL, _CONFIDENTIAL_MINT} & extensions.keys()),
        rescaled=bool({_INTEREST, _SCALED} & extensions.keys()),
        unknown_extensions=tuple(sorted(extensions.keys() - _KNOWN)),
        name=name,
        symbol=symbol,
        slot=slot,
    )


def _is_mint(data: bytes, program: str) -> bool:
    """An account of the right size; token accounts have 165 bytes, or type 2 behind them."""
    if len(data) == _MINT_BYTES:
        return True
    return program == TOKEN_2022_PROGRAM and len(data) > _TYPE_AT and data[_TYPE_AT] == _MINT_TYPE


def _extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = _TYPE_AT + 1
    while at + _HEADER.size <= len(data):
        kind, length = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        if at + length > len(data):
            raise Undecodable("an extension of the mint is cut short")
        if kind:
            yield kind, data[at : at + length]
        at += length


def _key(value: bytes | None, at: int) -> str | None:
    """The address at `at`; None for an absent extension, and for an address of zeros, which means nobody."""
    if value is None:
        return None
    key = value[at : at + _KEY]
    if len(key) < _KEY:
        raise Undecodable("an extension of the mint is shorter than its type says")
    return None if key == _ZERO else base58.b58encode(key).decode()


def _fee(value: bytes | None) -> TransferFee | None:
    if value is None:
        return None
    if len(value) < 108:  # noqa: PLR2004 - two keys, u64, twice (epoch u64, maximum u64, u16)
        raise Undecodable("an extension of the mint is shorter than its type says")
    older, newer = struct.unpack_from("<H", value, 88)[0], struct.unpack_from("<H", value, 106)[0]
    return TransferFee(basis_points=max(older, newer), authority=_key(value, 0))


def _hook(value: bytes | None) -> TransferHook | None:
    return None if value is None else TransferHook(authority=_key(value, 0), program=_key(value, _KEY))


def _pausable(value: bytes | None) -> Pausable | None:
    return None if value is None else Pausable(authority=_key(value, 0), paused=value[_KEY:] != b"\0")


def _metadata(value: bytes | None) -> tuple[str | None, str | None]:
    """Name and symbol from the metadata extension: update authority, mint, then length-prefixed texts."""
    if value is None:
        return None, None
    name, at = read_text(value, 2 * _KEY)
    symbol, _ = read_text(value, at)
    return name, symbol
