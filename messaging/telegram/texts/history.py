"""/history: what the wallets of a chat did, page by page, the latest first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.prices import MarketFacts
from domain.alerts.kinds import AlertEvent
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.alert import headline
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.market import change, gain_on

PAGE = 8
"""Events on one page."""
MAX_PAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event of a page."""

    event: AlertEvent
    label: str
    """What the chat calls the wallet."""
    market: MarketFacts
    happened_at: datetime
    reverted: bool


def nothing_seen(*, locale: Locale = ENGLISH) -> str:
    """No event is stored, or none on this page."""
    return locale.gettext(
        "📜 Nothing was seen here yet. /history lists what your wallets did, or one wallet, or one token."
    )


def history(
    lines: Sequence[HistoryLine], symbols: Mapping[str, str | None], *, page: int, locale: Locale = ENGLISH
) -> str:
    """One page; times are UTC.

    Args:
        lines: the events, the latest first.
        symbols: mint to symbol as the chain says it.
        page: from 0.
        locale: of who reads it.
    """
    return "\n".join(
        [
            locale.gettext("📜 <b>History</b>, page {page}, UTC", page=page + 1),
            *(_line(one, symbols, locale=locale) for one in lines),
        ]
    )


def latest_lines(
    lines: Sequence[HistoryLine], symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> list[str]:
    """A few of them under a head, for a card; empty: there are none.

    Args:
        lines: the latest first, all of them shown.
        symbols: by mint; None: the token has none, or it is not known.
        locale: of the reader.
    """
    if not lines:
        return []
    head = locale.gettext("<b>Latest</b>, UTC")
    return ["", head, *(_line(one, symbols, locale=locale) for one in lines)]


def _line(one: HistoryLine, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH) -> str:
    facts = AlertFacts(
        event=one.event,
        label=one.label,
        symbols=symbols,
        happened_at=one.happened_at,
        age=0.0,
        market=one.market,
        locale=locale,
    )
    outcome = one.market.outcome
    gain = ""
    if outcome and outcome.gain_share is not None:
        share = change(outcome.gain_share, locale=locale)
        gain = f" · {gain_on(share, outcome.known_share, locale=locale)}"
    said = headline(facts)
    if one.reverted:
        said = locale.gettext("⛔ it never happened: {what}", what=said)
    return f"{locale.day_and_time(one.happened_at)} {said}{gain}"
