"""Where the shares of a pool's liquidity are, by its account."""

from fractions import Fraction

import base58
import pytest

from chain.market.pool_shares import ShareToken, locked_by_pool, share_token
from chain.market.pools import METEORA_DAMM_V2, PUMP_SWAP, RAYDIUM_CPMM, RAYDIUM_V4, WHIRLPOOL

KEY, CREATOR = bytes(range(1, 33)), bytes(range(2, 34))


def written(size: int, *parts: tuple[int, bytes]) -> bytes:
    data = bytearray(size)
    for at, value in parts:
        data[at : at + len(value)] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("owner", "size", "mint", "issued", "creator"),
    [(PUMP_SWAP, 300, 107, 203, 11), (RAYDIUM_CPMM, 637, 136, 333, 40), (RAYDIUM_V4, 752, 464, 720, None)],
)
def test_a_pool_names_the_token_of_its_shares(
    owner: str, size: int, mint: int, issued: int, creator: int | None
) -> None:
    parts = [(mint, KEY), (issued, (900).to_bytes(8, "little"))]
    data = written(size, *parts, *([(creator, CREATOR)] if creator else []))
    assert share_token(data, owner=owner) == ShareToken(
        mint=base58.b58encode(KEY).decode(),
        issued=900,
        creator=base58.b58encode(CREATOR).decode() if creator else None,
    )
    assert share_token(data[:issued], owner=owner) is None


def test_a_pool_of_positions_has_no_such_token() -> None:
    assert share_token(bytes(653), owner=WHIRLPOOL) is None


def test_what_a_pool_locks_for_ever_is_a_part_of_its_liquidity() -> None:
    data = written(1112, (360, (400).to_bytes(16, "little")), (552, (100).to_bytes(16, "little")))
    assert locked_by_pool(data, owner=METEORA_DAMM_V2) == Fraction(1, 4)
    assert locked_by_pool(bytes(1112), owner=METEORA_DAMM_V2) is None
    assert locked_by_pool(data[:400], owner=METEORA_DAMM_V2) is None
    assert locked_by_pool(data, owner=WHIRLPOOL) is None
