"""Trades on the curves of new tokens, whose state an event of the program itself tells. Pure.

Sources: `pump-public-docs` (TradeEvent; a curve's address is derived from "bonding-curve" and the mint) and
`raydium-sdk-V2` (LaunchLab's TradeEvent).
"""

import struct
from functools import lru_cache
from typing import Any

from msgspec import structs
from solders.pubkey import Pubkey

from chain.market.pools import (
    RAYDIUM_LAUNCHLAB,
    PoolSwap,
    Side,
    SwapContext,
    inner_calls,
    pool_swap,
)
from chain.parsing.calls import Call, data_of
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL

PUMP = "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P"
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
    data = data_of(call)
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
    quote_mint, decimals = _quote_of(context, pool, mint)
    sign = 1 if is_buy else -1
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
    """What the program and the creator got; 0 where the event does not say it."""
    data, begin = data_of(call), 16 + _PUMP_FIELDS.size
    if len(data) < begin + _PUMP_FEES.size:
        return 0
    _, _, fee, _, _, creator_fee = _PUMP_FEES.unpack_from(data, begin)
    return int(fee + creator_fee)


@lru_cache(MAX_CACHED_CURVES)
def pump_curve(mint: str) -> str:
    """The address of the curve of a Pump.fun token."""
    seeds = [b"bonding-curve", bytes(Pubkey.from_string(mint))]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(PUMP))[0])


def _quote_of(context: SwapContext, curve: str, mint: str) -> tuple[str, int]:
    """What a curve is paid in, with its decimals: SOL, unless it holds another token than its own."""
    transaction = context.transaction
    for balance in transaction.post_tokens + transaction.pre_tokens:
        if balance.owner == curve and balance.mint not in {mint, WRAPPED_SOL}:
            return balance.mint, balance.amount.decimals or 0
    return SOL, SOL_DECIMALS


def _launchlab_trade(context: SwapContext, at: int) -> PoolSwap | None:
    """The vaults say what was exchanged, the event among the inner calls what the curve is."""
    swap = pool_swap(context, at)
    if swap is None:
        return None
    inner = [context.calls[one] for one in inner_calls(context, at)]
    events = [event for call in inner if (event := _trade_event(call, _LAUNCHLAB_FIELDS)) is not None]
    if len(events) != 1:
        return swap
    _, _, virtual_base, virtual_quote, base_before, quote_before, base_after, quote_after = events[0]
    is_sale = quote_after < quote_before
    base, quote = (swap.taken, swap.given) if is_sale else (swap.given, swap.taken)
    base = structs.replace(base, before=virtual_base - base_before, after=virtual_base - base_after)
    quote = structs.replace(
        quote, before=virtual_quote + quote_before, after=virtual_quote + quote_after, reserve=quote_after
    )
    taken, given = (base, quote) if is_sale else (quote, base)
    return structs.replace(swap, taken=taken, given=given)
