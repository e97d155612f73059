"""Exact amounts: as people read them, and what an address holds. Pure.

No floats, and nothing is rounded up.
"""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction

import msgspec

_SCALES = (
    (Decimal(10**12), "T"),
    (Decimal(10**9), "B"),
    (Decimal(10**6), "M"),
    (Decimal(10_000), "K"),
)
_SHORT = 3
"""Digits of a number with a suffix."""
_SIGNIFICANT = 4
_RATIO = Context(prec=18)
_EXACT = Context(prec=400, rounding=ROUND_DOWN)
"""Enough digits for any amount; the usual 28 would round the largest."""


def as_decimal(raw: int, decimals: int) -> Decimal:
    """`raw` smallest units as a number of whole units, exact."""
    return Decimal(raw).scaleb(-decimals, _EXACT)


def ratio(value: Fraction) -> Decimal:
    """A ratio, to its first 18 digits."""
    return _RATIO.divide(Decimal(value.numerator), Decimal(value.denominator))


def decimal_text(value: Decimal) -> str:
    """A number with every digit, never with an exponent: `0.000000123456789`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(raw: int, decimals: int) -> str:
    """Every digit that matters: `38,410.25`, `0.000001`."""
    text = f"{as_decimal(raw, decimals):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact(raw: int, decimals: int) -> str:
    """Short for a first line: `84.2`, `38.4K`, `1.24M`, `0.0004123`. Cut, never rounded up."""
    return short_number(as_decimal(raw, decimals))


def short_number(number: Decimal) -> str:
    """`84.2`, `9,841`, `38.4K`, `1.24M`: at most four digits, cut."""
    for floor, suffix in _SCALES:
        if number >= floor:
            scaled = _EXACT.divide(number, _UNITS[suffix])
            return _cut(scaled, max(0, _SHORT - 1 - scaled.adjusted())) + suffix
    return _cut(number, _decimals(number))


_UNITS = {suffix: Decimal(1_000) if suffix == "K" else floor for floor, suffix in _SCALES}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MILLIONS = 6
_MIN_ZEROS = 4
"""Zeros behind the point from which on a price counts them instead of writing them."""


def price_number(price: Decimal) -> str:
    """A price with four digits: `86,943`, `1.234`, `0.002988`, and `0.0₇2988` for seven zeros. Cut."""
    if price <= 0:
        return "0"
    exponent = price.adjusted()
    if exponent >= _MILLIONS:
        return short_number(price)
    if exponent >= _SIGNIFICANT - 1:
        return f"{int(price):,}"
    digits = str(int(price.scaleb(_SIGNIFICANT - 1 - exponent, _EXACT))).rstrip("0")
    zeros = -exponent - 1
    if zeros >= _MIN_ZEROS:
        return f"0.0{str(zeros).translate(_SUBSCRIPTS)}{digits}"
    if exponent < 0:
        return f"0.{'0' * zeros}{digits}"
    whole, rest = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{whole}.{rest}" if rest else whole


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


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """All of one mint that an owner holds, over all its accounts.

    In JSON: `{"mint":"EKpQ…","raw":38410250000,"decimals":6,"scaled":null,"frozen":false}`.
    """

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


def joined(holdings: Iterable[Holding]) -> list[Holding]:
    """One holding for each mint: what all of these make together."""
    sums: dict[str, Holding] = {}
    for holding in holdings:
        known = sums.get(holding.mint)
        sums[holding.mint] = holding if known is None else _sum(known, holding)
    return list(sums.values())


def _sum(one: Holding, other: Holding) -> Holding:
    is_scaled = one.scaled is not None or other.scaled is not None
    return msgspec.structs.replace(
        one,
        raw=one.raw + other.raw,
        scaled=one.displayed_raw + other.displayed_raw if is_scaled else None,
        frozen=one.frozen or other.frozen,
    )


class SolReading(msgspec.Struct, frozen=True, kw_only=True):
    """The SOL of an address at one slot."""

    lamports: int
    slot: int


class BalanceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of an address.

    `{"address": "86xC…", "lamports": 1500000000, "staked": null, "holdings": [], "slot": 341220118}`.
    """

    address: str
    lamports: int
    staked: int | None = None
    """Lamports in stake accounts that the address may withdraw from; None: no node would say."""
    holdings: tuple[Holding, ...]
    """Largest raw amounts first; without empty accounts."""
    slot: int | None
