"""Accounts that are written at genesis, as no program here makes them: metadata, a lookup table. Pure.

Layouts: Metaplex Token Metadata `MetadataV1` (mpl-token-metadata, state/metadata.rs) and the address lookup
table (solana-sdk, address-lookup-table/src/state.rs).
"""

import struct
from collections.abc import Sequence

from solders.pubkey import Pubkey

from sandbox.actors.config import TokenPlan

METADATA_PROGRAM = Pubkey.from_string("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s")
LOOKUP_PROGRAM = Pubkey.from_string("AddressLookupTab1e1111111111111111111111111")

_METADATA_V1, _FUNGIBLE = 4, 2
_NAME, _SYMBOL, _URI, _SIZE = 32, 10, 200, 679
_ACTIVE_FOR_EVER = 2**64 - 1


def metadata_address(mint: Pubkey) -> Pubkey:
    """The address of the Metaplex metadata of `mint`."""
    return _metadata_pda(mint)[0]


def metadata_data(plan: TokenPlan, mint: Pubkey, authority: Pubkey) -> bytes:
    """The data of a Metaplex metadata account, with texts padded by zero bytes as on mainnet.

    Args:
        plan: its name, symbol and link; each is cut at the bytes that Metaplex has for it.
        mint: that it describes.
        authority: may change it, if the plan says that it can be changed.
    """
    texts = _padded(plan.name, _NAME) + _padded(plan.symbol, _SYMBOL) + _padded(plan.uri, _URI)
    royalty_creators = struct.pack("<HB", 0, 0)
    flags = struct.pack("<BB", 0, plan.mutable)
    nonce_standard = struct.pack("<BBBB", 1, _metadata_pda(mint)[1], 1, _FUNGIBLE)
    head = bytes([_METADATA_V1]) + bytes(authority) + bytes(mint)
    return (head + texts + royalty_creators + flags + nonce_standard).ljust(_SIZE, b"\x00")


def lookup_table_data(authority: Pubkey, addresses: Sequence[Pubkey]) -> bytes:
    """The data of a lookup table whose addresses may be used from the first slot on."""
    head = struct.pack("<IQQBB", 1, _ACTIVE_FOR_EVER, 0, 0, 1)
    return head + bytes(authority) + bytes(2) + b"".join(bytes(address) for address in addresses)


def _metadata_pda(mint: Pubkey) -> tuple[Pubkey, int]:
    seeds = [b"metadata", bytes(METADATA_PROGRAM), bytes(mint)]
    return Pubkey.find_program_address(seeds, METADATA_PROGRAM)


def _padded(text: str, width: int) -> bytes:
    raw = text.encode()[:width].ljust(width, b"\x00")
    return struct.pack("<I", width) + raw
