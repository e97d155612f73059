"""The card of /settings: hours, links, parts of an alert, spam, busy wallets. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.rules import ChatSettings, Digest, Display, Field
from messaging.languages.choice import LANGUAGES
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.languages.numbers import EXAMPLE
from messaging.telegram.escaping import escape
from messaging.telegram.names import CHARTS, EXPLORERS, MARKETS
from messaging.telegram.texts.mysize import size_words
from messaging.telegram.texts.rules import zone_words
from messaging.telegram.texts.times import hours

FIELD_NAMES: Mapping[Field, str] = MappingProxyType(
    {
        Field.POSITION: gettext_noop("Position"),
        Field.MARKET: gettext_noop("Market"),
        Field.IMPACT: gettext_noop("Impact"),
        Field.DRIFT: gettext_noop("Now"),
        Field.ROUTE: gettext_noop("Route"),
    }
)


def field_name(field: Field, *, locale: Locale = ENGLISH) -> str:
    """As buttons call it."""
    return locale.gettext(FIELD_NAMES[field])


def settings_text(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    """Return what is set, one line each, as Telegram HTML."""
    display = settings.display
    return "\n".join(
        [
            locale.gettext("⚙️ <b>Settings</b>"),
            _hours(settings, locale=locale),
            locale.gettext("Language: {language} · numbers {example}", **_language(display, locale=locale)),
            locale.gettext("Links: {list}", list=_links(settings, locale=locale)),
            locale.gettext("Alerts show: {list}", list=_fields(settings, locale=locale)),
            _spam(settings, locale=locale),
            _positions(settings, locale=locale),
            busy_words(settings, locale=locale),
            locale.gettext("Your size: {size}", size=size_words(display, locale=locale)),
            "",
            locale.gettext("Which alerts: /rules · tags: /tag"),
        ]
    )


def _language(display: Display, *, locale: Locale = ENGLISH) -> dict[str, str]:
    return {"language": LANGUAGES.get(display.language, LANGUAGES["en"]), "example": locale.figure(EXAMPLE)}


def bot_text(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    """The chat's own trading bot, and how to set it."""
    display = settings.display
    name = f"@{escape(display.bot)}" if display.bot else locale.gettext("none")
    return "\n".join(
        [
            locale.gettext("🤖 <b>My trading bot</b>: {name}", name=name),
            locale.gettext("Alerts then link the token in it, beside Chart and Trade."),
            "",
            locale.gettext("Set it: <code>{command}</code>", command="/settings bot @name"),
            locale.gettext("With a referral: <code>{command}</code>", command="/settings bot @name ref_me_"),
            locale.gettext("Remove it: <code>{command}</code>", command="/settings bot none"),
        ]
    )


def _hours(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.quiet is None:
        quiet = locale.gettext("no quiet hours")
    else:
        quiet = locale.gettext("quiet {hours}", hours=hours(settings.quiet))
    digest = locale.gettext(_DIGESTS[settings.digest])
    zone = zone_words(settings.zone, locale=locale)
    return locale.gettext("Hours: {quiet}, {digest}, {zone} time", quiet=quiet, digest=digest, zone=zone)


_DIGESTS = {
    Digest.OFF: gettext_noop("no digest"),
    Digest.HOURLY: gettext_noop("hourly digest"),
    Digest.DAILY: gettext_noop("daily digest"),
}


def _links(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    display = settings.display
    chosen = (
        (gettext_noop("Tx on {site}"), EXPLORERS.get(display.explorer)),
        (gettext_noop("Chart on {site}"), CHARTS.get(display.chart)),
        (gettext_noop("Trade on {site}"), MARKETS.get(display.trade)),
    )
    sites = [locale.gettext(what, site=site[0]) for what, site in chosen if site is not None]
    bot = [locale.gettext("Bot @{name}", name=escape(display.bot))] if display.bot else []
    return " · ".join([*sites, *bot]) or locale.gettext("none")


def _fields(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    displayed = [
        field_name(field, locale=locale).lower() for field in Field if field not in settings.display.hidden
    ]
    return ", ".join(displayed) or locale.gettext("only who, what and how much")


def _spam(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.spam_line:
        return locale.gettext("Spam: silent, counted once a day")
    return locale.gettext("Spam: silent, no daily line")


def _positions(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.living:
        return locale.gettext("Positions: one message each, edited until the exit, which comes as an answer")
    return locale.gettext("Positions: a message for each event")


def busy_words(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    """Return from when on the chat gets what one wallet does together; the buttons have the same sign."""
    if not settings.busy_above:
        return f"🚦 {locale.gettext('Busy wallets: every event comes by itself')}"
    beyond = locale.ngettext(
        "Busy wallets: beyond {number} event an hour summed up at its end",
        "Busy wallets: beyond {number} events an hour summed up at its end",
        settings.busy_above,
    )
    return f"🚦 {beyond}"
