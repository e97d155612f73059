"""What an address, or all wallets of a chat, hold: with values, their age, the time of the reading. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, SOL_DECIMALS, Leg
from domain.activity.amounts import BalanceFacts, joined
from domain.security.mints import TokenName
from domain.tokens.market_price import TokenPrices
from domain.tokens.portfolio import Omission, Valued, sol_value, valued
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.market import age, short_dollars
from messaging.telegram.texts.times import time_of_day

MAX_HOLDINGS = 15
"""Holdings listed one by one; of the rest only their number is given."""
MAX_WALLETS = 25
"""The same of a portfolio's wallets."""
OLD_SECONDS = 120
"""A price older than this says how old it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """What tokens are called and worth, when a balance is shown."""

    chain: str
    names: Mapping[str, TokenName]
    prices: TokenPrices
    now: datetime
    is_short: bool = False
    """Amounts are as short as in the first line of an alert, not exact."""

    def amount(self, leg: Leg, locale: Locale) -> str:
        """Return how much of what."""
        words = self.words(locale)
        return words.compact(leg) if self.is_short else words.exact(leg)

    def words(self, locale: Locale) -> TokenNames:
        """Return how tokens are called."""
        return TokenNames(chain=self.chain, symbols=self.symbols, locale=locale)

    @property
    def symbols(self) -> Mapping[str, str | None]:
        """By mint, as the chain says; hostile."""
        return {mint: name.symbol for mint, name in self.names.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletBalance:
    """A wallet of a portfolio."""

    label: str
    address: str
    facts: BalanceFacts | None
    """None: it could not be read."""


def balance_card(
    facts: BalanceFacts, pricing: Pricing, *, read_at: datetime, label: str = "", locale: Locale = ENGLISH
) -> str:
    """The whole answer to a balance question, as Telegram HTML.

    Args:
        facts: as they were read; `staked` None: whether SOL is staked is not known.
        pricing: prices and symbols, with their times.
        read_at: when the facts were read.
        label: what the chat calls the wallet; empty: the address is shown.
        locale: of the reader.
    """
    holdings = valued(pricing.chain, facts.holdings, pricing.prices, pricing.symbols)
    at = time_of_day(read_at)
    lines = [
        locale.gettext(
            "💰 <b>{wallet}</b> holds {sol}",
            wallet=wallet_name(label, facts.address),
            sol=_sol(facts.lamports, pricing, locale=locale),
        ),
        _staked(facts.staked, pricing, locale=locale),
        *_listed(holdings, pricing, locale=locale),
        "" if holdings else locale.gettext("No tokens."),
        _total(sol_value(facts.lamports, pricing.prices), facts.staked, holdings, pricing, locale=locale),
        at
        if facts.slot is None
        else locale.gettext("Read at slot {slot} · {time}", slot=locale.number(facts.slot), time=at),
        f"<code>{escape(facts.address)}</code>",
    ]
    return "\n".join(line for line in lines if line)


def portfolio_card(wallets: Sequence[WalletBalance], pricing: Pricing, *, locale: Locale = ENGLISH) -> str:
    """Return what all wallets of a chat hold together, in short amounts, as Telegram HTML.

    Args:
        wallets: all of the chat; one without facts was not read, and is named as such.
        pricing: prices and symbols, with their times.
        locale: of the reader.
    """
    pricing = replace(pricing, is_short=True)
    read = [one.facts for one in wallets if one.facts is not None]
    holdings = valued(
        pricing.chain,
        joined(holding for facts in read for holding in facts.holdings),
        pricing.prices,
        pricing.symbols,
    )
    lamports = sum(facts.lamports for facts in read)
    staked = [facts.staked for facts in read if facts.staked is not None]
    lines = [
        locale.ngettext(
            "💼 <b>{number} wallet</b> holds {sol}",
            "💼 <b>{number} wallets</b> hold {sol}",
            len(wallets),
            sol=_sol(lamports, pricing, locale=locale),
        ),
        _staked(sum(staked) if len(staked) == len(read) else None, pricing, locale=locale),
        *_listed(holdings, pricing, locale=locale),
        _total(
            sol_value(lamports, pricing.prices),
            sum(staked) if len(staked) == len(read) else None,
            holdings,
            pricing,
            locale=locale,
        ),
        "",
        *_by_wallet(wallets, pricing, locale=locale),
        _unread(wallets, locale=locale),
        locale.gettext("Read {time}", time=time_of_day(pricing.now)),
    ]
    return "\n".join(line for line in lines if line)


def no_portfolio(*, locale: Locale = ENGLISH) -> str:
    """The answer of a chat that follows no wallet."""
    return locale.gettext(
        "💼 No wallets here yet. /watch ADDRESS follows one; /portfolio then tells what all of them hold."
    )


def reading_portfolio(wallets: int, *, locale: Locale = ENGLISH) -> str:
    """The portfolio has been asked for."""
    return locale.ngettext("💼 Reading {number} wallet…", "💼 Reading {number} wallets…", wallets)


def portfolio_failed(_: str, *, locale: Locale = ENGLISH) -> str:
    """The answer when no node could be read in time."""
    return locale.gettext(
        "💼 The portfolio is unknown: the network isn't responding. Try /portfolio again in a minute."
    )


def balance_failed(address: str, *, locale: Locale = ENGLISH) -> str:
    """The answer when no node could be read in time."""
    return locale.gettext(
        "💰 The balance of <code>{address}</code> is unknown: the network isn't responding. Try "
        "/balance again in a minute.",
        address=escape(address),
    )


def balance_unreadable(address: str, *, locale: Locale = ENGLISH) -> str:
    """The answer when nodes send what cannot be read."""
    return locale.gettext(
        "💰 The balance of <code>{address}</code> is unknown: the node sent something "
        "unreadable. Try /balance again in a minute.",
        address=escape(address),
    )


def _sol(lamports: int, pricing: Pricing, *, locale: Locale = ENGLISH) -> str:
    value = _in_dollars(sol_value(lamports, pricing.prices), locale=locale) if lamports else ""
    return f"{_lamports(lamports, pricing, locale=locale)}{value}"


def _lamports(lamports: int, pricing: Pricing, *, locale: Locale = ENGLISH) -> str:
    if lamports == 0:
        return f"0 {pricing.words(locale).of(SOL)}"
    return pricing.amount(Leg(mint=SOL, raw=lamports, decimals=SOL_DECIMALS), locale)


def _staked(lamports: int | None, pricing: Pricing, *, locale: Locale = ENGLISH) -> str:
    """Nothing where nothing is staked; unknown is said in the total."""
    return locale.gettext("Staked: {sol}", sol=_sol(lamports, pricing, locale=locale)) if lamports else ""


def _listed(holdings: Sequence[Valued], pricing: Pricing, *, locale: Locale = ENGLISH) -> list[str]:
    """The holdings that are worth a line, and how many are not."""
    visible = [one for one in holdings if one.omitted is None]
    hidden = len(visible) - MAX_HOLDINGS
    return [
        *(_line(one, pricing, locale=locale) for one in visible[:MAX_HOLDINGS]),
        locale.ngettext("… and {number} more token.", "… and {number} more tokens.", hidden)
        if hidden > 0
        else "",
        _omitted(holdings, locale=locale),
    ]


def _omitted(holdings: Sequence[Valued], *, locale: Locale = ENGLISH) -> str:
    numbers = Counter(one.omitted for one in holdings)
    parts = []
    if count := numbers[Omission.WORTHLESS]:
        parts.append(locale.ngettext("{number} token worth nothing", "{number} tokens worth nothing", count))
    if count := numbers[Omission.IMITATION]:
        parts.append(
            locale.ngettext(
                "{number} fake of well-known tokens", "{number} fakes of well-known tokens", count
            )
        )
    return locale.gettext("Not listed: {list}.", list=", ".join(parts)) if parts else ""


def _line(one: Valued, pricing: Pricing, *, locale: Locale = ENGLISH) -> str:
    holding = one.holding
    leg = Leg(mint=holding.mint, raw=holding.displayed_raw, decimals=holding.decimals)
    notes = [locale.gettext("❄️ frozen")] if holding.frozen else []
    if one.price is not None:
        seconds = one.price.age(pricing.now)
        if seconds > OLD_SECONDS:
            notes.append(locale.gettext("price {age} old", age=age(int(seconds), locale=locale)))
        if not one.price.is_certain:
            notes.append(locale.gettext("price uncertain"))
    return " · ".join([f"• {pricing.amount(leg, locale)}{_in_dollars(one.usd, locale=locale)}", *notes])


def _total(
    sol: Decimal | None,
    staked: int | None,
    holdings: Sequence[Valued],
    pricing: Pricing,
    *,
    locale: Locale = ENGLISH,
) -> str:
    """Return what all is worth together, and what is not counted in it."""
    if SOL not in pricing.prices.known:
        return locale.gettext("Dollar values: the price of SOL is unknown at present.")
    known = [one.usd for one in holdings if one.usd is not None and one.omitted is not Omission.IMITATION]
    parts = [sol, sol_value(staked, pricing.prices)]
    total = sum(known, sum((one for one in parts if one is not None), Decimal(0)))
    missing = [locale.gettext("Tokens without a price aren't counted.")] if _has_unknown(holdings) else []
    missing += [locale.gettext("Whether SOL is staked is unknown.")] if staked is None else []
    return " ".join(
        [locale.gettext("Worth {dollars}.", dollars=short_dollars(total, locale=locale)), *missing]
    )


def _has_unknown(holdings: Sequence[Valued]) -> bool:
    return any(one.usd is None and one.omitted is None for one in holdings)


def _by_wallet(wallets: Sequence[WalletBalance], pricing: Pricing, *, locale: Locale = ENGLISH) -> list[str]:
    """Each wallet with its worth, the richest first."""
    if SOL not in pricing.prices.known:
        return []
    worth = [(_worth(one.facts, pricing), one) for one in wallets if one.facts is not None]
    ordered = sorted(worth, key=lambda pair: pair[0], reverse=True)
    hidden = len(ordered) - MAX_WALLETS
    return [
        *(
            f"{wallet_name(one.label, one.address)}: {short_dollars(usd, locale=locale)}"
            for usd, one in ordered[:MAX_WALLETS]
        ),
        locale.ngettext("… and {number} more wallet.", "… and {number} more wallets.", hidden)
        if hidden > 0
        else "",
    ]


def _worth(facts: BalanceFacts, pricing: Pricing) -> Decimal:
    holdings = valued(pricing.chain, facts.holdings, pricing.prices, pricing.symbols)
    tokens = [one.usd or Decimal(0) for one in holdings if one.omitted is not Omission.IMITATION]
    sol = [sol_value(lamports, pricing.prices) for lamports in (facts.lamports, facts.staked)]
    return sum(tokens, sum((one for one in sol if one is not None), Decimal(0)))


def _unread(wallets: Sequence[WalletBalance], *, locale: Locale = ENGLISH) -> str:
    names = [wallet_name(one.label, one.address) for one in wallets if one.facts is None]
    if not names:
        return ""
    listed = ", ".join(names[:MAX_HOLDINGS]) + (" …" if len(names) > MAX_HOLDINGS else "")
    return locale.gettext("❔ Not read, so not counted: {list}", list=listed)


def _in_dollars(value: Decimal | None, *, locale: Locale = ENGLISH) -> str:
    return "" if value is None else f" ({short_dollars(value, locale=locale)})"
