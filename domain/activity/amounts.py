"""Exact amounts: as people read them, what an address holds, what an activity is worth in dollars. Pure.

No floats, and nothing is rounded up. Dollars are given as far as they are known.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from statistics import median_low

import msgspec

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, WRAPPED_SOL, Activity, Leg

_SCALES = ((Decimal(1_000_000_000), "B"), (Decimal(1_000_000), "M"))
_SIGNIFICANT = 4
_RATIO = Context(prec=18)
_EXACT = Context(prec=400, rounding=ROUND_DOWN)
"""Enough digits for any amount; the usual 28 would round the largest."""
DOLLAR_DECIMALS = 6
DOLLAR_MINTS = frozenset(
    {
        "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",  # USDC
        "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB",  # USDT
        "2b1kV6DkPAnxd5ixfnxCpjxmKwqjjaYmCZfHsFu24GXo",  # PYUSD: https://www.paxos.com/pyusd
        "2u1tszSeqZ3qBWF3uNGPFc8TzMk2tdiwknnRMWGWjGWH",  # USDG: https://globaldollar.com
        "HVbpJAQGNpkgBaYBZQBR1t7yFdvaYVp2vCQQfKKEN4tM",  # USDP: https://github.com/paxosglobal
        "USD1ttGY1N17NEEHLmELoaybftRBUSErhqYiQzvEmuB",  # USD1: https://worldlibertyfinancial.com/usd1
        "USDSwr9ApdHk5bvJKMjzff41FfuX8bSxdKcR81vTwcA",  # USDS: https://sky.money
    }
)
"""Tokens of which one is one dollar, each with six decimals."""
DOLLAR_CHAINS = frozenset({"solana", "sandbox"})
"""Chains on which these mints are dollars; the sandbox mirrors Solana's."""
MIN_TRADE = Decimal(10)
"""Dollars; a smaller trade says nothing of a price."""
MIN_LAMPORTS = 10_000_000
"""The same for the other side."""
MAX_COST_SHARE = Decimal("0.02")
"""Of the SOL in a trade; where tips and fees are more than this, it says nothing of a price."""
PLAUSIBLE = (Decimal(1), Decimal(10_000))
"""Dollars for one SOL; whatever is told beyond is no price."""
MAX_JUMP = 2
"""A price more than so many times the one before, or less than that part of it, needs another wallet's."""
FRESH = timedelta(hours=1)
"""How long a price is in use."""
REMEMBERED = timedelta(days=1)
"""How long a price says what would be a jump."""
MAX_FILLS = 9
"""So many of the latest count."""
_COINS = frozenset({SOL, WRAPPED_SOL})


def as_decimal(raw: int, decimals: int) -> Decimal:
    """`raw` smallest units as a number of whole units, exact."""
    return Decimal(raw).scaleb(-decimals, _EXACT)


def decimal_text(value: Fraction) -> str:
    """A ratio with its first 18 digits, never with an exponent: `0.000000123456789`."""
    text = f"{_RATIO.divide(Decimal(value.numerator), Decimal(value.denominator)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(raw: int, decimals: int) -> str:
    """Every digit that matters: `38,410.25`, `0.000001`."""
    text = f"{as_decimal(raw, decimals):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact(raw: int, decimals: int) -> str:
    """Short for a first line: `84.2`, `38,410`, `1.24M`, `0.0004123`. Cut, never rounded up."""
    number = as_decimal(raw, decimals)
    for scale, suffix in _SCALES:
        if number >= scale:
            return _cut(_EXACT.divide(number, scale), 2) + suffix
    return _cut(number, _decimals(number))


def _decimals(number: Decimal) -> int:
    if number >= Decimal(1_000):
        return 0
    if number >= 1:
        return 2
    if number == 0:
        return 0
    return _SIGNIFICANT - 1 - number.adjusted()


def _cut(number: Decimal, decimals: int) -> str:
    text = f"{number.quantize(Decimal(1).scaleb(-decimals), context=_EXACT):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollar_value(activity: Activity, sol_usd: Decimal | None) -> Decimal | None:
    """Dollars that changed hands: of the sides whose every amount has a price, the greater one."""
    sides = (_side(activity.chain, legs, sol_usd) for legs in (activity.paid, activity.received))
    return max((side for side in sides if side is not None), default=None)


def sol_price(activity: Activity) -> Decimal | None:
    """Dollars for one SOL, as a trade of SOL against a dollar token at a venue shows; None: it shows none."""
    if activity.kind not in TRADES or activity.venue is None:
        return None
    if len(activity.paid) != 1 or len(activity.received) != 1:
        return None
    paid, received = activity.paid[0], activity.received[0]
    coin, dollars = (paid, received) if paid.mint in _COINS else (received, paid)
    spent = _dollars(activity.chain, dollars, None)
    if coin.mint not in _COINS or coin.raw < MIN_LAMPORTS or spent is None or spent < MIN_TRADE:
        return None
    if activity.tip + activity.venue_fee > coin.raw * MAX_COST_SHARE:
        return None
    price = (spent / as_decimal(coin.raw, SOL_DECIMALS)).quantize(Decimal("0.000001"))
    return price if PLAUSIBLE[0] <= price <= PLAUSIBLE[1] else None


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """The price that one trade showed."""

    usd: Decimal
    wallet: str
    """Who traded."""
    seen_at: datetime


def believed_price(fills: Sequence[Fill], now: datetime) -> Decimal | None:
    """The price in use at `now`; None: nobody showed one lately that can be believed.

    Args:
        fills: what trades showed, oldest first, of as long as prices are remembered.
        now: the moment.
    """
    believed: list[Fill] = []
    outliers: list[Fill] = []
    for fill in fills:
        if not believed or _is_near(fill.usd, _median(believed[-MAX_FILLS:])):
            believed.append(fill)
            continue
        outliers.append(fill)
        agreeing = [one for one in outliers if _is_near(one.usd, fill.usd)]
        if len({one.wallet for one in agreeing}) > 1:
            believed, outliers = agreeing, []
    fresh = [fill for fill in believed if fill.seen_at >= now - FRESH]
    latest = [*{fill.wallet: fill for fill in fresh}.values()]
    used = latest if len(latest) > 1 else fresh
    return _median(used[-MAX_FILLS:]) if used else None


def _is_near(price: Decimal, other: Decimal) -> bool:
    return other <= price * MAX_JUMP and price <= other * MAX_JUMP


def _median(fills: Sequence[Fill]) -> Decimal:
    return median_low([fill.usd for fill in fills])


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


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """All of one mint that an owner holds, over all its accounts."""

    mint: str
    raw: int
    decimals: int
    scaled: int | None = None
    """The amount that wallets show, in the same units, where the token scales it; None: `raw`."""
    frozen: bool = False
    """At least one of the accounts is frozen."""

    @property
    def displayed_raw(self) -> int:
        """The amount as people see it everywhere else."""
        return self.raw if self.scaled is None else self.scaled


class BalanceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of an address."""

    address: str
    lamports: int
    holdings: tuple[Holding, ...]
    """Largest raw amounts first; without empty accounts."""
    slot: int | None
