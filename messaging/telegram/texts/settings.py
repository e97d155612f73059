"""The card of /settings: links, parts of an alert, spam, busy wallets. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.rules import ChatSettings, Field
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS
from messaging.telegram.texts.mysize import size_words

FIELD_NAMES: Mapping[Field, str] = MappingProxyType(
    {
        Field.POSITION: "Position",
        Field.MARKET: "Market",
        Field.IMPACT: "Impact",
        Field.DRIFT: "Now",
        Field.ROUTE: "Route",
    }
)
"""As buttons call them."""


def settings_text(settings: ChatSettings) -> str:
    """What is set, one line each, as Telegram HTML."""
    return "\n".join(
        [
            "⚙️ <b>Settings</b>",
            f"Links: {_links(settings)}",
            f"Alerts show: {_fields(settings)}",
            f"Spam: silent, {'counted once a day' if settings.spam_line else 'no daily line'}",
            f"Positions: {_positions(settings)}",
            f"Busy wallets: {_busy(settings)}",
            f"Your size: {size_words(settings.display)}",
            "",
            "Hours: /quiet, /digest, /timezone · which alerts: /rules",
        ]
    )


def _links(settings: ChatSettings) -> str:
    display = settings.display
    chosen = (
        ("Tx", EXPLORERS.get(display.explorer)),
        ("Chart", CHARTS.get(display.chart)),
        ("Trade", MARKETS.get(display.trade)),
    )
    return " · ".join(f"{what} on {site[0]}" for what, site in chosen if site is not None) or "none"


def _fields(settings: ChatSettings) -> str:
    displayed = [FIELD_NAMES[field].lower() for field in Field if field not in settings.display.hidden]
    return ", ".join(displayed) or "only who, what and how much"


def _positions(settings: ChatSettings) -> str:
    if settings.living:
        return "one message each, edited until the exit, which comes as an answer"
    return "a message for each event"


def _busy(settings: ChatSettings) -> str:
    if not settings.busy_above:
        return "every event comes by itself"
    return f"beyond {settings.busy_above} events an hour summed up at its end"
