"""Trades on the curves of new tokens, whose state an event of the program itself tells. Pure.

Sources: `pump-public-docs` (TradeEvent; a curve's address is derived from "bonding-curve" and the mint) and
`raydium-sdk-V2` (LaunchLab's TradeEvent).
"""

import struct
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import structs
from solders.pubkey import Pubkey

from chain.market.pools import (
    METEORA_DBC,
    RAYDIUM_LAUNCHLAB,
    PoolSwap,
    Side,
    SwapContext,
    inner_calls,
    pool_swap,
)
from chain.parsing.calls import Call
from chain.parsing.json_shapes import TokenBalance
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL

PUMP = "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P"
CURVES = frozenset({PUMP, RAYDIUM_LAUNCHLAB, METEORA_DBC})
"""Programs at whose curves new tokens trade until enough was paid in; then the money goes to a pool."""
PUMP_DECIMALS = 6
"""Of every token that Pump.fun makes."""
MAX_CACHED_CURVES = 4096

_EVENT = bytes.fromhex("e445a52e51cb9a1d")
"""Begins a call of a program to itself that tells an event."""
_TRADE = bytes.fromhex("bddb7fd34ee661ee")
"""Begins the event of a trade, at Pump.fun and at LaunchLab."""
_PUMP_FIELDS = struct.Struct("<32sQQ?32sqQQQQ")
"""Mint, quote, token, whether bought, by whom, when; then virtual quote and token, real quote and token."""
_PUMP_FEES = struct.Struct("<32sQQ32sQQ")
"""Behind those, since 2025: for whom, hundredths of a percent, fee; the same of the creator."""
_LAUNCHLAB_FIELDS = struct.Struct("<32s7Q")
"""Pool, base for sale; virtual base and quote; real base and quote before, and the same afterwards."""


def _trade_event(call: Call, fields: struct.Struct) -> tuple[Any, ...] | None:
    if call.prefix != _EVENT:
        return None
    data = call.data
    if data[8:16] != _TRADE or len(data) < 16 + fields.size:
        return None
    return fields.unpack_from(data, 16)


CURVE_PROGRAMS = frozenset({PUMP, RAYDIUM_LAUNCHLAB})


def curve_swap(context: SwapContext, at: int) -> PoolSwap | None:
    """The trade on a curve that call number `at` made or tells; None: it is none."""
    call = context.calls[at]
    return _pump_trade(context, call) if call.program == PUMP else _launchlab_trade(context, at)


def _pump_trade(context: SwapContext, call: Call) -> PoolSwap | None:
    """The event says all: what was exchanged without fees, and what the curve is now."""
    event = _trade_event(call, _PUMP_FIELDS)
    if event is None:
        return None
    key, quote_raw, token_raw, is_buy, _, _, virtual_quote, virtual_token, real_quote, real_token = event
    if not quote_raw or not token_raw:
        return None
    mint = str(Pubkey.from_bytes(key))
    pool = pump_curve(mint)
    sign = 1 if is_buy else -1
    paid_in = _quote_of(context, pool, mint, sign * quote_raw)
    if paid_in is None:
        return None
    quote_mint, decimals = paid_in
    quote = Side(
        mint=quote_mint,
        decimals=decimals,
        exchanged=quote_raw,
        before=virtual_quote - sign * quote_raw,
        after=virtual_quote,
        reserve=real_quote,
    )
    token = Side(
        mint=mint,
        decimals=PUMP_DECIMALS,
        exchanged=token_raw,
        before=virtual_token + sign * token_raw,
        after=virtual_token,
        reserve=real_token,
    )
    taken, given = (quote, token) if is_buy else (token, quote)
    return PoolSwap(program=PUMP, pool=pool, taken=taken, given=given, extra_fee=_pump_fees(call))


def _pump_fees(call: Call) -> int:
    """Return what the program and the creator got; 0 where the event does not say it."""
    data, begin = call.data, 16 + _PUMP_FIELDS.size
    if len(data) < begin + _PUMP_FEES.size:
        return 0
    _, _, fee, _, _, creator_fee = _PUMP_FEES.unpack_from(data, begin)
    return int(fee + creator_fee)


@lru_cache(MAX_CACHED_CURVES)
def pump_curve(mint: str) -> str:
    """The address of the curve of a Pump.fun token."""
    seeds = [b"bonding-curve", bytes(Pubkey.from_string(mint))]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(PUMP))[0])


def _quote_of(context: SwapContext, curve: str, mint: str, change: int) -> tuple[str, int] | None:
    """Return what a curve is paid in, with its decimals; None: what moved does not say it.

    Anybody may send a curve another token. So one counts where about as much of it moved as the event says,
    and SOL did not.

    Args:
        context: the transaction.
        curve: its address.
        mint: the token that it sells.
        change: what the curve got of its quote, raw; below zero: gave.
    """
    transaction = context.transaction
    others = {
        balance.mint: balance.amount.decimals or 0
        for balance in transaction.post_tokens + transaction.pre_tokens
        if balance.owner == curve and balance.mint not in {mint, WRAPPED_SOL}
    }
    sol_moved = _sol_moved(context, curve)
    if not others:
        return (SOL, SOL_DECIMALS) if sol_moved or curve not in transaction.keys else None
    paid = {other for other in others if _has_moved(context, curve, other, change)}
    if sol_moved * 2 >= abs(change):
        return None if paid else (SOL, SOL_DECIMALS)
    return (other := paid.pop(), others[other]) if len(paid) == 1 else None


_NEAR = Fraction(1, 10)
"""Of what an event says, that fees may add to what moved, or take from it."""


def _has_moved(context: SwapContext, curve: str, mint: str, change: int) -> bool:
    owners = context.flows.owners
    return any(
        move.mint == mint
        and owners.get(move.target if change > 0 else move.source) == curve
        and abs(move.raw - abs(change)) <= abs(change) * _NEAR
        for move in context.flows.moves
    )


def _sol_moved(context: SwapContext, curve: str) -> int:
    """Return by how much the curve's SOL has changed, wrapped SOL included."""
    transaction = context.transaction
    if curve not in transaction.keys:
        return 0
    at = transaction.keys.index(curve)
    after = [one.amount.raw for one in transaction.post_tokens if _is_wrapped(one, curve)]
    before = [one.amount.raw for one in transaction.pre_tokens if _is_wrapped(one, curve)]
    lamports = transaction.post_lamports[at] - transaction.pre_lamports[at]
    return abs(lamports + sum(after) - sum(before))


def _is_wrapped(balance: TokenBalance, owner: str) -> bool:
    return balance.mint == WRAPPED_SOL and balance.owner == owner


def _launchlab_trade(context: SwapContext, at: int) -> PoolSwap | None:
    """The vaults say that something was exchanged, the event among the inner calls what the curve is.

    Fees stay in the vault for a while, but do not count on the curve.
    """
    swap = pool_swap(context, at)
    if swap is None:
        return None
    inner = [context.calls[one] for one in inner_calls(context, at)]
    decoded = [_trade_event(call, _LAUNCHLAB_FIELDS) for call in inner if call.program == RAYDIUM_LAUNCHLAB]
    events = [event for event in decoded if event is not None]
    if len(events) != 1 or str(Pubkey.from_bytes(events[0][0])) != swap.pool:
        return swap
    return _on_curve(swap, events[0])


def _on_curve(swap: PoolSwap, event: tuple[Any, ...]) -> PoolSwap:
    _, _, virtual_base, virtual_quote, base_before, quote_before, base_after, quote_after = event
    exchanged = abs(quote_after - quote_before)
    if not exchanged:
        return swap
    is_sale = quote_after < quote_before
    base, quote = (swap.taken, swap.given) if is_sale else (swap.given, swap.taken)
    paid = quote.exchanged
    base = structs.replace(
        base, before=virtual_base - base_before, after=virtual_base - base_after, in_vault=None
    )
    quote = structs.replace(
        quote,
        exchanged=exchanged,
        before=virtual_quote + quote_before,
        after=virtual_quote + quote_after,
        reserve=quote_after,
        in_vault=None,
    )
    taken, given = (base, quote) if is_sale else (quote, base)
    return structs.replace(swap, taken=taken, given=given, extra_fee=max(0, paid - exchanged))
