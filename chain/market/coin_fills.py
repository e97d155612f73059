"""Fills of SOL against dollar tokens by all traders of a block. Pure."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median_low

from msgspec import Raw, Struct

from chain.market.pools import PoolSwap, Side
from chain.market.trade_price import swaps_in
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import SOL
from domain.activity.amounts import as_decimal
from domain.activity.prices import DOLLAR_DECIMALS, DOLLAR_MINTS, MIN_LAMPORTS, MIN_TRADE, PLAUSIBLE
from domain.errors import Undecodable

FRESH_SECONDS = 60
"""How long a fill says what SOL costs."""
_MARKS = tuple(mint.encode() for mint in sorted(DOLLAR_MINTS))
"""One of these stands in a transaction that trades a dollar token, in whatever form a node writes it."""


class CoinFill(Struct, frozen=True, kw_only=True):
    """A fill of SOL against a dollar token."""

    usd: Fraction
    """Dollar tokens for one SOL, the pool's fee included."""
    trader: str
    """Who paid for the transaction."""
    at: int
    """Block time, Unix seconds."""


def coin_fills(transactions: Iterable[Raw], *, at: int) -> list[CoinFill]:
    """What the traders of a block got and gave; transactions that cannot be understood are passed over.

    Args:
        transactions: a node's JSON of each.
        at: block time, Unix seconds.
    """
    return [fill for raw in transactions if _may_trade(raw) for fill in _fills(raw, at)]


def fills_at(fills: Iterable[CoinFill], block_time: int) -> list[Fraction]:
    """The median of what each trader got recently: nobody has more than one voice."""
    by_trader: dict[str, list[Fraction]] = {}
    for fill in fills:
        if abs(block_time - fill.at) <= FRESH_SECONDS:
            by_trader.setdefault(fill.trader, []).append(fill.usd)
    return [median_low(prices) for prices in by_trader.values()]


def _may_trade(raw: Raw) -> bool:
    text = bytes(raw)
    return any(mark in text for mark in _MARKS)


def _fills(raw: Raw, at: int) -> list[CoinFill]:
    try:
        transaction = read_transaction(raw)
        return [] if transaction.failed else _fills_of(transaction, swaps_in(transaction), at)
    except (Undecodable, LookupError, ArithmeticError, ValueError):  # a node may write what cannot be
        return []


def _fills_of(transaction: Transaction, swaps: Sequence[PoolSwap], at: int) -> list[CoinFill]:
    prices = (_price(swap) for swap in swaps)
    return [CoinFill(usd=usd, trader=transaction.payer, at=at) for usd in prices if usd is not None]


def _price(swap: PoolSwap) -> Fraction | None:
    """Dollar tokens for one SOL; None: it traded something else, or too little to say anything."""
    sides: dict[str, Side] = {side.mint: side for side in (swap.taken, swap.given)}
    coin = sides.pop(SOL, None)
    dollars = next((side for mint, side in sides.items() if mint in DOLLAR_MINTS), None)
    if coin is None or dollars is None or coin.exchanged < MIN_LAMPORTS:
        return None
    if as_decimal(dollars.exchanged, DOLLAR_DECIMALS) < MIN_TRADE:
        return None
    price = Fraction(dollars.exchanged, coin.exchanged) * 10 ** (coin.decimals - dollars.decimals)
    return price if PLAUSIBLE[0] <= price <= PLAUSIBLE[1] else None
