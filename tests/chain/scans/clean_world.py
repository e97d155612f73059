"""Accounts of a token over which nobody has power, with small holders and a pool that nobody can empty."""

import hashlib
import struct

import base58
from solders.keypair import Keypair

from chain.market.mint import METADATA_PROGRAM
from chain.market.pool_prices import likely_pools
from chain.market.pools import PUMP_SWAP
from chain.rpc.accounts import Account
from chain.rpc.mints import metadata_address
from domain.activity.activity import SOL, WRAPPED_SOL
from tests.chain.mints import plain
from tests.chain.scans.tables import account, token_account


def _text(text: str, size: int) -> bytes:
    return struct.pack("<I", size) + text.encode().ljust(size, b"\0")


def world(mint: str, *, spread: int = 20) -> dict[str, Account | None]:
    """A mint without powers, with fixed names, small holders, and a pool whose shares are burned.

    The last twenty are its largest token accounts, the pool's first. With no spread holders have equal parts.
    """
    pool = next(one.pool for one in likely_pools(mint)[1:] if one.quote == SOL)
    data = bytearray(300)
    data[:8] = hashlib.sha256(b"account:Pool").digest()[:8]
    for at, key in {11: BOSS, 43: mint, 75: WRAPPED_SOL, 107: SHARES, 139: BASE, 171: QUOTE}.items():
        data[at : at + 32] = base58.b58decode(key)
    data[203:211] = (500).to_bytes(8, "little")
    metadata = b"".join(
        (b"\x04", bytes(32), base58.b58decode(mint), _text("cat in mittens", 32), _text("MITTEN", 10))
    )
    holders = {
        holder: account(holder, token_account(mint, str(Keypair().pubkey()), SUPPLY // (100 + spread * at)))
        for at, holder in enumerate(str(Keypair().pubkey()) for _ in range(HOLDERS))
    }
    return {
        mint: account(mint, struct.pack("<I32sQBBI32s", 0, bytes(32), SUPPLY, 6, 1, 0, bytes(32))),
        metadata_address(mint): account(
            metadata_address(mint), metadata + _text("", 200) + bytes(5), METADATA_PROGRAM
        ),
        pool: account(pool, bytes(data), PUMP_SWAP),
        QUOTE: account(QUOTE, token_account(WRAPPED_SOL, pool, 300 * 10**9)),
        SHARES: account(SHARES, plain()),
        BASE: account(BASE, token_account(mint, pool, SUPPLY // 5)),
        **holders,
    }


BOSS, SHARES, BASE, QUOTE = (str(Keypair().pubkey()) for _ in range(4))
SUPPLY = 10**15
HOLDERS = 19
