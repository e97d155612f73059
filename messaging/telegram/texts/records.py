"""/wallet and /pnl: what a wallet has made, in three lines first, with what is not known. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import as_decimal, short_number
from domain.positions.entries import USD_DECIMALS
from domain.positions.holdings import Holding
from domain.positions.records import MIN_TRIPS, Record, Style
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.made import lamports, made, nano_dollars, won
from messaging.telegram.texts.market import change, percent, price_dollars, short_dollars, time_held

MAX_POSITIONS = 6
"""Open positions on a card, those that cost most."""
NEARLY_ALL = Decimal("0.995")
"""Of sales; a cost known of so many is known."""
_ADVICE = {
    Style.FLASH: gettext_noop("Too fast to follow: it has sold before an alert is read."),
    Style.SCALPER: gettext_noop("Sells within minutes: act at once, or only watch its exits."),
    Style.DAY: gettext_noop("Sells within the day: read its alerts as they come."),
    Style.SWING: gettext_noop("Holds for days: there is time to look first."),
    Style.HOLDER: gettext_noop("Holds for weeks: its exits say more than its purchases."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """One token that a wallet holds, for a card."""

    mint: str
    holding: Holding
    decimals: int | None
    price: Decimal | None
    """Dollars for one whole token, as trades showed recently; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How far what a wallet did before it was followed is read."""

    transactions: int
    planned: int


def nothing_seen(label: str, wallet: str, history: History | None = None, *, locale: Locale = ENGLISH) -> str:
    """The wallet has no positions.

    Args:
        label: what the chat calls it.
        wallet: its address.
        history: how far its past is read; None: as far as it will be.
        locale: of who reads it.
    """
    who = wallet_name(label, wallet)
    return locale.gettext("📒 <b>{who}</b>: no trade of it was seen yet.", who=who) + _reading(
        history, locale=locale
    )


def _reading(history: History | None, *, locale: Locale = ENGLISH) -> str:
    if history is None:
        return ""
    if not history.planned:
        return "\n" + locale.gettext("What it did before it was followed is read soon.")
    return "\n" + locale.gettext(
        "What it did before it was followed is being read: {transactions} of {planned}.",
        transactions=history.transactions,
        planned=history.planned,
    )


def not_followed(name: str, *, locale: Locale = ENGLISH) -> str:
    """Only followed wallets are recorded."""
    return locale.gettext(
        "{name} is not followed here. What a wallet makes is counted once it is followed: /watch",
        name=escape(name),
    )


def card(  # noqa: PLR0913 - each says something of its own
    label: str,
    wallet: str,
    record: Record,
    positions: Sequence[OpenPosition],
    names: TokenNames,
    history: History | None = None,
    *,
    locale: Locale = ENGLISH,
) -> str:
    """A wallet's record: style, result, what that means for a follower; then the figures behind it.

    Args:
        label: what the chat calls the wallet; it may be empty.
        wallet: its address.
        record: amounts in lamports, dollars in billionths, as the ledger keeps them.
        positions: largest first; MAX_POSITIONS are shown.
        names: of tokens.
        history: how far the reading of its past is; None: it is read, or there is none to read.
        locale: of the reader.
    """
    lines = [
        _style_line(wallet_name(label, wallet), record, locale=locale),
        _result_line(record, locale=locale),
        _advice(record, locale=locale),
        "",
    ]
    open_lines = [_position_line(one, names, locale=locale) for one in positions[:MAX_POSITIONS]]
    if open_lines:
        more = len(positions) - len(open_lines)
        lines += [
            locale.gettext("<b>Holds</b>"),
            *open_lines,
            *([locale.ngettext("and {number} more", "and {number} more", more)] if more > 0 else []),
            "",
        ]
    return "\n".join([*lines, *_figures(record, locale=locale)]) + _reading(history, locale=locale)


def _style_line(who: str, record: Record, *, locale: Locale = ENGLISH) -> str:
    if record.style is None or record.median_held is None:
        return locale.gettext("📒 <b>{who}</b> · no round trip seen yet", who=who)
    return locale.gettext(
        "📒 <b>{who}</b> · {style}, holds {time} (median)",
        who=who,
        style=locale.gettext(_STYLES[record.style]),
        time=time_held(record.median_held, locale=locale),
    )


_STYLES = {
    Style.FLASH: gettext_noop("flash trader"),
    Style.SCALPER: gettext_noop("scalper"),
    Style.DAY: gettext_noop("day trader"),
    Style.SWING: gettext_noop("swing trader"),
    Style.HOLDER: gettext_noop("holder"),
}


def _result_line(record: Record, *, locale: Locale = ENGLISH) -> str:
    parts = [made(record, locale=locale)]
    if not record.is_gain_known:
        parts[0] = locale.gettext("cost not known")
    elif record.realised_usd is not None and not record.is_in_dollars:
        parts[0] = locale.gettext(
            "{sol} after fees ({usd} before)",
            sol=lamports(record.net_sol, locale=locale),
            usd=nano_dollars(record.realised_usd, locale=locale),
        )
    if record.win_rate is not None:
        parts.append(won(record, locale=locale))
    elif record.trips:
        parts.append(
            locale.gettext(
                "won {wins} of {trips}, too few for a rate (from {limit} on)",
                wins=record.wins,
                trips=record.trips,
                limit=MIN_TRIPS,
            )
        )
    if not record.is_whole:
        parts.append(locale.gettext("some sales are not in the sum"))
    return " · ".join(parts)


def _advice(record: Record, *, locale: Locale = ENGLISH) -> str:
    if record.style is None:
        return locale.gettext("Too little is seen to say how to follow it.")
    return locale.gettext(_ADVICE[record.style])


def _position_line(one: OpenPosition, names: TokenNames, *, locale: Locale = ENGLISH) -> str:
    holding = one.holding
    parts = [f"• {names.of(one.mint)}"]
    if one.decimals is not None:
        whole = as_decimal(holding.quantity, one.decimals)
        parts = [f"• {locale.figure(short_number(whole))} {names.of(one.mint)}"]
        if one.price is not None:
            parts.append(
                locale.gettext(
                    "worth {dollars} @ {price}",
                    dollars=short_dollars(whole * one.price, locale=locale),
                    price=price_dollars(one.price, locale=locale),
                )
            )
    if holding.usd.quantity and holding.usd.quantity == holding.known:
        parts.append(_cost(one, as_decimal(holding.usd.cost, USD_DECIMALS), locale=locale))
    elif holding.sol.quantity and holding.sol.quantity == holding.known:
        parts.append(_cost_in_sol(holding, locale=locale))
    elif holding.quantity:
        parts.append(locale.gettext("cost not known"))
    return " · ".join([*parts, *_away(one, locale=locale)])


def _away(one: OpenPosition, *, locale: Locale) -> list[str]:
    """`1,200 in pools, orders or stakes`, of what comes back one day; empty: nothing, or next to nothing."""
    if not one.holding.is_away:
        return []
    if one.decimals is None:
        return [locale.gettext("some in pools, orders or stakes")]
    amount = locale.figure(short_number(as_decimal(one.holding.quantity_away, one.decimals)))
    return [locale.gettext("{amount} in pools, orders or stakes", amount=amount)]


def _cost(one: OpenPosition, cost: Decimal, *, locale: Locale = ENGLISH) -> str:
    holding = one.holding
    if holding.unknown:
        known = percent(Decimal(holding.known) / holding.quantity, locale=locale)
        words = locale.gettext(
            "cost of {percent} {dollars}", percent=known, dollars=short_dollars(cost, locale=locale)
        )
    else:
        words = locale.gettext("cost {dollars}", dollars=short_dollars(cost, locale=locale))
    if one.price is None or one.decimals is None or not cost:
        return words
    worth = as_decimal(holding.known, one.decimals) * one.price
    return locale.gettext("{cost}, now {change}", cost=words, change=change(worth / cost - 1, locale=locale))


def _cost_in_sol(holding: Holding, *, locale: Locale) -> str:
    cost = locale.figure(short_number(as_decimal(holding.sol.cost, SOL_DECIMALS)))
    if not holding.unknown:
        return locale.gettext("cost {sol} SOL", sol=cost)
    known = percent(Decimal(holding.known) / holding.quantity, locale=locale)
    return locale.gettext("cost of {percent} {dollars}", percent=known, dollars=f"{cost} SOL")


def _figures(record: Record, *, locale: Locale = ENGLISH) -> list[str]:
    lines = []
    if record.median_gain is not None and record.mean_gain is not None:
        lines.append(
            locale.gettext(
                "A round trip: median {median}, mean {mean}",
                median=change(record.median_gain, locale=locale),
                mean=change(record.mean_gain, locale=locale),
            )
        )
    if fall := _deepest_fall(record, locale=locale):
        lines.append(locale.gettext("Deepest fall: {sol}", sol=fall))
    trades = locale.ngettext("{number} trade", "{number} trades", record.trades)
    if record.since is not None:
        trades = locale.gettext(
            "{trades} since {date}", trades=trades, date=_date(record.since, locale=locale)
        )
    if record.trades_per_day is not None:
        daily = record.trades_per_day.quantize(Decimal(1) if record.trades_per_day >= 1 else Decimal("0.1"))
        trades += " · " + locale.gettext("{number} a day", number=locale.figure(short_number(daily)))
    fees = locale.gettext("fees {sol}", sol=lamports(-record.fees, locale=locale))
    lines.append(f"{trades} · {fees}")
    if record.coverage is not None:
        lines.append(_coverage(record.coverage, is_in_dollars=record.is_in_dollars, locale=locale))
    if record.moved_out_sol:
        cost = as_decimal(record.moved_out_sol, SOL_DECIMALS)
        sol = locale.figure(short_number(cost))
        lines.append(locale.gettext("Sent away unsold: what had cost {sol} SOL.", sol=sol))
    if record.from_claims_sol:
        sol = lamports(record.from_claims_sol, locale=locale)
        lines.append(locale.gettext("Airdrops and rewards sold: {sol}, no part of its profit.", sol=sol))
    return lines


def _deepest_fall(record: Record, *, locale: Locale) -> str:
    """In the currency that tells what it has made; empty: there was none."""
    if record.is_in_dollars:
        return nano_dollars(-record.drawdown_usd, locale=locale) if record.drawdown_usd else ""
    return lamports(-record.drawdown_sol, locale=locale) if record.drawdown_sol else ""


def _coverage(coverage: Decimal, *, is_in_dollars: bool, locale: Locale = ENGLISH) -> str:
    known = percent(coverage, locale=locale)
    if is_in_dollars and coverage >= NEARLY_ALL:
        return locale.gettext("All that it sold has a known cost.")
    if is_in_dollars:
        return locale.gettext("{known} of what it sold has a known cost.", known=known)
    if coverage >= NEARLY_ALL:
        return locale.gettext("All that it sold for SOL has a known cost.")
    return locale.gettext(
        "{known} of what it sold for SOL has a known cost; what was there before is not counted.", known=known
    )


def _date(at: int, *, locale: Locale = ENGLISH) -> str:
    return locale.date(datetime.fromtimestamp(at, UTC)).lstrip("0")
