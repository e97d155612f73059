"""What others would get after recorded purchases, against balances read from the transaction by hand."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chain.decoders.activities import activities
from chain.market.trade_price import with_prices
from chain.parsing.transaction import read_transaction
from domain.activity.activity import SOL, Kind
from domain.activity.amounts import ratio
from domain.activity.own_size import own_size
from domain.activity.prices import MarketFacts
from tests.chain import recorded

pytestmark = recorded.requires_ledger

BASIS_POINT = Decimal("0.0001")
WRAPPED = "So11111111111111111111111111111111111111112"
SOL_USD = 150
VAULTS = {
    ("pAMMBay6oceH9fJKV1gWJKpmHLKzL1MaTjWjDxvgyKM", 0): (7, 8),
    ("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8", 17): (4, 5),
    ("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8", 18): (5, 6),
}
"""By program and number of accounts (0: any), which accounts of a swap the two vaults are."""


def _vaults(found: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The accounts of both vaults in each swap of a transaction, as indexes into its keys."""
    message, meta = found["transaction"]["message"], found["meta"]
    loaded = meta.get("loadedAddresses") or {}
    keys = [*message["accountKeys"], *loaded.get("writable", ()), *loaded.get("readonly", ())]
    inner = [one for group in meta.get("innerInstructions") or () for one in group["instructions"]]
    for call in (*message["instructions"], *inner):
        program, accounts = keys[call["programIdIndex"]], call["accounts"]
        indexes = VAULTS.get((program, len(accounts))) or VAULTS.get((program, 0))
        if indexes is not None and len(accounts) > max(indexes):
            yield accounts[indexes[0]], accounts[indexes[1]]


def _left(found: dict[str, Any], pair: tuple[int, int]) -> tuple[Fraction, Fraction] | None:
    """What the pool holds afterwards, in whole tokens and whole SOL; None: it trades no SOL."""
    after = {one["accountIndex"]: one for one in found["meta"]["postTokenBalances"]}
    vaults = [after[index] for index in pair if index in after]
    if len(vaults) < 2 or WRAPPED not in {one["mint"] for one in vaults}:
        return None
    vaults.sort(key=lambda one: one["mint"] == WRAPPED)
    amounts = [one["uiTokenAmount"] for one in vaults]
    tokens, sol = (Fraction(int(one["amount"]), 10 ** one["decimals"]) for one in amounts)
    return tokens, sol


def test_after_real_purchases_it_is_the_formula_of_the_pool_within_a_basis_point() -> None:
    checked = 0
    for raw in recorded.transactions().values():
        read, found = read_transaction(raw), json.loads(raw).get("result", json.loads(raw))
        if read.failed or not isinstance(found["transaction"], dict):
            continue
        pairs = (
            list(_vaults(found)) if isinstance(found["transaction"]["message"]["accountKeys"][0], str) else []
        )
        left = _left(found, pairs[0]) if len(pairs) == 1 else None
        if left is None:
            continue
        done = activities(read, chain="solana", wallets=frozenset(read.signers))
        for one in with_prices(read, done):
            price = one.price
            if one.kind is not Kind.BUY or price is None or not price.depth_quote or price.quote != SOL:
                continue
            tokens, sol = left
            spot = sol / tokens
            market = MarketFacts(price_usd=ratio(spot * SOL_USD))
            for usd in (50, 500, 5_000):
                size = own_size(one, market, Decimal(usd))
                counted = Fraction(usd, SOL_USD) * (1 - Fraction(price.fee or 0))
                expected = tokens * counted / (sol + counted)
                assert size is not None
                assert abs(size.tokens / ratio(expected) - 1) < BASIS_POINT
                impact = Fraction(usd, SOL_USD) / expected / spot - 1
                assert abs(size.impact - ratio(impact)) < BASIS_POINT
            checked += 1
    assert checked >= 10, checked
