"""Trades paid from elsewhere: an order that somebody else filled, or a seat at an order book. Pure.

Order: the wallet signed nothing, an order account gave what it pays.

Seat: what is sold lies at the exchange and leaves no account. Phoenix tells in its events what was filled.
They are calls of the program to itself: one byte 15, then events in Borsh, the first of which names the
market and the trader; a summary of what was filled is event 6. Source: https://github.com/Ellipsis-
Labs/phoenix-v1, `program/instruction.rs` and `state/markets/market_events.rs`. Amounts there are in lots. How
large a lot is stands in the market's account, which a transaction does not show. A lot of the quote is its
smallest unit: so it is in every recorded fill that moved a vault. A lot of the base is taken to be the
largest power of ten that divides what its vault held before and after, for vaults hold whole lots. Where
somebody gave a vault less than a lot for nothing, that ends in a digit that is not zero, and nothing is
announced.
"""

import struct

from chain.decoders.balances import deltas
from chain.decoders.programs import PROGRAMS, Role
from chain.decoders.wallet_view import WalletView
from chain.parsing.calls import Call
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Leg

MAX_RENT = 10_000_000
"""Lamports; up to this, what an order account loses is its rent when it is closed."""
PHOENIX = "PhoeNiXZ8ByJGLkxNfZRnkUfjvmuYqLR89jjFHGqdXY"
_SWAPS = frozenset({0, 1})
"""Swap, and swap with what lies in the seat."""
_BASE_VAULT, _QUOTE_VAULT = 6, 7
_TRADER = 3
_HEADER_AT, _HEADER_BYTES = 2, 1 + 8 + 8 + 8 + 32 + 32 + 2
_SIZES = {2: 66, 3: 42, 4: 34, 5: 58, 6: 42, 7: 10, 8: 26, 9: 58}
"""Bytes behind the number of an event: fill, place, reduce, evict, summary, fee, time in force, expired."""
_SUMMARY = 6
_MAX_LOT = 12


def order_legs(view: WalletView) -> tuple[Leg, ...]:
    """What the wallet's order gave for what the wallet received; empty: none of its orders was filled."""
    if view.paid or not view.received or view.signed:
        return ()
    others = _given_with(view)
    moved = deltas(view.transaction)
    bought = bought_legs(view)
    if not all(_is_main_share(leg, [moved.get(owner, {}) for owner in others]) for leg in bought):
        return ()
    mints = {leg.mint for leg in bought}
    candidates = [legs for owner in others if (legs := _outflow_legs(view, moved.get(owner, {}), mints))]
    return candidates[0] if bought and len(candidates) == 1 else ()


def bought_legs(view: WalletView) -> tuple[Leg, ...]:
    """Return what came in without the rent of the order's account, which is closed when it is filled."""
    return tuple([leg for leg in view.received if leg.mint != SOL or leg.raw > MAX_RENT])


def _is_main_share(leg: Leg, others: list[dict[str, int]]) -> bool:
    """Whether nobody else received more of it: a smaller part is the fee of the runner of the orders."""
    return all(moved.get(leg.mint, 0) <= leg.raw for moved in others)


def _given_with(view: WalletView) -> list[str]:
    """The accounts that a program for orders was given together with the wallet, without signers."""
    transaction = view.transaction
    accounts: dict[str, None] = {}
    for call in view.calls:
        program = PROGRAMS.get(call.program)
        if program is not None and program.role is Role.ORDERS:
            accounts.update(dict.fromkeys(call.accounts))
    if view.wallet not in accounts:
        return []
    return [one for one in accounts if one != view.wallet and one not in transaction.signers]


def _outflow_legs(view: WalletView, moved: dict[str, int], bought: set[str]) -> tuple[Leg, ...]:
    """The legs of an owner who lost something and gained nothing, and lost nothing of what was bought."""
    outflow = {mint: -raw for mint, raw in moved.items() if raw < 0}
    if len(outflow) > 1 and outflow.get(SOL, 0) <= MAX_RENT:
        outflow.pop(SOL, None)
    if any(raw > 0 for raw in moved.values()) or bought & outflow.keys():
        return ()
    decimals = {one.mint: one.amount.decimals for one in view.transaction.pre_tokens}
    return tuple(
        Leg(mint=mint, raw=raw, decimals=SOL_DECIMALS if mint == SOL else decimals.get(mint))
        for mint, raw in outflow.items()
    )


def legs_from_seat(view: WalletView) -> tuple[Leg, ...]:
    """Return what the wallet's seat gave for what the wallet received; empty: it is no such trade."""
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
    logs = [call.data for call in following if call.program == PHOENIX and call.prefix[:1] == b"\x0f"]
    filled = _filled(logs[0]) if logs else None
    if filled is None:
        return None
    sold_base = _mint(view, quote) == view.received[0].mint
    vault, raw = (base, filled[0] * _base_lot(view, base)) if sold_base else (quote, filled[1])
    mint = _mint(view, vault)
    return Leg(mint=mint, raw=raw, decimals=_decimals(view, vault)) if mint and raw else None


def _filled(log: bytes) -> tuple[int, int] | None:
    """Return how many lots of base and of quote were filled, by the summary among the events."""
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


def _base_lot(view: WalletView, account: str) -> int:
    """Smallest units in a lot of what the account holds; 0: unknown."""
    amounts = [raw for _, raw, _ in _balances(view, account)]
    fitting = [10**power for power in range(1, _MAX_LOT) if all(raw % 10**power == 0 for raw in amounts)]
    return max(fitting, default=0) if any(amounts) else 0
