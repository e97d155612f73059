"""Trades out of a seat at an order book: what is sold lies at the exchange and leaves no account. Pure.

Phoenix tells in its events what was filled. They are calls of the program to itself: one byte 15, then events
in Borsh, the first of which names the market and the trader; a summary of what was filled is event 6. Source:
https://github.com/Ellipsis-Labs/phoenix-v1, `program/instruction.rs` and
`state/markets/market_events.rs`.

Amounts there are in lots. How large a lot is stands in the market's account, which a transaction does not
show; vaults hold whole lots, and lots are powers of ten: it is taken to be the largest that divides what the
vault held before and after.
"""

import struct

from chain.decoders.wallet_view import WalletView
from chain.parsing.calls import Call, data_of
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Leg

PHOENIX = "PhoeNiXZ8ByJGLkxNfZRnkUfjvmuYqLR89jjFHGqdXY"
_SWAPS = frozenset({0, 1})
"""Swap, and swap with what lies in the seat."""
_LOG = 15
_BASE_VAULT, _QUOTE_VAULT = 6, 7
_TRADER = 3
_HEADER_AT, _HEADER_BYTES = 2, 1 + 8 + 8 + 8 + 32 + 32 + 2
_SIZES = {2: 66, 3: 42, 4: 34, 5: 58, 6: 42, 7: 10, 8: 26, 9: 58}
"""Bytes behind the number of an event: fill, place, reduce, evict, summary, fee, time in force, expired."""
_SUMMARY = 6
_MAX_LOT = 12


def legs_from_seat(view: WalletView) -> tuple[Leg, ...]:
    """What the wallet's seat gave for what the wallet received; empty: it is no such trade."""
    if view.paid or len(view.received) != 1 or not view.signed:
        return ()
    calls = view.calls
    for at, call in enumerate(calls):
        if call.program == PHOENIX and call.prefix[:1] and call.prefix[0] in _SWAPS:
            leg = _filled_leg(view, call, calls[at + 1 :])
            if leg is not None:
                return (leg,)
    return ()


def _filled_leg(view: WalletView, swap: Call, following: list[Call]) -> Leg | None:
    if len(swap.accounts) <= _QUOTE_VAULT or swap.accounts[_TRADER] != view.wallet:
        return None
    base, quote = swap.accounts[_BASE_VAULT], swap.accounts[_QUOTE_VAULT]
    logs = [data_of(call) for call in following if call.program == PHOENIX and call.prefix[:1] == b"\x0f"]
    filled = _filled(logs[0]) if logs else None
    if filled is None:
        return None
    sold_base = _mint(view, quote) == view.received[0].mint
    vault, lots = (base, filled[0]) if sold_base else (quote, filled[1])
    mint, lot = _mint(view, vault), _lot(view, vault)
    if not mint or not lot or not lots:
        return None
    return Leg(mint=mint, raw=lots * lot, decimals=_decimals(view, vault))


def _filled(log: bytes) -> tuple[int, int] | None:
    """How many lots of base and of quote were filled, by the summary among the events."""
    at = _HEADER_AT + _HEADER_BYTES
    while at < len(log):
        event = log[at]
        if event == _SUMMARY and at + 1 + _SIZES[event] <= len(log):
            base, quote = struct.unpack_from("<QQ", log, at + 1 + 2 + 16)
            return base, quote
        if event not in _SIZES:
            return None
        at += 1 + _SIZES[event]
    return None


def _balances(view: WalletView, account: str) -> list[tuple[str, int, int | None]]:
    transaction = view.transaction
    index = transaction.keys.index(account) if account in transaction.keys else -1
    return [
        (balance.mint, balance.amount.raw, balance.amount.decimals)
        for balance in transaction.pre_tokens + transaction.post_tokens
        if balance.account == index
    ]


def _mint(view: WalletView, account: str) -> str | None:
    mints = [mint for mint, _, _ in _balances(view, account)]
    return (SOL if mints[0] == WRAPPED_SOL else mints[0]) if mints else None


def _decimals(view: WalletView, account: str) -> int | None:
    decimals = [decimals for _, _, decimals in _balances(view, account)]
    return SOL_DECIMALS if _mint(view, account) == SOL else next(iter(decimals), None)


def _lot(view: WalletView, account: str) -> int:
    amounts = [raw for _, raw, _ in _balances(view, account)]
    fitting = [10**power for power in range(_MAX_LOT) if all(raw % 10**power == 0 for raw in amounts)]
    return max(fitting, default=1) if any(amounts) else 0
