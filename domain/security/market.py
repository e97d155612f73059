"""The recent market of one token: who traded it, and who paid whom, as far as somebody looked. Pure.

Detectors read it (`volume_bots.py`, `trading.py`). It is made of what everybody did in the transactions of
the token's pool and in those of its traders.
"""

from collections.abc import Iterable, Sequence

import msgspec

from domain.activity.activity import SOL, Activity, Kind, Leg


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One wallet bought or sold the token for SOL."""

    at: float
    """Seconds since the epoch, or by the slot where the block names no time."""
    slot: int
    trader: str
    is_buy: bool
    lamports: int
    """Paid or received."""
    tokens: int
    """In the token's smallest unit."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """One wallet sent SOL to another."""

    at: float
    slot: int
    payer: str
    payee: str
    lamports: int


class UnreadTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction of a trader that mentions the token: what it did was not read."""

    at: float
    """As of a `Trade`."""
    slot: int
    trader: str


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one token's market, oldest first."""

    mint: str
    trades: tuple[Trade, ...]
    payments: tuple[Payment, ...]
    """Between any wallets, those of traders at least."""
    first_slot: int | None = None
    """The slot in which the token could first be traded; None: what was seen does not reach back to it."""
    unread: tuple[UnreadTrade, ...] = ()
    """Other trades of wallets whose lists were checked, oldest first."""
    asked_about: tuple[str, ...] = ()
    """Traders who trade alike of whom it was found out who paid them first."""


SECONDS_A_SLOT = 0.4
"""Solana's, where a block does not say its time."""


def market_of(activities: Iterable[Activity], mint: str, *, first_slot: int | None = None) -> Market:
    """The market of a token from what everybody did.

    Args:
        activities: of all wallets that a transaction mentions, in any order; the same one may come several
            times. Who did not sign has not traded: it is a pool. Nor has a market maker, who signs beside
            the one who trades with it and pays no fee.
        mint: the token.
        first_slot: where trading began, if what was gathered reaches back to it.
    """
    trades: dict[tuple[str, str, int], Trade] = {}
    paid_for: dict[str, tuple[str, bool]] = {}
    payments: dict[tuple[str, str, str], Payment] = {}
    for activity in activities:
        trade = _trade(activity, mint)
        if trade is not None:
            trades[activity.signature, activity.wallet, activity.index] = trade
            if activity.fee:
                paid_for[activity.signature] = activity.wallet, trade.is_buy
        for payment in _payments(activity):
            payments[activity.signature, payment.payer, payment.payee] = payment
    made = [
        key
        for key, one in trades.items()
        if key[0] in paid_for and paid_for[key[0]][0] != key[1] and paid_for[key[0]][1] != one.is_buy
    ]
    for key in made:
        del trades[key]
    return Market(
        mint=mint,
        trades=tuple(sorted(trades.values(), key=lambda trade: (trade.slot, trade.at))),
        payments=tuple(sorted(payments.values(), key=lambda payment: (payment.slot, payment.at))),
        first_slot=first_slot,
    )


def after_launch(launch: Market, recent: Market) -> Market:
    """Return what was seen of the launch by an earlier look, and what was seen since."""
    trades = dict.fromkeys((*launch.trades, *recent.trades))
    payments = dict.fromkeys((*launch.payments, *recent.payments))
    return Market(
        mint=recent.mint,
        trades=tuple(sorted(trades, key=lambda trade: (trade.slot, trade.at))),
        payments=tuple(sorted(payments, key=lambda payment: (payment.slot, payment.at))),
        first_slot=launch.first_slot,
    )


def time_of(block_time: int | None, slot: int) -> float:
    """Seconds since the epoch, or by the slot where the block names no time."""
    return slot * SECONDS_A_SLOT if block_time is None else float(block_time)


def _at(activity: Activity) -> float:
    return time_of(activity.block_time, activity.slot)


def _trade(activity: Activity, mint: str) -> Trade | None:
    """The activity as a trade of the token for SOL; None: it is none."""
    if activity.kind not in {Kind.BUY, Kind.SELL} or activity.is_signer is False:
        return None
    is_buy = activity.kind is Kind.BUY
    money, token = (activity.paid, activity.received) if is_buy else (activity.received, activity.paid)
    lamports, tokens = _amount(money, SOL), _amount(token, mint)
    if not lamports or not tokens:
        return None
    return Trade(
        at=_at(activity),
        slot=activity.slot,
        trader=activity.wallet,
        is_buy=is_buy,
        lamports=lamports,
        tokens=tokens,
    )


def _amount(legs: Sequence[Leg], mint: str) -> int:
    return sum(leg.raw for leg in legs if leg.mint == mint)


def _payments(activity: Activity) -> list[Payment]:
    """SOL that came in from one known wallet; the payer's own activity may name no single payee."""
    if activity.counterparty is None:
        return []
    lamports = _amount(activity.received, SOL) if activity.kind is Kind.TRANSFER_IN else 0
    payer, payee = activity.counterparty, activity.wallet
    if activity.kind is Kind.TRANSFER_OUT:
        lamports, payer, payee = _amount(activity.paid, SOL), activity.wallet, activity.counterparty
    if not lamports:
        return []
    at, slot = _at(activity), activity.slot
    return [Payment(at=at, slot=slot, payer=payer, payee=payee, lamports=lamports)]
