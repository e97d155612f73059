"""What an address, or all wallets of a chat, hold: with values, their age, the time of the reading. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, SOL_DECIMALS, Leg
from domain.activity.amounts import BalanceFacts, exact, joined
from domain.security.mints import TokenName
from domain.tokens.market_price import TokenPrices
from domain.tokens.portfolio import Omission, Valued, sol_value, valued
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.kinds import counted
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
    """What tokens are called and worth, when a balance is told."""

    chain: str
    names: Mapping[str, TokenName]
    prices: TokenPrices
    now: datetime

    @property
    def words(self) -> TokenNames:
        """How tokens are called."""
        return TokenNames(chain=self.chain, symbols=self.symbols)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedChange:
    """A large change of a wallet's SOL that no activity showed."""

    address: str
    lamports: int
    """More than before, or less; never 0."""
    slots: tuple[int, int]
    """Of the readings before and after it."""
    stored: int | None
    """Missed activities that are stored now; None: no node answers what the wallet did."""


def balance_card(facts: BalanceFacts, pricing: Pricing, *, read_at: datetime, label: str = "") -> str:
    """The whole answer to a balance question, as Telegram HTML."""
    holdings = valued(pricing.chain, facts.holdings, pricing.prices, pricing.symbols)
    at = time_of_day(read_at)
    lines = [
        f"💰 <b>{wallet_name(label, facts.address)}</b> holds {_sol(facts.lamports, pricing)}",
        _staked(facts.staked, pricing),
        *_listed(holdings, pricing),
        "" if holdings else "No tokens.",
        _total(sol_value(facts.lamports, pricing.prices), facts.staked, holdings, pricing),
        at if facts.slot is None else f"Read at slot {facts.slot:,} · {at}",
        f"<code>{escape(facts.address)}</code>",
    ]
    return "\n".join(line for line in lines if line)


def portfolio_card(wallets: Sequence[WalletBalance], pricing: Pricing) -> str:
    """What all wallets of a chat hold together, as Telegram HTML."""
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
        f"💼 <b>{counted(len(wallets), 'wallet')}</b> hold {_sol(lamports, pricing)}"
        if len(wallets) != 1
        else f"💼 <b>1 wallet</b> holds {_sol(lamports, pricing)}",
        _staked(sum(staked) if len(staked) == len(read) else None, pricing),
        *_listed(holdings, pricing),
        _total(
            sol_value(lamports, pricing.prices),
            sum(staked) if len(staked) == len(read) else None,
            holdings,
            pricing,
        ),
        "",
        *_by_wallet(wallets, pricing),
        _unread(wallets),
        f"Read {time_of_day(pricing.now)}",
    ]
    return "\n".join(line for line in lines if line)


def no_portfolio() -> str:
    """The answer of a chat that follows no wallet."""
    return "💼 No wallets here yet. /watch ADDRESS follows one; /portfolio then tells what all of them hold."


def reading_portfolio(wallets: int) -> str:
    """The portfolio has been asked for."""
    return f"💼 Reading {counted(wallets, 'wallet')}…"


def portfolio_failed(_: str) -> str:
    """The answer when no node could be read in time."""
    return "💼 The portfolio is unknown: the network isn't responding. Try /portfolio again in a minute."


def unexplained_changes(changes: Sequence[UnexplainedChange]) -> str:
    """What operators read of large changes that no activity showed, at least one."""
    hidden = len(changes) - MAX_HOLDINGS
    rest = [f"… and {counted(hidden, 'more change')}."] if hidden > 0 else []
    return "\n".join([*map(_unexplained, changes[:MAX_HOLDINGS]), *rest])


def _unexplained(change: UnexplainedChange) -> str:
    amount = exact(abs(change.lamports), SOL_DECIMALS)
    verb = "came to" if change.lamports > 0 else "left"
    first, last = change.slots
    what = "No node lists a transaction that was missed."
    if change.stored is None:
        what = "No node answers what it did."
    elif change.stored:
        what = f"{counted(change.stored, 'missed activity')} stored now."
    return (
        f"🟠 {amount} SOL {verb} <code>{escape(change.address)}</code> in slots {first:,} to {last:,} without"
        f" an activity. {what}"
    )


def balance_failed(address: str) -> str:
    """The answer when no node could be read in time."""
    return (
        f"💰 The balance of <code>{escape(address)}</code> is unknown: the network isn't responding."
        " Try /balance again in a minute."
    )


def balance_unreadable(address: str) -> str:
    """The answer when nodes send what cannot be read."""
    return (
        f"💰 The balance of <code>{escape(address)}</code> is unknown: the node sent something unreadable."
        " Try /balance again in a minute."
    )


def _sol(lamports: int, pricing: Pricing) -> str:
    value = _in_dollars(sol_value(lamports, pricing.prices)) if lamports else ""
    return f"{_lamports(lamports, pricing)}{value}"


def _lamports(lamports: int, pricing: Pricing) -> str:
    if lamports == 0:
        return f"0 {pricing.words.of(SOL)}"
    return pricing.words.exact(Leg(mint=SOL, raw=lamports, decimals=SOL_DECIMALS))


def _staked(lamports: int | None, pricing: Pricing) -> str:
    """Nothing where nothing is staked; unknown is said in the total."""
    return f"Staked: {_sol(lamports, pricing)}" if lamports else ""


def _listed(holdings: Sequence[Valued], pricing: Pricing) -> list[str]:
    """The holdings that are worth a line, and how many are not."""
    visible = [one for one in holdings if one.omitted is None]
    hidden = len(visible) - MAX_HOLDINGS
    return [
        *(_line(one, pricing) for one in visible[:MAX_HOLDINGS]),
        f"… and {counted(hidden, 'more token')}." if hidden > 0 else "",
        _omitted(holdings),
    ]


def _omitted(holdings: Sequence[Valued]) -> str:
    numbers = Counter(one.omitted for one in holdings)
    parts = []
    if count := numbers[Omission.WORTHLESS]:
        parts.append(f"{counted(count, 'token')} worth nothing")
    if count := numbers[Omission.IMITATION]:
        parts.append(f"{counted(count, 'fake')} of well-known tokens")
    return f"Not listed: {', '.join(parts)}." if parts else ""


def _line(one: Valued, pricing: Pricing) -> str:
    holding = one.holding
    leg = Leg(mint=holding.mint, raw=holding.displayed_raw, decimals=holding.decimals)
    notes = [" · ❄️ frozen"] if holding.frozen else []
    if one.price is not None:
        seconds = one.price.age(pricing.now)
        notes += [f" · price {age(int(seconds))} old"] if seconds > OLD_SECONDS else []
        notes += [] if one.price.is_certain else [" · price uncertain"]
    return f"• {pricing.words.exact(leg)}{_in_dollars(one.usd)}{''.join(notes)}"


def _total(sol: Decimal | None, staked: int | None, holdings: Sequence[Valued], pricing: Pricing) -> str:
    """What all is worth together, and what is not counted in it."""
    if SOL not in pricing.prices.known:
        return "Dollar values: the price of SOL is unknown at present."
    known = [one.usd for one in holdings if one.usd is not None and one.omitted is not Omission.IMITATION]
    parts = [sol, sol_value(staked, pricing.prices)]
    total = sum(known, sum((one for one in parts if one is not None), Decimal(0)))
    missing = ["Tokens without a price aren't counted."] if _has_unknown(holdings) else []
    missing += ["Whether SOL is staked is unknown."] if staked is None else []
    return " ".join([f"Worth {short_dollars(total)}.", *missing])


def _has_unknown(holdings: Sequence[Valued]) -> bool:
    return any(one.usd is None and one.omitted is None for one in holdings)


def _by_wallet(wallets: Sequence[WalletBalance], pricing: Pricing) -> list[str]:
    """Each wallet with its worth, the richest first."""
    if SOL not in pricing.prices.known:
        return []
    worth = [(_worth(one.facts, pricing), one) for one in wallets if one.facts is not None]
    ordered = sorted(worth, key=lambda pair: pair[0], reverse=True)
    hidden = len(ordered) - MAX_WALLETS
    return [
        *(
            f"{wallet_name(one.label, one.address)}: {short_dollars(usd)}"
            for usd, one in ordered[:MAX_WALLETS]
        ),
        f"… and {counted(hidden, 'more wallet')}." if hidden > 0 else "",
    ]


def _worth(facts: BalanceFacts, pricing: Pricing) -> Decimal:
    holdings = valued(pricing.chain, facts.holdings, pricing.prices, pricing.symbols)
    tokens = [one.usd or Decimal(0) for one in holdings if one.omitted is not Omission.IMITATION]
    sol = [sol_value(lamports, pricing.prices) for lamports in (facts.lamports, facts.staked)]
    return sum(tokens, sum((one for one in sol if one is not None), Decimal(0)))


def _unread(wallets: Sequence[WalletBalance]) -> str:
    names = [wallet_name(one.label, one.address) for one in wallets if one.facts is None]
    if not names:
        return ""
    first = ", ".join(names[:MAX_HOLDINGS])
    return f"❔ Not read, so not counted: {first}{' …' if len(names) > MAX_HOLDINGS else ''}"


def _in_dollars(value: Decimal | None) -> str:
    return "" if value is None else f" ({short_dollars(value)})"
