"""What /mysize says. Pure."""

from domain.rules.rules import Display
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.market import percent, short_dollars


def size_text(display: Display, *, locale: Locale = ENGLISH) -> str:
    """The size that is set, and what follows from it, as Telegram HTML."""
    if display.size_usd is None:
        return f"{locale.gettext('💵 No size is set.')} {size_usage(locale=locale)}"
    size, limit = short_dollars(display.size_usd, locale=locale), percent(display.size_limit, locale=locale)
    return locale.gettext(
        "💵 Your size: <b>{size}</b>\nEach purchase says what {size} would get now, and that it "
        "is too late where that costs more than {limit} above its fill. Change: /mysize 500 5% "
        "· /mysize off",
        size=size,
        limit=limit,
    )


def size_words(display: Display, *, locale: Locale = ENGLISH) -> str:
    """The same in a few words."""
    if display.size_usd is None:
        return locale.gettext("not set, /mysize 500")
    return locale.gettext(
        "{dollars}, too late beyond {percent}",
        dollars=short_dollars(display.size_usd, locale=locale),
        percent=percent(display.size_limit, locale=locale),
    )


def size_usage(*, locale: Locale = ENGLISH) -> str:
    """Return how to write it."""
    return locale.gettext(
        "Write /mysize 500, /mysize 500 5% (too late beyond 5% above its fill), or /mysize off."
    )
