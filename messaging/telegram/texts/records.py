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
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.market import change, percent, price_dollars, short_dollars, time_held

MAX_POSITIONS = 6
"""Open positions on a card, those that cost most."""
USAGE = "/pnl: what your wallets have made · /pnl name 7d, 30d or all: one of them"
_ALL = Decimal("0.995")
_ADVICE = {
    Style.FLASH: "Too fast to follow: it has sold before an alert is read.",
    Style.SCALPER: "Sells within minutes: act at once, or only watch its exits.",
    Style.DAY: "Sells within the day: read its alerts as they come.",
    Style.SWING: "Holds for days: there is time to look first.",
    Style.HOLDER: "Holds for weeks: its exits say more than its purchases.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """One token that a wallet holds, for a card."""

    mint: str
    holding: Holding
    decimals: int | None
    price: Decimal | None
    """Dollars for one whole token, as trades showed lately; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How far what a wallet did before it was followed is read."""

    transactions: int
    planned: int


def nothing_seen(label: str, wallet: str, history: History | None = None) -> str:
    """The wallet has no positions.

    Args:
        label: what the chat calls it.
        wallet: its address.
        history: how far its past is read; None: as far as it will be.
    """
    who = wallet_name(label, wallet)
    return f"📒 <b>{who}</b>: no trade of it was seen yet.{_reading(history)}"


def _reading(history: History | None) -> str:
    if history is None:
        return ""
    if not history.planned:
        return "\nWhat it did before it was followed is read soon."
    return f"\nWhat it did before it was followed is being read: {history.transactions} of {history.planned}."


def not_followed(name: str) -> str:
    """Only followed wallets are recorded."""
    return f"{escape(name)} is not followed here. What a wallet makes is counted once it is followed: /watch"


def card(
    label: str,
    wallet: str,
    record: Record,
    positions: Sequence[OpenPosition],
    names: TokenNames,
    history: History | None = None,
) -> str:
    """A wallet's record: style, result, what that means for a follower; then the figures behind it."""
    lines = [_style_line(wallet_name(label, wallet), record), _result_line(record), _advice(record), ""]
    open_lines = [_position_line(one, names) for one in positions[:MAX_POSITIONS]]
    if open_lines:
        more = len(positions) - len(open_lines)
        lines += ["<b>Holds</b>", *open_lines, *([f"and {more} more"] if more > 0 else []), ""]
    return "\n".join([*lines, *_figures(record)]) + _reading(history)


def _style_line(who: str, record: Record) -> str:
    if record.style is None or record.median_held is None:
        return f"📒 <b>{who}</b> · no round trip seen yet"
    return f"📒 <b>{who}</b> · {record.style.value}, holds {time_held(record.median_held)} (median)"


def _result_line(record: Record) -> str:
    parts = [f"{lamports(record.net_sol)} after fees"]
    if record.realised_usd is not None:
        parts[0] = f"{lamports(record.net_sol)} after fees ({_usd(record.realised_usd)} before)"
    rate = record.win_rate
    if rate is not None:
        parts.append(f"won {record.wins} of {record.trips} ({percent(rate)})")
    elif record.trips:
        parts.append(f"won {record.wins} of {record.trips}, too few for a rate (from {MIN_TRIPS} on)")
    return " · ".join(parts)


def _advice(record: Record) -> str:
    if record.style is None:
        return "Too little is seen to say how to follow it."
    return _ADVICE[record.style]


def _position_line(one: OpenPosition, names: TokenNames) -> str:
    holding = one.holding
    parts = [f"• {names.of(one.mint)}"]
    if one.decimals is not None:
        whole = as_decimal(holding.quantity, one.decimals)
        parts = [f"• {short_number(whole)} {names.of(one.mint)}"]
        if one.price is not None:
            parts.append(f"worth {short_dollars(whole * one.price)} @ {price_dollars(one.price)}")
    if holding.usd.quantity and holding.usd.quantity == holding.known:
        parts.append(_cost(one, as_decimal(holding.usd.cost, USD_DECIMALS)))
    elif holding.sol.quantity and holding.sol.quantity == holding.known:
        parts.append(f"cost {short_number(as_decimal(holding.sol.cost, SOL_DECIMALS))} SOL")
    else:
        parts.append("cost not known")
    return " · ".join(parts)


def _cost(one: OpenPosition, cost: Decimal) -> str:
    holding = one.holding
    of = f" of {percent(Decimal(holding.known) / holding.quantity)}" if holding.unknown else ""
    words = f"cost{of} {short_dollars(cost)}"
    if one.price is None or one.decimals is None or not cost:
        return words
    worth = as_decimal(holding.known, one.decimals) * one.price
    return f"{words}, now {change(worth / cost - 1)}"


def _figures(record: Record) -> list[str]:
    lines = []
    if record.median_gain is not None and record.mean_gain is not None:
        lines.append(f"A round trip: median {change(record.median_gain)}, mean {change(record.mean_gain)}")
    if record.drawdown_sol:
        lines.append(f"Deepest fall: {lamports(-record.drawdown_sol)}")
    since = "" if record.since is None else f" since {_date(record.since)}"
    lines.append(f"{counted(record.trades, 'trade')}{since} · fees {lamports(-record.fees)}")
    if record.coverage is not None:
        lines.append(_coverage(record.coverage))
    return lines


def _coverage(coverage: Decimal) -> str:
    if coverage >= _ALL:
        return "All that it sold for SOL has a known cost."
    known = percent(coverage)
    return f"{known} of what it sold for SOL has a known cost; what was there before is not counted."


def equity_caption(name: str) -> str:
    """Under the curve of a wallet; `name` is HTML."""
    return f"📈 <b>{name}</b>: what its round trips made, after fees. A dot is the end of one."


def no_equity(name: str) -> str:
    """There is nothing to draw; `name` is HTML."""
    return f"📈 <b>{name}</b>: no round trip in SOL from a known beginning to a known end was seen yet."


def drawing() -> str:
    """The curve is being drawn."""
    return "📈 Drawing…"


def equity_failed(_: str) -> str:
    """It could not be drawn."""
    return "📈 The curve can't be drawn at present. Try again in a few minutes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One wallet in a list."""

    label: str
    wallet: str
    gain_sol: int | None
    """Lamports; None: nothing is known."""
    gain_usd: Decimal | None
    sales: int
    partly_known: int
    """Sales of which some cost is not known."""


def gains(rows: Sequence[Row], period: str, *, more: int = 0) -> str:
    """What wallets made in some time, best first; dead ones stay in. `more`: how many are left out."""
    lines = [f"📒 <b>Realised, {period}</b>, before fees"]
    for at, row in enumerate(rows, start=1):
        who = wallet_name(row.label, row.wallet)
        if not row.sales:
            lines.append(f"{at}. {who}: sold nothing")
            continue
        usd = "" if row.gain_usd is None else f" ({_sign(row.gain_usd)}{short_dollars(abs(row.gain_usd))})"
        amount = "cost not known" if row.gain_sol is None else f"{lamports(row.gain_sol)}{usd}"
        partly = f", {row.partly_known} of them with a cost that is not all known" if row.partly_known else ""
        lines.append(f"{at}. {who}: {amount} · {counted(row.sales, 'sale')}{partly}")
    return "\n".join([*lines, *_left_out(more), "", USAGE])


def _left_out(number: int) -> list[str]:
    return [f"and {counted(number, 'wallet')} more"] if number > 0 else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One wallet in the order of what it made."""

    label: str
    wallet: str
    record: Record


def ranking(wallets: Sequence[Ranked], *, more: int = 0) -> str:
    """The wallets of a chat by what they have made after fees; dead ones stay in. `more` are left out."""
    lines = ["🏆 <b>Your wallets</b>, by what they made after fees"]
    for at, one in enumerate(wallets, start=1):
        record = one.record
        parts = [f"{at}. {wallet_name(one.label, one.wallet)}: {lamports(record.net_sol)}"]
        if record.trips:
            won = f"won {record.wins} of {record.trips}"
            parts.append(won if record.win_rate is None else f"{won} ({percent(record.win_rate)})")
        if record.median_gain is not None:
            parts.append(f"median {change(record.median_gain)}")
        if record.coverage is not None and record.coverage < _ALL:
            parts.append(f"{percent(record.coverage)} of sales with a known cost")
        lines.append(" · ".join(parts) if record.trades else f"{parts[0]}, no trade seen")
    return "\n".join(
        [*lines, *_left_out(more), "", "/wallet name says more of one, /pnl tells a week or a month."]
    )


def ranking_table(wallets: Sequence[Ranked]) -> str:
    """The same as a table, in the HTML of rich messages."""
    head = "".join(f"<th>{name}</th>" for name in ("#", "Wallet", "Made", "Won", "Median"))
    rows = [f"<tr>{head}</tr>", *(_table_row(at, one) for at, one in enumerate(wallets, start=1))]
    return f"<h3>Your wallets, by what they made after fees</h3><table>{''.join(rows)}</table>"


def _table_row(at: int, one: Ranked) -> str:
    record = one.record
    won = f"{record.wins} of {record.trips}" if record.trips else ""
    median = "" if record.median_gain is None else change(record.median_gain)
    made = lamports(record.net_sol) if record.trades else "no trade seen"
    cells = (str(at), wallet_name(one.label, one.wallet), made, won, median)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def lamports(amount: int) -> str:
    """`+84.2 SOL`, `−0.4 SOL`, `0 SOL`."""
    sign = "" if not amount else "−" if amount < 0 else "+"
    return f"{sign}{short_number(as_decimal(abs(amount), SOL_DECIMALS))} SOL"


def _usd(amount: int) -> str:
    usd = as_decimal(amount, USD_DECIMALS)
    return f"{_sign(usd)}{short_dollars(abs(usd))}"


def _sign(amount: Decimal) -> str:
    return "−" if amount < 0 else "+"


def _date(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%-d %b %Y}"
