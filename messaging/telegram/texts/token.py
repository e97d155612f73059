"""What a token costs, and which followed wallets were seen to hold it. Pure.

WIF $1.234 · dogwifhat
24 h +12% · 1 h −1.5%
MC $412M · liq $4.4M · 2 y old
Read 14:03 from its pool at Raydium
Held by Ahab 1.2M, Bela 12K
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.amounts import compact
from domain.activity.prices import DOLLAR_MINTS, DollarSource, ReadPrice
from domain.rules.rules import DEFAULT_DISPLAY
from domain.tokens.candles import ChartRange
from domain.tokens.market_price import PriceSource, TokenPrice, UnknownPrice
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import TokenNames, links, wallet_name
from messaging.telegram.texts.market import age, change, percent, price_dollars, short_dollars
from messaging.telegram.texts.times import exact_moment

MAX_NAMED = 8
"""Holders that are named; of the others only their number is told."""
MAX_NAME = 40
_MIN_SPREAD = Decimal("0.001")
"""Of a price; what is surer than that is sure."""
_WHY = {
    UnknownPrice.NO_POOL: "No pool of it is known, and nobody here was seen to trade it",
    UnknownPrice.TOO_SMALL: "Its pools hold less than $500: that is no price",
    UnknownPrice.NO_DOLLARS: "Its pools trade it for something whose price is not known",
    UnknownPrice.NO_MINT: "There is no such token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A followed wallet that was seen to hold the token."""

    label: str
    wallet: str
    raw: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What is told of a token."""

    chain: str
    mint: str
    symbol: str | None
    """As the chain says it, hostile; None: it has none, or it was not read."""
    name: str | None = None
    price: TokenPrice | UnknownPrice
    decimals: int | None = None
    created_at: datetime | None = None
    now: datetime
    venue: str = ""
    """The name of the venue whose pool sets the price; empty: not known."""
    changes: Mapping[ChartRange, Decimal] = field(default_factory=dict)
    """By which part of itself the price has changed since then, as far as it was seen."""
    holders: Sequence[Holder] = ()
    reading: ReadPrice | None = None
    """What was read last of it, where its price stands on the chain."""

    @property
    def title(self) -> str:
        """What it is called, as Telegram HTML."""
        return TokenNames(chain=self.chain, symbols={self.mint: self.symbol}).of(self.mint)


def token_card(facts: TokenFacts) -> str:
    """Everything that is told of a token; it fits under a picture."""
    lines = [price_line(facts), _market(facts), _source(facts), _owners(facts)]
    sites = " · ".join(links(facts.chain, None, facts.mint, DEFAULT_DISPLAY))
    return "\n".join(line for line in [*lines, sites, f"<code>{escape(facts.mint)}</code>"] if line)


def price_card(facts: TokenFacts) -> str:
    """What a token costs, in few lines."""
    return "\n".join(line for line in (price_line(facts), _market(facts), _source(facts)) if line)


def price_line(facts: TokenFacts) -> str:
    """`WIF $1.234 · dogwifhat`, and below how the price has changed."""
    name = escape(clean(facts.name or "", limit=MAX_NAME))
    title = f"<b>{facts.title}</b>"
    called = f" · {name}" if name and name != facts.title else ""
    if isinstance(facts.price, UnknownPrice):
        return f"{title}{called}\n❔ {_WHY[facts.price]}."
    changes = " · ".join(f"{one} {change(share)}" for one, share in facts.changes.items())
    return f"{title} {price_dollars(facts.price.usd)}{called}" + (f"\n{changes}" if changes else "")


def _market(facts: TokenFacts) -> str:
    parts = []
    if isinstance(facts.price, TokenPrice):
        market_cap, liquidity = facts.price.market_cap, facts.price.liquidity
        parts += [] if market_cap is None else [f"MC {short_dollars(market_cap)}"]
        parts += [] if liquidity is None else [f"liq {short_dollars(liquidity)}"]
    if facts.created_at is not None:
        parts.append(f"{age(int((facts.now - facts.created_at).total_seconds()))} old")
    return " · ".join(parts)


def _source(facts: TokenFacts) -> str:
    price = facts.price
    if isinstance(price, UnknownPrice):
        return "" if facts.reading is None else _contested(facts.reading, facts.now)
    at = exact_moment(price.read_at, facts.now)
    if price.source is PriceSource.TRADES:
        return f"From the last trade seen, {at}"
    if price.source is PriceSource.MONEY:
        return _standing(facts)
    where = f" at {escape(facts.venue)}" if facts.venue else ""
    uncertain = "" if price.is_certain else "\n⚠️ Not certain: its pools do not agree, or show too little"
    return f"Read {at} from its deepest pool{where}{uncertain}"


_READ = {
    DollarSource.FEED: "its feed",
    DollarSource.POOLS: "its deepest pools",
    DollarSource.FILLS: "what all traders got",
}


def _standing(facts: TokenFacts) -> str:
    """`From its feed, 12 s ago, ±0.1%`; where the chain says two things, both."""
    reading = facts.reading
    if reading is None:
        return _without_reading(facts.mint)
    if not reading.is_certain:
        return f"{_contested(reading, facts.now)}. Shown is the last price that was certain"
    spread = reading.confidence / reading.usd
    known_to = f", ±{percent(spread)}" if spread >= _MIN_SPREAD else ""
    return f"From {_READ[reading.source]}, {_age(reading, facts.now)} ago{known_to}"


def _without_reading(mint: str) -> str:
    if mint in {SOL, WRAPPED_SOL}:
        return "From trades of the last hour"
    return "Counted as a dollar" if mint in DOLLAR_MINTS else "By the rate of its staking pool"


def _contested(reading: ReadPrice, now: datetime) -> str:
    said = f"{_READ[reading.source]} said {price_dollars(reading.usd)} {_age(reading, now)} ago"
    other = (
        "nothing else says so" if reading.elsewhere is None else f"others {price_dollars(reading.elsewhere)}"
    )
    return f"⚠️ Not certain: {said}, {other}"


def _age(reading: ReadPrice, now: datetime) -> str:
    return age(max(0, int(now.timestamp()) - reading.published_at))


def _owners(facts: TokenFacts) -> str:
    if not facts.holders:
        return "None of the wallets followed here was seen to hold it"
    named = [_holder(facts, one) for one in facts.holders[:MAX_NAMED]]
    more = len(facts.holders) - len(named)
    return f"Held by {', '.join(named)}" + (f" and {more} more" if more > 0 else "")


def _holder(facts: TokenFacts, holder: Holder) -> str:
    amount = "" if facts.decimals is None else f" {compact(holder.raw, facts.decimals)}"
    return f"{wallet_name(holder.label, holder.wallet)}{amount}"


def reading_price(mint: str) -> str:
    """While the price is read."""
    return f"⏳ Reading the price of <code>{escape(mint)}</code> …"


def price_failed(mint: str) -> str:
    """No node answered."""
    return f"⚠️ The price of <code>{escape(mint)}</code> cannot be read now. Try again in a minute."


def not_set(facts: TokenFacts) -> str:
    """There is no price from which an alert could start."""
    return f"{price_line(facts)}\nThe price alert was not set: it would have nothing to start from."
