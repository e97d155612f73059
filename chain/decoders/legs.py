"""From the change of an owner's balances to the amounts that count as paid and received. Pure."""

from chain.decoders.balances import Change
from domain.activity.activity import SOL, SOL_DECIMALS, Leg

MAX_RENT_AND_TIP = 10_000_000
"""Lamports; in a trade of token against token, a change up to this is rent or a tip, and no leg."""

Legs = tuple[tuple[Leg, ...], tuple[Leg, ...]]
NO_LEGS: Legs = ((), ())


def legs_of(change: Change) -> Legs:
    """What went out and what came in; SOL first."""
    paid: list[Leg] = []
    received: list[Leg] = []
    for mint, raw in change.tokens.items():
        if raw < 0:
            paid.append(Leg(mint=mint, raw=-raw, decimals=change.decimals[mint]))
        elif raw:
            received.append(Leg(mint=mint, raw=raw, decimals=change.decimals[mint]))
    lamports = change.lamports
    if lamports and not (paid and received and -MAX_RENT_AND_TIP <= lamports <= MAX_RENT_AND_TIP):
        side = paid if lamports < 0 else received
        side.insert(0, Leg(mint=SOL, raw=abs(lamports), decimals=SOL_DECIMALS))
    return tuple(paid), tuple(received)
