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
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import TokenNames, links, wallet_name
from messaging.telegram.texts.market import age, change, liquidity, market_cap, percent, price_dollars
from messaging.telegram.texts.times import exact_moment

MAX_NAMED = 8
"""Holders that are named; of the others only their number is shown."""
MAX_NAME = 40
_MIN_SPREAD = Decimal("0.001")
"""Of a price; what is surer than that is sure."""
_WHY = {
    UnknownPrice.NO_POOL: gettext_noop("❔ No pool of it is known, and nobody here was seen to trade it."),
    UnknownPrice.TOO_SMALL: gettext_noop("❔ Its pools hold less than $500: that is no price."),
    UnknownPrice.NO_DOLLARS: gettext_noop("❔ Its pools trade it for something whose price is not known."),
    UnknownPrice.NO_MINT: gettext_noop("❔ There is no such token."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A followed wallet that was seen to hold the token."""

    label: str
    wallet: str
    raw: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What is shown of a token."""

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
    """What was read last of it, where its price is published on the chain."""

    def title(self, *, locale: Locale = ENGLISH) -> str:
        """Return what it is called, as Telegram HTML."""
        return TokenNames(chain=self.chain, symbols={self.mint: self.symbol}, locale=locale).of(self.mint)


def token_card(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    """Everything shown of a token; it fits under a picture."""
    lines = [
        price_line(facts, locale=locale),
        _market(facts, locale=locale),
        _source(facts, locale=locale),
        _owners(facts, locale=locale),
    ]
    sites = " · ".join(links(facts.chain, None, facts.mint, DEFAULT_DISPLAY, locale=locale))
    return "\n".join(line for line in [*lines, sites, f"<code>{escape(facts.mint)}</code>"] if line)


def price_card(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    """Return what a token costs, in few lines."""
    return "\n".join(
        line
        for line in (
            price_line(facts, locale=locale),
            _market(facts, locale=locale),
            _source(facts, locale=locale),
        )
        if line
    )


def price_line(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    """`WIF $1.234 · dogwifhat`, and below how the price has changed."""
    name = escape(clean(facts.name or "", limit=MAX_NAME))
    of = TokenNames(chain=facts.chain, symbols={facts.mint: facts.symbol}, locale=locale).of(facts.mint)
    title, called = f"<b>{of}</b>", f" · {name}" if name and name != of else ""
    if isinstance(facts.price, UnknownPrice):
        return f"{title}{called}\n{locale.gettext(_WHY[facts.price])}"
    changes = " · ".join(f"{one} {change(share, locale=locale)}" for one, share in facts.changes.items())
    return f"{title} {price_dollars(facts.price.usd, locale=locale)}{called}" + (
        f"\n{changes}" if changes else ""
    )


def _market(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    parts = []
    if isinstance(facts.price, TokenPrice):
        market_value, pooled = facts.price.market_cap, facts.price.liquidity
        parts += [] if market_value is None else [market_cap(market_value, locale=locale)]
        parts += [] if pooled is None else [liquidity(pooled, locale=locale)]
    if facts.created_at is not None:
        old = age(int((facts.now - facts.created_at).total_seconds()), locale=locale)
        parts.append(locale.gettext("{age} old", age=old))
    return " · ".join(parts)


def _source(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    price = facts.price
    if isinstance(price, UnknownPrice):
        return "" if facts.reading is None else _contested(facts.reading, facts.now, locale=locale)
    at = exact_moment(price.read_at, facts.now)
    if price.source is PriceSource.TRADES:
        return locale.gettext("From the last trade seen, {time}", time=at)
    if price.source is PriceSource.MONEY:
        return _standing(facts, locale=locale)
    if facts.venue:
        venue = escape(facts.venue)
        read = locale.gettext("Read {time} from its deepest pool at {venue}", time=at, venue=venue)
    else:
        read = locale.gettext("Read {time} from its deepest pool", time=at)
    if price.is_certain:
        return read
    return f"{read}\n{locale.gettext('⚠️ Not certain: its pools do not agree, or show too little')}"


_READ = {
    DollarSource.FEED: gettext_noop("its feed"),
    DollarSource.POOLS: gettext_noop("its deepest pools"),
    DollarSource.FILLS: gettext_noop("what all traders got"),
}


def _standing(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    """`From its feed, 12 s ago, ±0.1%`; where the chain says two things, both."""
    reading = facts.reading
    if reading is None:
        return _without_reading(facts.mint, locale=locale)
    if not reading.is_certain:
        last = locale.gettext("Shown is the last price that was certain")
        return f"{_contested(reading, facts.now, locale=locale)}. {last}"
    source, seconds = locale.gettext(_READ[reading.source]), _age(reading, facts.now, locale=locale)
    said = locale.gettext("From {source}, {age} ago", source=source, age=seconds)
    spread = reading.confidence / reading.usd
    return f"{said}, ±{percent(spread, locale=locale)}" if spread >= _MIN_SPREAD else said


def _without_reading(mint: str, *, locale: Locale = ENGLISH) -> str:
    if mint in {SOL, WRAPPED_SOL}:
        return locale.gettext("From trades of the last hour")
    if mint in DOLLAR_MINTS:
        return locale.gettext("Counted as a dollar")
    return locale.gettext("By the rate of its staking pool")


def _contested(reading: ReadPrice, now: datetime, *, locale: Locale = ENGLISH) -> str:
    values = {
        "source": locale.gettext(_READ[reading.source]),
        "price": price_dollars(reading.usd, locale=locale),
        "age": _age(reading, now, locale=locale),
    }
    if reading.elsewhere is None:
        return locale.gettext(
            "⚠️ Not certain: {source} said {price} {age} ago, nothing else says so", **values
        )
    return locale.gettext(
        "⚠️ Not certain: {source} said {price} {age} ago, others {other}",
        other=price_dollars(reading.elsewhere, locale=locale),
        **values,
    )


def _age(reading: ReadPrice, now: datetime, *, locale: Locale = ENGLISH) -> str:
    return age(max(0, int(now.timestamp()) - reading.published_at), locale=locale)


def _owners(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    if not facts.holders:
        return locale.gettext("None of the wallets followed here was seen to hold it")
    named = [_holder(facts, one, locale=locale) for one in facts.holders[:MAX_NAMED]]
    more = len(facts.holders) - len(named)
    listed = ", ".join(named)
    if more > 0:
        return locale.ngettext(
            "Held by {list} and {number} more", "Held by {list} and {number} more", more, list=listed
        )
    return locale.gettext("Held by {list}", list=listed)


def _holder(facts: TokenFacts, holder: Holder, *, locale: Locale = ENGLISH) -> str:
    amount = "" if facts.decimals is None else f" {locale.figure(compact(holder.raw, facts.decimals))}"
    return f"{wallet_name(holder.label, holder.wallet)}{amount}"


def reading_price(mint: str, *, locale: Locale = ENGLISH) -> str:
    """While the price is read."""
    return locale.gettext("⏳ Reading the price of <code>{mint}</code> …", mint=escape(mint))


def price_failed(mint: str, *, locale: Locale = ENGLISH) -> str:
    """No node answered."""
    return locale.gettext(
        "⚠️ The price of <code>{mint}</code> cannot be read now. Try again in a minute.", mint=escape(mint)
    )


def not_set(facts: TokenFacts, *, locale: Locale = ENGLISH) -> str:
    """There is no price from which an alert could start."""
    nothing = locale.gettext("The price alert was not set: it would have nothing to start from.")
    return f"{price_line(facts, locale=locale)}\n{nothing}"
