"""Orders that somebody else filled: the wallet signed nothing, an order account gave what it pays. Pure."""

from chain.decoders.balances import deltas
from chain.decoders.programs import PROGRAMS, Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, SOL_DECIMALS, Leg

MAX_RENT = 10_000_000
"""Lamports; up to this, what an order account loses is its rent when it is closed."""


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
    """What came in without the rent of the order's account, which is closed when it is filled."""
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
