"""Orders that somebody else filled: the wallet signed nothing, and what it gave was set aside before."""

from chain.decoders.balances import deltas
from chain.decoders.programs import PROGRAMS, Role
from chain.decoders.wallet_view import Scene
from chain.parsing.calls import calls_of
from domain.activity.activity import SOL, SOL_DECIMALS, Leg

SMALL = 10_000_000
"""Lamports; up to this an order account loses as rent when it is closed."""


def given(scene: Scene) -> tuple[Leg, ...]:
    """What the wallet's order gave for what the wallet received; empty: no order of its was filled."""
    if scene.paid or not scene.received or scene.signed:
        return ()
    others = _with_orders(scene)
    moved = deltas(scene.transaction)
    bought = [leg for leg in scene.received if leg.mint != SOL or leg.raw > SMALL]
    if not all(_is_most(leg, [moved.get(owner, {}) for owner in others]) for leg in bought):
        return ()
    mints = {leg.mint for leg in bought}
    losers = [legs for owner in others if (legs := _lost(scene, moved.get(owner, {}), mints))]
    return losers[0] if bought and len(losers) == 1 else ()


def _is_most(leg: Leg, others: list[dict[str, int]]) -> bool:
    """Whether nobody else received more of it: a lesser part is the fee of whoever runs the orders."""
    return all(moved.get(leg.mint, 0) <= leg.raw for moved in others)


def _with_orders(scene: Scene) -> list[str]:
    """The accounts which a program for orders was given together with the wallet, without signers."""
    transaction = scene.transaction
    given: dict[str, None] = {}
    for call in calls_of(transaction):
        program = PROGRAMS.get(call.program)
        if program is not None and program.role is Role.ORDERS:
            given.update(dict.fromkeys(call.accounts))
    if scene.wallet not in given:
        return []
    return [one for one in given if one != scene.wallet and one not in transaction.signers]


def _lost(scene: Scene, moved: dict[str, int], bought: set[str]) -> tuple[Leg, ...]:
    """The legs of one who lost something and won nothing, and not what was bought."""
    lost = {mint: -raw for mint, raw in moved.items() if raw < 0}
    if len(lost) > 1 and lost.get(SOL, 0) <= SMALL:
        lost.pop(SOL, None)
    if any(raw > 0 for raw in moved.values()) or bought & lost.keys():
        return ()
    decimals = {one.mint: one.amount.decimals for one in scene.transaction.pre_tokens}
    return tuple(
        Leg(mint=mint, raw=raw, decimals=SOL_DECIMALS if mint == SOL else decimals.get(mint))
        for mint, raw in lost.items()
    )
