"""The card of /settings: hours, links, parts of an alert, spam, busy wallets. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.rules import ChatSettings, Digest, Field
from messaging.telegram.escaping import escape
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS
from messaging.telegram.texts.mysize import size_words
from messaging.telegram.texts.rules import zone_words
from messaging.telegram.texts.times import hours

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
            f"Hours: {_hours(settings)}",
            f"Links: {_links(settings)}",
            f"Alerts show: {_fields(settings)}",
            f"Spam: silent, {'counted once a day' if settings.spam_line else 'no daily line'}",
            f"Positions: {_positions(settings)}",
            f"Busy wallets: {_busy(settings)}",
            f"Your size: {size_words(settings.display)}",
            "",
            "Which alerts: /rules · tags: /tag",
        ]
    )


def bot_text(settings: ChatSettings) -> str:
    """The chat's own trading bot, and how to set it."""
    display = settings.display
    name = f"@{escape(display.bot)}" if display.bot else "none"
    return "\n".join(
        [
            f"🤖 <b>My trading bot</b>: {name}",
            "Alerts then link the token in it, beside Chart and Trade.",
            "",
            "Set it: <code>/settings bot @name</code>",
            "With a referral: <code>/settings bot @name ref_me_</code>",
            "Remove it: <code>/settings bot none</code>",
        ]
    )


def _hours(settings: ChatSettings) -> str:
    quiet = "no quiet hours" if settings.quiet is None else f"quiet {hours(settings.quiet)}"
    digest = "no digest" if settings.digest is Digest.OFF else f"{settings.digest.value} digest"
    return f"{quiet}, {digest}, {zone_words(settings.zone)} time"


def _links(settings: ChatSettings) -> str:
    display = settings.display
    chosen = (
        ("Tx", EXPLORERS.get(display.explorer)),
        ("Chart", CHARTS.get(display.chart)),
        ("Trade", MARKETS.get(display.trade)),
    )
    sites = [f"{what} on {site[0]}" for what, site in chosen if site is not None]
    bot = [f"Bot @{escape(display.bot)}"] if display.bot else []
    return " · ".join([*sites, *bot]) or "none"


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
