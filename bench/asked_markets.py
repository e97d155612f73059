"""Made-up markets as a scan of thirty questions sees them: some trades, and what few traders are asked.

The scan comes at a moment at which the bot trades. What it reads: `chain/scans/trades.py`, `funders.py`.
"""

from collections import Counter
from collections.abc import Sequence
from random import Random

from bench.markets import Generated
from chain.scans.funders import FOR_FUNDING
from domain.security.market import Market, Payment, Trade, UnreadTrade
from domain.security.volume_bots import MIN_WALLETS, suspects

QUESTIONS = 20
"""Of thirty, that are left for the trades."""
FIRST, MORE, LISTED = QUESTIONS - FOR_FUNDING, 2, 1_000
"""Trades that are read first and then at a time, and transactions that one list names."""
RECENT = 60
"""The last trades, of which a bot makes most or not."""


def scanned(generated: Generated, seed: int) -> tuple[Market, float]:
    """Return what is seen at a moment, and the bot's part of the latest trades then."""
    crew = frozenset(generated.bot[1:])
    trades = generated.market.trades
    own = [trade for trade in trades if trade.trader in crew] or trades
    until = Random(seed).choice(own[len(own) // 2 :]).slot
    past = [trade for trade in trades if trade.slot <= until][-LISTED:]
    latest = past[-RECENT:]
    part = sum(trade.trader in crew for trade in latest) / len(latest)
    read = _read(generated.market.mint, past)
    asked = suspects(read, (QUESTIONS - len(read.trades)) // 2)
    if len(asked) < MIN_WALLETS:
        return read, part
    known = {(trade.trader, trade.slot) for trade in read.trades}
    return Market(
        mint=read.mint,
        trades=read.trades,
        payments=tuple(one for wallet in asked for one in _paid(generated.market, wallet, past[0].slot)),
        unread=tuple(
            UnreadTrade(at=trade.at, slot=trade.slot, trader=trade.trader)
            for trade in past
            if trade.trader in asked and (trade.trader, trade.slot) not in known
        ),
        asked_about=asked,
    ), part


def _read(mint: str, past: Sequence[Trade]) -> Market:
    """Every other trade, the newest first, until traders look alike or no question is left."""
    ordered, number = [*past[::-2], *past[-2::-2]], FIRST
    while True:
        trades = tuple(sorted(ordered[:number], key=lambda trade: trade.slot))
        market = Market(mint=mint, trades=trades, payments=())
        if number >= QUESTIONS or len(suspects(market, MIN_WALLETS)) >= MIN_WALLETS:
            return market
        number += MORE


def _paid(market: Market, wallet: str, since: int) -> list[Payment]:
    """Return what the wallet got last before its first trade that is listed."""
    first = min(trade.slot for trade in market.trades if trade.trader == wallet and trade.slot >= since)
    return [one for one in market.payments if one.payee == wallet and one.slot <= first][-1:]


def verdicts(found: Counter[tuple[bool, str]], *, is_bot: bool) -> str:
    """`fail 41%, unknown 59%, pass 0%` of markets with a bot that makes most trades, or without one."""
    whole = sum(number for (bot, _), number in found.items() if bot is is_bot)
    return ", ".join(
        f"{name} {found[is_bot, name] / max(1, whole):.1%}" for name in ("fail", "unknown", "pass")
    )
