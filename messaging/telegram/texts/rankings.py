"""Lists of wallets by what they have made: in some time for /pnl, in all for /top. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.positions.records import RankedBy, Record
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.made import lamports, made_amount, signed_dollars, won
from messaging.telegram.texts.market import change, percent
from messaging.telegram.texts.records import NEARLY_ALL

USAGE = gettext_noop("/pnl: what your wallets have made · /pnl name 7d, 30d or all: one of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One wallet in a list."""

    label: str
    wallet: str
    gain_sol: int | None
    """Lamports; None: not known, or the dollars alone say all."""
    gain_usd: Decimal | None
    sales: int
    partly_known: int = 0
    """Sales of which some cost is not known."""
    coverage: Decimal | None = None
    """The part of the proceeds whose cost is known; None: not known in this way."""
    is_whole: bool = True
    """Whether no sale of known cost is left out of the sum."""
    is_limited: bool = False
    """Whether there were more sales, and these are the latest."""


def gains(
    rows: Sequence[Row], period: str, *, more: int = 0, unrealised: str = "", locale: Locale = ENGLISH
) -> str:
    """Return what wallets made in some time, best first; dead ones stay in.

    Args:
        rows: best first; gains in lamports and dollars, None where a currency does not tell all.
        period: in words of the reader.
        more: wallets that are left out.
        unrealised: a line about what they hold; empty: there is none.
        locale: of the reader.
    """
    lines = [locale.gettext("📒 <b>Realised, {period}</b>, before fees", period=period)]
    for at, row in enumerate(rows, start=1):
        who = wallet_name(row.label, row.wallet)
        if not row.sales:
            lines.append(f"{at}. {who}: {locale.gettext('no sale seen')}")
            continue
        amount = _amount(row, locale=locale) or locale.gettext("cost not known")
        lines.append(f"{at}. {who}: {amount} · {_sales(row, locale=locale)}")
    lines += [*_left_out(more, locale=locale), *([unrealised] if unrealised else [])]
    return "\n".join([*lines, "", locale.gettext(USAGE)])


def _amount(row: Row, *, locale: Locale) -> str:
    """`+1 SOL (+$150)`; one of them alone, where the other does not say all; empty: nothing is known."""
    usd = "" if row.gain_usd is None else signed_dollars(row.gain_usd, locale=locale)
    if row.gain_sol is None:
        return usd
    sol = lamports(row.gain_sol, locale=locale)
    return f"{sol} ({usd})" if usd else sol


def _sales(row: Row, *, locale: Locale = ENGLISH) -> str:
    sales = locale.ngettext("{number} sale", "{number} sales", row.sales)
    if row.is_limited:
        sales = locale.gettext("its latest {number} sales", number=locale.number(row.sales))
    if row.partly_known:
        return locale.ngettext(
            "{sales}, {number} of them with a cost that is not all known",
            "{sales}, {number} of them with a cost that is not all known",
            row.partly_known,
            sales=sales,
        )
    parts = [sales]
    if row.coverage is not None and row.coverage < NEARLY_ALL:
        known = percent(row.coverage, locale=locale)
        parts.append(locale.gettext("{percent} of sales with a known cost", percent=known))
    if not row.is_whole:
        parts.append(locale.gettext("some sales are not in the sum"))
    return " · ".join(parts)


def _left_out(number: int, *, locale: Locale = ENGLISH) -> list[str]:
    return (
        [locale.ngettext("and {number} wallet more", "and {number} wallets more", number)]
        if number > 0
        else []
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One wallet in the order of what it made."""

    label: str
    wallet: str
    record: Record


_ORDERS = {
    RankedBy.PROFIT: gettext_noop("what they made after fees"),
    RankedBy.WINS: gettext_noop("the part of round trips won"),
    RankedBy.MEDIAN: gettext_noop("the median of a round trip"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWallets:
    """Wallets that the bot knows beside those of the chat: examples, and whales that searches found."""

    best: Sequence[Ranked]
    gained: int
    """How many of all of them have made something after fees."""
    known: int
    """How many there are of which a trade is known, those that lost as well."""


NO_OTHERS = OtherWallets(best=(), gained=0, known=0)


def ranking(
    wallets: Sequence[Ranked],
    found: OtherWallets = NO_OTHERS,
    *,
    order: RankedBy = RankedBy.PROFIT,
    more: int = 0,
    locale: Locale = ENGLISH,
) -> str:
    """The wallets of a chat, then those that the bot knows beside them; dead ones stay in.

    Args:
        wallets: of the chat, in their order.
        found: the others.
        order: by which they are ranked.
        more: wallets of the chat that are left out.
        locale: of who reads it.
    """
    by = locale.gettext(_ORDERS[order])
    lines = [locale.gettext("🏆 <b>Your wallets</b>, by {order}", order=by), *_ranked(wallets, locale=locale)]
    if not wallets:
        lines.append(locale.gettext("You follow none yet: /watch ADDRESS"))
    lines += _left_out(more, locale=locale)
    if found.best:
        head = locale.gettext("🔭 <b>Whales found, and examples</b>: {gained} of {known} made something")
        numbers = {"gained": locale.number(found.gained), "known": locale.number(found.known)}
        lines += ["", head.format_map(numbers), *_ranked(found.best, locale=locale)]
    help_lines = [
        locale.gettext("/wallet name says more of one, /pnl tells a week or a month."),
        locale.gettext("/top wins or /top median ranks them otherwise."),
    ]
    return "\n".join([*lines, "", *help_lines])


def _ranked(wallets: Sequence[Ranked], *, locale: Locale) -> list[str]:
    lines = []
    for at, one in enumerate(wallets, start=1):
        record = one.record
        parts = [f"{at}. {wallet_name(one.label, one.wallet)}: {_made(record, locale=locale)}"]
        if record.trips:
            parts.append(won(record, locale=locale))
        if record.median_gain is not None:
            parts.append(locale.gettext("median {change}", change=change(record.median_gain, locale=locale)))
        parts += _known(record, locale=locale)
        unseen = locale.gettext("no trade seen")
        lines.append(" · ".join(parts) if record.trades else f"{parts[0]}, {unseen}")
    return lines


def _made(record: Record, *, locale: Locale) -> str:
    if not record.is_gain_known:
        return locale.gettext("cost not known")
    return made_amount(record, locale=locale)


def _known(record: Record, *, locale: Locale) -> list[str]:
    """How much of what it has made is known; empty: all of it."""
    parts = []
    if record.coverage is not None and record.coverage < NEARLY_ALL:
        known = percent(record.coverage, locale=locale)
        parts.append(locale.gettext("{percent} of sales with a known cost", percent=known))
    if not record.is_whole:
        parts.append(locale.gettext("some sales are not in the sum"))
    return parts


def ranking_tables(
    wallets: Sequence[Ranked],
    found: OtherWallets = NO_OTHERS,
    *,
    order: RankedBy = RankedBy.PROFIT,
    locale: Locale = ENGLISH,
) -> str:
    """The same as tables, in the HTML of rich messages.

    Args:
        wallets: those of the chat, best first.
        found: whales and examples beside them; without any, one table comes.
        order: by what they are ordered, for the title.
        locale: of the reader.
    """
    by = locale.gettext(_ORDERS[order])
    mine = _table(locale.gettext("Your wallets, by {order}", order=by), wallets, locale=locale)
    if not found.best:
        return mine
    return mine + _table(locale.gettext("Whales found, and examples"), found.best, locale=locale)


def _table(title: str, wallets: Sequence[Ranked], *, locale: Locale) -> str:
    head = "".join(
        f"<th>{name}</th>"
        for name in (
            "#",
            locale.gettext("Wallet"),
            locale.gettext("Made"),
            locale.gettext("Won"),
            locale.gettext("Median"),
        )
    )
    rows = [
        f"<tr>{head}</tr>",
        *(_table_row(at, one, locale=locale) for at, one in enumerate(wallets, start=1)),
    ]
    return f"<h3>{title}</h3><table>{''.join(rows)}</table>"


def _table_row(at: int, one: Ranked, *, locale: Locale = ENGLISH) -> str:
    record = one.record
    won = locale.gettext("{wins} of {trips}", wins=record.wins, trips=record.trips) if record.trips else ""
    median = "" if record.median_gain is None else change(record.median_gain, locale=locale)
    made = locale.gettext("no trade seen")
    if record.trades:
        made = " · ".join([_made(record, locale=locale), *_known(record, locale=locale)])
    cells = (str(at), wallet_name(one.label, one.wallet), made, won, median)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
