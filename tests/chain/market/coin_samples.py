"""A made-up trade of SOL for a dollar token, as a node would tell it."""

from typing import Any

from tests.chain import samples
from tests.chain.market.pool_samples import (
    BASE_VAULT,
    OTHER,
    POOL,
    PUMP_SWAP,
    PUMP_SWAP_BUY,
    QUOTE_VAULT,
    TRADER,
    call_of,
    transfer,
)

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
SOLD = 10 * 10**9


def trade_of_sol(usd: int) -> dict[str, Any]:
    """Somebody gets so many dollars for each of ten SOL."""
    dollars, bought = 10**12, usd * 10 * 10**6
    accounts = (POOL, TRADER, OTHER, USDC, samples.WSOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    outer = call_of(PUMP_SWAP, PUMP_SWAP_BUY, accounts)
    inner = [transfer(BASE_VAULT, OTHER, bought), transfer(OTHER, QUOTE_VAULT, SOLD)]
    names = (TRADER, POOL, BASE_VAULT, QUOTE_VAULT, USDC, samples.WSOL, OTHER)
    keys = list(dict.fromkeys([*names, *(one["programIdIndex"] for one in (outer, *inner))]))
    for one in (outer, *inner):
        one["accounts"] = [keys.index(account) for account in one["accounts"]]
    before, after = (
        [
            samples.token_balance(BASE_VAULT, POOL, USDC, dollars_there),
            samples.token_balance(QUOTE_VAULT, POOL, samples.WSOL, coins, 9),
        ]
        for dollars_there, coins in ((dollars, 10**13), (dollars - bought, 10**13 + SOLD))
    )
    lamports = dict.fromkeys(names, (10**9, 10**9))
    return samples.transaction(lamports, tokens=(before, after), calls=[(outer, inner)])
