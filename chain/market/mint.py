"""Bytes of a mint account -> MintFacts; bytes of a Metaplex metadata account -> name and symbol. Pure.

Layout of metadata: key (u8 = 4), update authority, mint, then name, symbol and URI, each behind its length
and padded with zeros. Source: metaplex-foundation/mpl-token-metadata, state/metadata.rs.

Layout: spl-token `Mint` (82 bytes); Token-2022 pads it to 165 bytes, puts the account type (1: mint) behind
it, and then extensions as type (u16), length (u16), value. Source: solana-program/token-2022,
interface/src/extension.
"""

import hashlib
import struct
from collections.abc import Iterator

import base58

from domain.errors import Undecodable
from domain.security.mints import (
    TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
    Metadata,
    MintFacts,
    Pausable,
    TransferFee,
    TransferHook,
)

_LENGTH = struct.Struct("<I")
_MAX_BYTES = 8_192
"""Of a name or a link; an account has room for ten million."""
METADATA_PROGRAM = "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s"
_METADATA_KEY = 4
_NAME_AT = 1 + 32 + 32
_CREATOR_BYTES = 34
_INTERFACE_TYPE = hashlib.sha256(b"spl_token_metadata_interface:token_metadata").digest()[:8]
_INTERFACE_AT = 8 + _LENGTH.size
_MINT_BYTES = 82
_MULTISIG_BYTES = 355
"""No other account of a token program may have this size."""
_TYPE_AT = 165
_MINT_TYPE = 1
_MINT = struct.Struct("<I32sQBBI32s")
_HEADER = struct.Struct("<HH")
_KEY = 32
_ZERO = bytes(_KEY)
_FROZEN = 2
_FEE, _CLOSE, _CONFIDENTIAL, _DEFAULT_STATE = 1, 3, 4, 6
_NON_TRANSFERABLE, _INTEREST, _DELEGATE, _HOOK = 9, 10, 12, 14
_POINTER, _METADATA, _CONFIDENTIAL_MINT, _SCALED, _PAUSABLE, _BURN = 18, 19, 24, 25, 26, 28
EXTENSION_NAMES = {
    1: "transfer fee config",
    2: "transfer fee amount",
    3: "mint close authority",
    4: "confidential transfer mint",
    5: "confidential transfer account",
    6: "default account state",
    7: "immutable owner",
    8: "memo transfer",
    9: "non-transferable",
    10: "interest-bearing config",
    11: "CPI guard",
    12: "permanent delegate",
    13: "non-transferable account",
    14: "transfer hook",
    15: "transfer hook account",
    16: "confidential transfer fee config",
    17: "confidential transfer fee amount",
    18: "metadata pointer",
    19: "token metadata",
    20: "group pointer",
    21: "token group",
    22: "group member pointer",
    23: "token group member",
    24: "confidential mint and burn",
    25: "scaled UI amount",
    26: "pausable",
    27: "pausable account",
    28: "permissioned burn",
}
"""All that there are; some only stand in token accounts."""


class UninitializedMint(Undecodable):
    """An account of a mint's size that was never initialised."""


def read_text(data: bytes, at: int) -> tuple[str | None, int]:
    """The text whose length is at `at`, and where it ends; None if it is empty or cut short.

    Nobody stores or shows a NUL, which anybody can put into a name. A very long text is cut.
    """
    start = at + _LENGTH.size
    if start > len(data):
        return None, len(data)
    end = start + _LENGTH.unpack_from(data, at)[0]
    if end > len(data):
        return None, len(data)
    text = data[start : min(end, start + _MAX_BYTES)].decode("utf-8", "replace").replace("\0", "").strip()
    return text or None, end


def read_whole_metadata(data: bytes) -> Metadata | None:
    """All that a Metaplex metadata account says; None: it is none, or cut short before the last flag.

    Behind the texts: the seller's fee (u16), maybe creators of 34 bytes each, whether the first sale was, and
    whether the metadata can be changed. The update authority of what cannot be changed has no power.
    """
    if len(data) < _NAME_AT or data[0] != _METADATA_KEY:
        return None
    name, at = read_text(data, _NAME_AT)
    symbol, at = read_text(data, at)
    uri, at = read_text(data, at)
    at += 2
    if at < len(data) and data[at]:
        at += _LENGTH.size + _CREATOR_BYTES * _bounded_count(data, at + 1)
    at += 2
    if at >= len(data):
        return None
    is_mutable = bool(data[at])
    return Metadata(
        name=name,
        symbol=symbol,
        uri=uri,
        update_authority=_key(data, 1) if is_mutable else None,
        is_mutable=is_mutable,
        mint=_key(data, 1 + _KEY),
    )


def read_interface_metadata(data: bytes) -> Metadata | None:
    """The same of an account of any other program that keeps the metadata of mints; None: it is none.

    A type of eight bytes, a length (u32), then what the metadata extension of a mint holds.
    Source: solana-program/token-metadata, interface/src/state.rs.
    """
    if not data.startswith(_INTERFACE_TYPE) or len(data) < _INTERFACE_AT + 2 * _KEY:
        return None
    return _metadata(data[_INTERFACE_AT:])


def _bounded_count(data: bytes, at: int) -> int:
    """The number at `at`; more than the account can hold, where it is cut short."""
    return _LENGTH.unpack_from(data, at)[0] if at + _LENGTH.size <= len(data) else len(data)


def read_mint(data: bytes, *, address: str, program: str, slot: int | None = None) -> MintFacts:
    """The facts of a mint.

    Args:
        data: of its account, extensions included.
        address: of the mint.
        program: who owns the account.
        slot: of the reading; None: not known.

    Raises:
        UninitializedMint: the account was made for a mint, and never set up.
        Undecodable: not a mint of a token program, or cut short; the text says which.
    """
    _check_mint(data, program)
    return _facts(data, address, program, slot)


def _facts(data: bytes, address: str, program: str, slot: int | None) -> MintFacts:
    has_minter, minter, supply, decimals, ready, has_freezer, freezer = _MINT.unpack_from(data)
    if not ready:
        raise UninitializedMint("a mint that was never set up")
    extensions = dict(_extensions(data)) if program == TOKEN_2022_PROGRAM else {}
    metadata = _metadata(extensions.get(_METADATA))
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
        confidential=not {_CONFIDENTIAL, _CONFIDENTIAL_MINT}.isdisjoint(extensions),
        hidden_supply=_CONFIDENTIAL_MINT in extensions,
        rescaled=bool({_INTEREST, _SCALED} & extensions.keys()),
        burn_authority=_key(extensions.get(_BURN), 0),
        extensions=tuple(extension_name(kind) for kind in extensions),
        unknown_extensions=tuple(sorted(extensions.keys() - EXTENSION_NAMES.keys())),
        metadata=metadata,
        metadata_pointer=_key(extensions.get(_POINTER), _KEY),
        pointer_authority=_key(extensions.get(_POINTER), 0),
        name=metadata.name if metadata else None,
        symbol=metadata.symbol if metadata else None,
        slot=slot,
    )


def _check_mint(data: bytes, program: str) -> None:
    if program not in {TOKEN_PROGRAM, TOKEN_2022_PROGRAM}:
        raise Undecodable("not owned by a token program")
    if not _is_mint(data, program):
        raise Undecodable("owned by a token program, but not a mint")


def extension_name(kind: int) -> str:
    """Return what an extension of this type is called; one that is not known by its number."""
    return EXTENSION_NAMES.get(kind, f"extension {kind}, not known")


def _is_mint(data: bytes, program: str) -> bool:
    """An account of the right size; token accounts have 165 bytes, or type 2 behind them."""
    if len(data) == _MINT_BYTES:
        return True
    if len(data) == _MULTISIG_BYTES:
        return False
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
    _, most_before, before, from_epoch, most_after, after = struct.unpack_from("<QQHQQH", value, 72)
    return TransferFee(
        basis_points=max(before, after),
        authority=_key(value, 0),
        before=before,
        after=after,
        from_epoch=from_epoch,
        maximum=max(most_before, most_after),
    )


def _hook(value: bytes | None) -> TransferHook | None:
    return None if value is None else TransferHook(authority=_key(value, 0), program=_key(value, _KEY))


def _pausable(value: bytes | None) -> Pausable | None:
    return None if value is None else Pausable(authority=_key(value, 0), paused=value[_KEY:] != b"\0")


def _metadata(value: bytes | None) -> Metadata | None:
    """The metadata extension: update authority, mint, then length-prefixed texts."""
    if value is None:
        return None
    authority = _key(value, 0)
    name, at = read_text(value, 2 * _KEY)
    symbol, at = read_text(value, at)
    uri, _ = read_text(value, at)
    return Metadata(
        name=name,
        symbol=symbol,
        uri=uri,
        update_authority=authority,
        is_mutable=authority is not None,
        mint=_key(value, _KEY),
    )
