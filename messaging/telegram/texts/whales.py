"""Whales that searches found, as operators and followers read them, and as a file. Pure.

No cell of the CSV file is a formula.

Spreadsheets run a cell that begins with = + - @ (or a tab, a line break, or the full-width forms of these
signs) as a formula; such a cell gets an apostrophe in front, which makes it a text.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS
from domain.activity.addresses import short
from domain.positions.whale_scores import WhaleScore
from domain.rules.rules import Watch, distinguish
from domain.tokens.well_known import NATIVE_SYMBOLS
from domain.whale_search import (
    Whale,
    WhalePage,
)
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape, own_name
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import kind_words
from messaging.telegram.texts.made import made
from messaging.telegram.texts.market import percent, time_held
from messaging.telegram.texts.times import moment

PAGE = 5
"""Whales on one page of the list."""
_MAX_VENUES = 3
MAX_ROWS = 10_000
COLUMNS = (
    "address",
    "times_seen",
    "volume_sol",
    "largest_sol",
    "kinds",
    "venues",
    "first_seen",
    "last_seen",
    "last_slot",
)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def no_whales(*, locale: Locale = ENGLISH) -> str:
    """Nothing was found yet."""
    return locale.gettext("🐋 No whales found yet. (operators: /scanner start)")


def whales_list(
    page: WhalePage,
    *,
    chain: str,
    now: datetime,
    watches: Sequence[Watch] = (),
    scores: Mapping[str, WhaleScore] = MappingProxyType({}),
    locale: Locale = ENGLISH,
) -> str:
    """One page of the found addresses, in their order; those among `watches` with their names.

    Args:
        page: of them.
        chain: on which they are.
        now: the time.
        watches: of the chat.
        scores: what they made recently, by address; missing: nobody has looked yet.
        locale: of who reads it.
    """
    pages = max(1, -(-page.total // PAGE))
    total = locale.number(page.total)
    if page.search_id is None:
        head = locale.gettext("🐋 <b>Whales found: {number}</b>", number=total)
    else:
        head = locale.gettext(
            "🐋 <b>Whales found by search {search}: {number}</b>", search=page.search_id, number=total
        )
    if pages > 1:
        where = locale.gettext("page {page} of {pages}", page=page.number + 1, pages=pages)
        head = f"{head} · {where}"
    entries = (
        _entry(page.number * PAGE + position, whale, chain, now, locale=locale)
        + _score(scores.get(whale.address), chain, locale=locale)
        + _followed(watches, whale, locale=locale)
        for position, whale in enumerate(page.whales, 1)
    )
    return "\n\n".join([head, *entries])


def csv_caption(rows: int, total: int, *, locale: Locale = ENGLISH) -> str:
    """Return what stands under the file.

    Args:
        rows: in the file.
        total: found.
        locale: of the reader.
    """
    if rows < total:
        return locale.ngettext(
            "{rows} of {number} whale, by volume",
            "{rows} of {number} whales, by volume",
            total,
            rows=locale.number(rows),
        )
    return locale.ngettext("{number} whale, by volume", "{number} whales, by volume", rows)


def _entry(position: int, whale: Whale, chain: str, now: datetime, *, locale: Locale = ENGLISH) -> str:
    coin = coin_of(chain)
    what = ", ".join(kind_words(kind, locale=locale) for kind in whale.kinds)
    venues = ", ".join(own_name(venue, limit=24) for venue in whale.venues[:_MAX_VENUES])
    if whale.times_seen == 1:
        seen = locale.gettext("seen once")
    else:
        seen = locale.ngettext("seen {number} time", "seen {number} times", whale.times_seen)
    volume, largest = (
        locale.figure(amounts.compact(raw, SOL_DECIMALS)) for raw in (whale.volume, whale.largest)
    )
    top = locale.gettext("largest {amount}", amount=f"{largest} {coin}")
    last = locale.gettext("last {time}", time=moment(whale.last_seen_at, now))
    return "\n".join(
        [
            f"{position}. <b>{volume} {coin}</b> · {seen} · {top}",
            escape(" · ".join(part for part in (what, venues) if part)),
            f"{last} · <code>{escape(whale.address)}</code>",
        ]
    )


def _score(score: WhaleScore | None, chain: str, *, locale: Locale = ENGLISH) -> str:
    """`⭐ Worth following: +12.4 SOL after fees · won 14 of 20 · holds 3 h · 92% of costs known`."""
    if score is None or not score.record.trades:
        return ""
    record = score.record
    sign = "+" if record.net_sol >= 0 else "−"
    net = f"{sign}{locale.figure(amounts.compact(abs(record.net_sol), SOL_DECIMALS))} {coin_of(chain)}"
    if not record.is_gain_known:
        parts = [locale.gettext("cost not known")]
    elif record.is_in_dollars:
        parts = [made(record, locale=locale)]
    else:
        parts = [locale.gettext("{sol} after fees", sol=net)]
    if record.win_rate is not None:
        parts.append(locale.gettext("won {wins} of {trips}", wins=record.wins, trips=record.trips))
    if record.median_held is not None:
        parts.append(locale.gettext("holds {time}", time=time_held(record.median_held, locale=locale)))
    if record.coverage is not None:
        parts.append(
            locale.gettext("{percent} of costs known", percent=percent(record.coverage, locale=locale))
        )
    parts.append(locale.ngettext("by {number} transaction", "by {number} transactions", score.transactions))
    figures = " · ".join(parts)
    if score.value is None:
        return f"\n📊 {figures}"
    return "\n" + locale.gettext("⭐ Worth following: {figures}", figures=figures)


def _followed(watches: Sequence[Watch], whale: Whale, *, locale: Locale = ENGLISH) -> str:
    found = next((one for one in watches if one.wallet == whale.address), None)
    if found is None:
        return ""
    name = distinguish(watches, found).label
    if not name:
        return "\n" + locale.gettext("✅ You follow it")
    return "\n" + locale.gettext(
        "✅ You follow it as <b>{wallet}</b>", wallet=wallet_name(name, found.wallet)
    )


def follow_label(whale: Whale, *, locale: Locale = ENGLISH) -> str:
    """The text of the button that follows it."""
    return locale.gettext("🐋 Follow {wallet}", wallet=short(whale.address))


def coin_of(chain: str) -> str:
    """The coin of a chain, as people call it."""
    return NATIVE_SYMBOLS.get(chain, "SOL")


def neutral(cell: str) -> str:
    """The cell, or with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) or cell.lstrip().startswith(_RISKY) else cell


def whales_csv(whales: Iterable[Whale]) -> bytes:
    """The file: UTF-8 with a byte order mark, by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([neutral(cell) for cell in _cells(whale)] for whale in whales)
    return text.getvalue().encode("utf-8-sig")


def _cells(whale: Whale) -> tuple[str, ...]:
    return (
        whale.address,
        str(whale.times_seen),
        _sol(whale.volume),
        _sol(whale.largest),
        "; ".join(whale.kinds),
        "; ".join(whale.venues),
        _time(whale.first_seen_at),
        _time(whale.last_seen_at),
        str(whale.last_slot),
    )


def _sol(lamports: int) -> str:
    return f"{amounts.as_decimal(lamports, SOL_DECIMALS):f}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
