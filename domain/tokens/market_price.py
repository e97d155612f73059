"""What a token is worth now, from what its pools say: which of them is believed, and when none is. Pure.

Anybody may open a pool and set any price in it. So a pool counts with what may be traded at its price in
money whose dollars are known; the one with most of that sets the price, and one with too little sets none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, structs

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL
from domain.activity.amounts import as_decimal, ratio
from domain.activity.prices import DOLLAR_DECIMALS, Dollars, worth

MIN_QUOTE = Decimal(500)
"""Dollars; a pool in which less may be traded sets no price."""
MAX_IMPACT = Decimal("0.2")
"""A trade that moved its pool by more shows no price."""
MIN_FILL = Decimal(1)
"""Dollars; a smaller trade shows no price."""
MAX_DISAGREEMENT = Decimal("0.2")
"""Of the price, by which another pool of some size may lie elsewhere; beyond, the price is uncertain."""
RIVAL_SHARE = 4
"""A pool with one part in so many of the deepest one's depth has a say in whether the price is certain."""


class KnownPool(Struct, frozen=True, kw_only=True):
    """A pool in which somebody was seen to trade a token, or that is looked for where pools usually are."""

    mint: str
    pool: str
    quote: str
    """What the token is traded for there; `SOL` also for wrapped SOL."""
    quote_decimals: int
    venue: str | None = None
    """The program that owns it; None: nobody has read its account yet."""
    vaults: tuple[str, str] | None = None
    """The token accounts of the token and of the quote; None: not read yet, or it has none that matter."""
    slot: int = 0
    """Where it was seen last."""
    liquidity_quote: int | None = None
    """What lay there of the quote then, in its smallest unit; None: not shown."""


class PoolPrice(Struct, frozen=True, kw_only=True):
    """What a pool says of a token's price now."""

    pool: KnownPool
    """With its venue, its vaults and what lies there now."""
    price: Fraction
    """Whole units of the quote for one whole token."""
    depth: int
    """What may be traded at this price, as far as anybody can tell, in the quote's smallest unit."""
    is_deep: bool
    """Whether `depth` was shown; else it is only what lies in the vault, perhaps at other prices."""
    slot: int
    is_concentrated: bool = False
    """Its depth is what its maker claims of liquidity that may lie in a single tick, and of a vault."""


class PriceSource(StrEnum):
    """Where a price comes from."""

    MONEY = "money"
    """It is what prices are given in: from a feed on the chain, deep pools, or trades of many."""
    POOL = "pool"
    """What a pool's account and vaults say."""
    TRADES = "trades"
    """What a trade showed that was seen recently: no pool of it can be read."""


class UnknownPrice(StrEnum):
    """Why a token has no price."""

    NO_POOL = "no pool"
    """None is known that exists."""
    TOO_SMALL = "too small"
    """So little may be traded in its pools that they say nothing."""
    NO_DOLLARS = "no dollars"
    """Its pools trade it for something whose dollars are not known."""
    NO_MINT = "no mint"
    """There is no such token."""


class TokenPrice(Struct, frozen=True, kw_only=True):
    """What a token is worth, with where that comes from. Amounts of dollars, exact to 18 digits."""

    mint: str
    usd: Decimal
    """One whole token."""
    source: PriceSource
    read_at: datetime
    slot: int | None = None
    """Of the reading; None: it was not read from accounts now."""
    decimals: int | None = None
    supply: int | None = None
    """In the smallest unit; None: not read."""
    quote: str | None = None
    pool: str | None = None
    venue: str | None = None
    """The program that owns the pool."""
    liquidity: Decimal | None = None
    """Both sides of the pool, as twice what lies there of the quote."""
    is_certain: bool = True
    """Whether its depth was shown or another pool agrees, and no other pool of weight differs.

    Beside one that concentrates liquidity each that does not is of weight: who made it pays for its price."""

    @property
    def market_cap(self) -> Decimal | None:
        """All of the token at this price, locked and lost ones included; None: its supply is not known."""
        if self.supply is None or self.decimals is None:
            return None
        return self.usd * as_decimal(self.supply, self.decimals)

    def age(self, now: datetime) -> float:
        """Seconds since it was read."""
        return max(0.0, (now - self.read_at).total_seconds())


class TokenPrices(Struct, frozen=True, kw_only=True):
    """The prices of several tokens, and why others have none; each that was asked for is in one of them."""

    known: Mapping[str, TokenPrice]
    unknown: Mapping[str, UnknownPrice]


class MintSupply(Struct, frozen=True, kw_only=True):
    """What a mint's account says now."""

    decimals: int
    supply: int


def quote_dollars(chain: str, mint: str, dollars: Dollars) -> Decimal | None:
    """Dollars for one whole unit of SOL, a dollar token, or whatever else has dollars; None: not known.

    Args:
        chain: where the mint lives.
        mint: what a pool trades a token for.
        dollars: by mint; a dollar token that is missing is one dollar, on chains that have dollar tokens.
    """
    whole = 10 ** (SOL_DECIMALS if mint in {SOL, WRAPPED_SOL} else DOLLAR_DECIMALS)
    usd = worth(chain, mint, whole, dollars)
    return dollars.get(mint) if usd is None else usd


def shows_price(*, usd: Decimal | None, impact: Decimal | None, quote_usd: Decimal | None) -> bool:
    """Return whether a trade shows what its token is worth.

    Args:
        usd: dollars that changed hands; None: not known, which shows nothing.
        impact: by which part it moved its pool; None: not shown.
        quote_usd: dollars of the quote that lie in the pool; None: not shown.
    """
    if usd is None or usd < MIN_FILL:
        return False
    if impact is not None and abs(impact) > MAX_IMPACT:
        return False
    return quote_usd is None or quote_usd >= MIN_QUOTE


def price_by_pools(
    chain: str, pools: Sequence[PoolPrice], supply: MintSupply | None, dollars: Dollars, read_at: datetime
) -> TokenPrice | UnknownPrice:
    """Return what a token is worth, by its pools.

    Args:
        chain: the chain.
        pools: those that could be read, of one token.
        supply: what its mint says; None: it was not read.
        dollars: what quotes are worth.
        read_at: when they were read.
    """
    if not pools:
        return UnknownPrice.NO_POOL
    valued = [(one, usd) for one in pools if (usd := _quote_usd(chain, one, dollars)) is not None]
    if not valued:
        return UnknownPrice.NO_DOLLARS
    by_depth = sorted(((*one, _depth(*one)) for one in valued), key=lambda one: (one[0].is_deep, one[2]))
    believed = [one for one in reversed(by_depth) if one[2] >= MIN_QUOTE]
    if not believed:
        return UnknownPrice.TOO_SMALL
    pool, quote_usd, _ = believed[0]
    price = TokenPrice(
        mint=pool.pool.mint,
        usd=_usd(pool, quote_usd),
        source=PriceSource.POOL,
        read_at=read_at,
        slot=pool.slot,
        quote=pool.pool.quote,
        pool=pool.pool.pool,
        venue=pool.pool.venue,
        liquidity=_liquidity(pool, quote_usd),
        is_certain=_is_certain(believed),
    )
    return with_supply(price, supply)


def money_price(mint: str, usd: Decimal, read_at: datetime) -> TokenPrice:
    """The price of what prices are given in.

    Args:
        mint: SOL, or what else prices are given in.
        usd: for one whole unit.
        read_at: when that was read, or asked of the store.
    """
    return TokenPrice(mint=mint, usd=usd, source=PriceSource.MONEY, read_at=read_at)


def with_supply(price: TokenPrice, supply: MintSupply | None) -> TokenPrice:
    """The price, with what the mint's account says now."""
    return price if supply is None else structs.replace(price, decimals=supply.decimals, supply=supply.supply)


def _quote_usd(chain: str, price: PoolPrice, dollars: Dollars) -> Decimal | None:
    return quote_dollars(chain, price.pool.quote, dollars)


def _depth(price: PoolPrice, quote_usd: Decimal) -> Decimal:
    return as_decimal(price.depth, price.pool.quote_decimals) * quote_usd


def _usd(price: PoolPrice, quote_usd: Decimal) -> Decimal:
    return ratio(price.price * Fraction(quote_usd))


def _liquidity(price: PoolPrice, quote_usd: Decimal) -> Decimal | None:
    raw = price.pool.liquidity_quote
    return None if raw is None else 2 * as_decimal(raw, price.pool.quote_decimals) * quote_usd


def _is_certain(believed: Sequence[tuple[PoolPrice, Decimal, Decimal]]) -> bool:
    """Return whether the first of these is to be trusted on the claim of the others."""
    (first, quote_usd, depth), *others = believed
    usd = _usd(first, quote_usd)
    rivals = [one for one in others if one[2] * RIVAL_SHARE >= depth]
    payers = [
        one for one in others if first.is_concentrated and not one[0].is_concentrated and one[0].is_deep
    ]
    agree = [
        [abs(_usd(one, one_usd) / usd - 1) <= MAX_DISAGREEMENT for one, one_usd, _ in some]
        for some in (rivals, payers)
    ]
    return all(map(all, agree)) and (first.is_deep or bool(rivals))
