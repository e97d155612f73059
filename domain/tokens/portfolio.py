"""What the holdings of one wallet or several are worth, and which of them are not worth a line. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.activity.activity import SOL, SOL_DECIMALS
from domain.activity.amounts import Holding, as_decimal
from domain.tokens.look_alikes import imitated
from domain.tokens.market_price import TokenPrice, TokenPrices, UnknownPrice
from domain.tokens.well_known import pinned

MIN_LISTED = Decimal("0.01")
"""Dollars; a smaller holding is folded away."""


class Omission(StrEnum):
    """Why a holding has no line of its own."""

    IMITATION = "imitation"
    """It calls itself like a well-known token that it is not."""
    WORTHLESS = "worthless"
    """All of it is worth less than a cent, or its pools are too small to sell any."""


class Valued(msgspec.Struct, frozen=True, kw_only=True):
    """A holding, and what it is worth."""

    holding: Holding
    price: TokenPrice | None
    """None: not known."""
    usd: Decimal | None
    """All of it; None: not known."""
    omitted: Omission | None = None


def value_of(price: TokenPrice, holding: Holding) -> Decimal:
    """Dollars for a holding."""
    return price.usd * as_decimal(holding.raw, holding.decimals)


def valued(
    chain: str, holdings: Iterable[Holding], prices: TokenPrices, symbols: Mapping[str, str | None]
) -> list[Valued]:
    """The holdings with their values: the most valuable first, then those of unknown value.

    Args:
        chain: of the tokens.
        holdings: what is held.
        prices: what tokens are worth now.
        symbols: what they call themselves; hostile.
    """
    found = [_valued(chain, holding, prices, symbols.get(holding.mint) or "") for holding in holdings]
    return sorted(found, key=lambda one: (one.usd is None, -(one.usd or 0), one.holding.mint))


def _valued(chain: str, holding: Holding, prices: TokenPrices, symbol: str) -> Valued:
    price = prices.known.get(holding.mint)
    usd = None if price is None else value_of(price, holding)
    unknown = prices.unknown.get(holding.mint)
    return Valued(
        holding=holding, price=price, usd=usd, omitted=_omitted(chain, holding, usd, unknown, symbol)
    )


def _omitted(
    chain: str, holding: Holding, usd: Decimal | None, unknown: UnknownPrice | None, symbol: str
) -> Omission | None:
    """Return what is frozen, or known to everybody, always has its line."""
    if holding.frozen or pinned(chain, holding.mint) is not None:
        return None
    if imitated(chain, holding.mint, symbol) is not None:
        return Omission.IMITATION
    is_tiny = usd is not None and usd < MIN_LISTED
    return Omission.WORTHLESS if is_tiny or unknown is UnknownPrice.TOO_SMALL else None


def sol_value(lamports: int | None, prices: TokenPrices) -> Decimal | None:
    """Dollars for SOL; None: the amount or the price is not known."""
    price = prices.known.get(SOL)
    return None if lamports is None or price is None else price.usd * as_decimal(lamports, SOL_DECIMALS)
