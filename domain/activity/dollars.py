"""What an activity is worth in dollars, as far as that is known. Pure.

Dollar tokens (USDC, USDT) count as dollars. SOL has the price that trades between SOL and a dollar token
showed lately. Nothing else has a price: what is not known is None, never zero.
"""

from collections.abc import Sequence
from decimal import Decimal

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, WRAPPED_SOL, Activity, Leg
from domain.activity.amounts import as_decimal

DOLLAR_DECIMALS = 6
DOLLAR_MINTS = frozenset(
    {
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",  # USDC
        "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB",  # USDT
    }
)
DOLLAR_CHAINS = frozenset({"solana", "sandbox"})
"""Chains on which these mints are dollars; the sandbox mirrors Solana's."""
MIN_TRADE = Decimal(10)
"""Dollars; a smaller trade says nothing of a price."""
_COINS = frozenset({SOL, WRAPPED_SOL})


def dollar_value(activity: Activity, sol_usd: Decimal | None) -> Decimal | None:
    """Dollars that changed hands: of the sides whose every amount has a price, the greater one."""
    sides = (_side(activity.chain, legs, sol_usd) for legs in (activity.paid, activity.received))
    return max((side for side in sides if side is not None), default=None)


def sol_price(activity: Activity) -> Decimal | None:
    """Dollars for one SOL, as a trade of SOL against a dollar token shows; None: none, or too small."""
    if activity.kind not in TRADES or len(activity.paid) != 1 or len(activity.received) != 1:
        return None
    paid, received = activity.paid[0], activity.received[0]
    coin, dollars = (paid, received) if paid.mint in _COINS else (received, paid)
    spent = _dollars(activity.chain, dollars, None)
    if coin.mint not in _COINS or spent is None or spent < MIN_TRADE or coin.raw <= 0:
        return None
    return (spent / as_decimal(coin.raw, SOL_DECIMALS)).quantize(Decimal("0.000001"))


def _side(chain: str, legs: Sequence[Leg], sol_usd: Decimal | None) -> Decimal | None:
    amounts = [_dollars(chain, leg, sol_usd) for leg in legs]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if legs and len(known) == len(amounts) else None


def _dollars(chain: str, leg: Leg, sol_usd: Decimal | None) -> Decimal | None:
    if leg.mint in _COINS:
        return None if sol_usd is None else as_decimal(leg.raw, SOL_DECIMALS) * sol_usd
    if chain in DOLLAR_CHAINS and leg.mint in DOLLAR_MINTS:
        return as_decimal(leg.raw, DOLLAR_DECIMALS)
    return None
