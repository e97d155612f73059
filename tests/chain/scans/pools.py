"""A pool whose liquidity lies in positions, and what a node lists of these, for tests."""

import base64
from typing import Any

from chain.market.pool_prices import OpenPool, open_pool
from chain.rpc.accounts import Account
from domain.activity.activity import SOL
from domain.tokens.market_price import KnownPool
from tests.chain import samples

MINT, POOL, ONE, TWO = (samples.address(name) for name in ("mint", "pool", "one", "two"))
KNOWN = KnownPool(mint=MINT, pool=POOL, quote=SOL, quote_decimals=9)


def opened(at: Account) -> OpenPool:
    pool = open_pool(KNOWN, {POOL: at})
    assert pool is not None
    return pool


def listed(address: str, data: bytes, owner: str) -> dict[str, Any]:
    content = {
        "owner": owner,
        "lamports": 1,
        "executable": False,
        "data": [base64.b64encode(data).decode(), "base64"],
    }
    return {"pubkey": address, "account": content}
