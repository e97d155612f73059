"""Bytes of a Metaplex metadata account -> name and symbol. Pure.

Layout: key (u8 = 4), update authority, mint, then name, symbol and URI, each behind its length and padded
with zeros. Source: metaplex-foundation/mpl-token-metadata, state/metadata.rs.
"""

from chain.parsing.borsh import read_text

METADATA_PROGRAM = "metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s"
_KEY = 4
_NAME_AT = 1 + 32 + 32


def read_metadata(data: bytes) -> tuple[str | None, str | None]:
    """Name and symbol; None for what is missing or unreadable."""
    if len(data) < _NAME_AT or data[0] != _KEY:
        return None, None
    name, at = read_text(data, _NAME_AT)
    symbol, _ = read_text(data, at)
    return name, symbol
