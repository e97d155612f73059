"""What an activity and its token are worth in dollars, as far as that is known. Pure.

Dollar tokens (USDC, USDT and the like) count as dollars. SOL has the price that is published on the chain,
else the one that trades between SOL and a dollar token showed recently. What is not known is None, never
zero.

A price is believed only of a trade at a venue, of a size that says something, and within bounds. Anybody may
trade with himself at any price: so the median of several wallets counts, and a jump only once another wallet
confirms it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from statistics import median_low

import msgspec

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, WRAPPED_SOL, Activity, Leg, TradePrice
from domain.activity.amounts import as_decimal
from domain.activity.outcomes import Outcome

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
"""How long a price that trades showed is in use."""
PUBLISHED = timedelta(minutes=10)
"""How long a price that stood on the chain goes before those that trades showed."""
MAX_OFF_PEG = Decimal("0.005")
"""By so much of a dollar a dollar token's price may be off before it counts."""
REMEMBERED = timedelta(days=1)
"""How long a price says what would be a jump."""
MAX_FILLS = 9
"""So many of the latest count."""
_COINS = frozenset({SOL, WRAPPED_SOL})


Dollars = Mapping[str, Decimal]
"""Dollars for one whole unit of what prices are given in, by mint; a dollar token that is missing is one."""


def dollar_value(activity: Activity, dollars: Dollars) -> Decimal | None:
    """Dollars that changed hands: the greater of the sides that are priced whole; None: neither is.

    What an order gave for the wallet, and what somebody else got in its stead, count as its own.
    """
    sides = (_side(activity.chain, legs, dollars) for legs in activity.sides)
    return max((side for side in sides if side is not None), default=None)


def worth(chain: str, mint: str, raw: int, dollars: Dollars) -> Decimal | None:
    """Dollars that an amount of SOL or of a dollar token is worth; None: not known, or another token.

    Args:
        chain: where the mint lives; only on `DOLLAR_CHAINS` are the known mints dollars.
        mint: `SOL`, wrapped SOL or one of `DOLLAR_MINTS`; any other has no known decimals, so None comes
            back.
        raw: in the mint's smallest unit: lamports, or millionths of a dollar token.
        dollars: what SOL, and a dollar token off its peg, is worth; SOL missing: not known.
    """
    return _dollars(chain, Leg(mint=mint, raw=raw, decimals=None), dollars)


def sol_price(activity: Activity) -> Decimal | None:
    """Dollars for one SOL, as a trade of SOL against a dollar token at a venue shows; None: it shows none."""
    if activity.kind not in TRADES or activity.venue is None:
        return None
    if len(activity.paid) != 1 or len(activity.received) != 1:
        return None
    paid, received = activity.paid[0], activity.received[0]
    coin, dollars = (paid, received) if paid.mint in _COINS else (received, paid)
    spent = _dollars(activity.chain, dollars, {})
    if coin.mint not in _COINS or coin.raw < MIN_LAMPORTS or spent is None or spent < MIN_TRADE:
        return None
    if activity.tip + activity.venue_fee > coin.raw * MAX_COST_SHARE:
        return None
    price = (spent / as_decimal(coin.raw, SOL_DECIMALS)).quantize(Decimal("0.000001"))
    return price if PLAUSIBLE[0] <= price <= PLAUSIBLE[1] else None


class DollarSource(StrEnum):
    """Where the price of SOL or of a dollar token was read."""

    FEED = "feed"
    """In an account to which many publishers write."""
    POOLS = "pools"
    """In deep pools of it and of a dollar token."""
    FILLS = "fills"
    """In what all traders of a block got and gave."""


class ReadPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price that is published on the chain."""

    mint: str
    usd: Decimal
    published_at: int
    """Unix seconds."""
    is_certain: bool
    """Whether the chain's own markets agree with it."""
    source: DollarSource = DollarSource.FEED
    confidence: Decimal = Decimal(0)
    """By how many dollars those who say it are apart."""
    elsewhere: Decimal | None = None
    """Dollars that another source says, too far away for both to be right."""


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """The price that one trade showed, or that stood on the chain."""

    usd: Decimal
    wallet: str
    """Who traded; empty: it stood on the chain."""
    seen_at: datetime


def believed_price(fills: Sequence[Fill], now: datetime) -> Decimal | None:
    """The price in use at `now`; None: nobody showed one recently that can be believed.

    Args:
        fills: what trades showed, oldest first, of as long as prices are remembered.
        now: the moment.
    """
    published = [fill for fill in fills if not fill.wallet and fill.seen_at >= now - PUBLISHED]
    if published:
        return published[-1].usd
    believed: list[Fill] = []
    outliers: list[Fill] = []
    for fill in [fill for fill in fills if fill.wallet]:
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


def _side(chain: str, legs: Sequence[Leg], dollars: Dollars) -> Decimal | None:
    amounts = [_dollars(chain, leg, dollars) for leg in legs]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if legs and len(known) == len(amounts) else None


def _dollars(chain: str, leg: Leg, dollars: Dollars) -> Decimal | None:
    usd = _quote_usd(chain, leg.mint, dollars)
    known = SOL_DECIMALS if leg.mint in _COINS else DOLLAR_DECIMALS if leg.mint in DOLLAR_MINTS else None
    decimals = leg.decimals if known is None else known
    return None if usd is None or decimals is None else as_decimal(leg.raw, decimals) * usd


class MarketFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event was worth, and its token's market, when it was decided; dollars. None: not known.

    As it is stored: `{"usd": "15900", "price_usd": "0.414", "market_cap": "412000000", "outcome":
    {"is_added": true}}`.
    """

    usd: Decimal | None = None
    """What changed hands."""
    is_usd_certain: bool = True
    """Whether that rests on money, well-known tokens and pools of enough depth, not on trades alone."""
    is_sol_certain: bool = True
    """Whether the chain said one thing only of what SOL cost then; else the last certain price was taken."""
    price_usd: Decimal | None = None
    """One whole token, after the trade as far as that shows."""
    market_cap: Decimal | None = None
    """All of the token at that price, locked and lost ones included."""
    liquidity: Decimal | None = None
    """Both sides of the pool that the trade went through."""
    token_created_at: datetime | None = None
    outcome: Outcome | None = None
    """What it made of the wallet's position."""


NO_MARKET = MarketFacts()
_decode_market = msgspec.json.Decoder(MarketFacts).decode


def read_market(encoded: str | None) -> MarketFacts:
    """Return what `msgspec.json.encode` made of it; None: nothing was known."""
    return NO_MARKET if encoded is None else _decode_market(encoded)


class TokenSupply(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a token beside its price."""

    decimals: int
    supply: int | None
    """In the smallest unit."""
    created_at: datetime | None


def market_of(activity: Activity, dollars: Dollars, token: TokenSupply | None) -> MarketFacts:
    """Return what an activity was worth.

    Args:
        activity: what happened.
        dollars: what prices are given in was worth then.
        token: what is known of the token of its price.
    """
    price = activity.price
    quote = None if price is None else _quote_usd(activity.chain, price.quote, dollars)
    if price is None or quote is None or price.token in _COINS:
        created = None if token is None else token.created_at
        return MarketFacts(usd=_short(dollar_value(activity, dollars)), token_created_at=created)
    usd = (price.fill if price.spot is None else price.spot) * quote
    return MarketFacts(
        usd=_short(dollar_value(activity, dollars)),
        price_usd=_short(usd),
        market_cap=None if token is None else market_cap_of(usd, token),
        liquidity=_short(_liquidity(price, quote)),
        token_created_at=None if token is None else token.created_at,
    )


def market_cap_of(price_usd: Decimal, token: TokenSupply) -> Decimal | None:
    """Dollars for all of a token at the price of one whole token; None: its supply is not known."""
    return _short(price_usd * as_decimal(token.supply, token.decimals)) if token.supply else None


def fill_in_dollars(activity: Activity, market: MarketFacts) -> Decimal | None:
    """Return what one token went for in this very trade; None: not known."""
    price = activity.price
    if price is None or market.price_usd is None:
        return None
    after = price.fill if price.spot is None else price.spot
    return market.price_usd * price.fill / after if after else None


def _liquidity(price: TradePrice, quote_usd: Decimal) -> Decimal | None:
    """A pool of a constant product holds as much on the other side. Others may hold less or more there.

    Tokens alone make no liquidity, so what lies there counts no more than the quote.
    """
    quote, token = price.liquidity_quote, price.liquidity_quote
    if quote is None:
        quote, token = price.vault_quote, price.vault_token
    if quote is None:
        return None
    other = quote if token is None else min(quote, token)
    return as_decimal(quote + other, price.quote_decimals) * quote_usd


def _quote_usd(chain: str, mint: str, dollars: Dollars) -> Decimal | None:
    """Dollars for one whole unit of a mint in which prices are given; a dollar off its peg is no dollar."""
    if mint in _COINS:
        return dollars.get(SOL)
    if mint not in DOLLAR_MINTS:
        return dollars.get(mint)
    if chain not in DOLLAR_CHAINS:
        return None
    usd = dollars.get(mint, Decimal(1))
    return usd if abs(usd - 1) > MAX_OFF_PEG else Decimal(1)


_FIGURES = Context(prec=15)
"""Digits of dollars that are kept."""


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else _FIGURES.plus(value)
