"""What /mysize says. Pure."""

from domain.rules.rules import Display
from messaging.telegram.texts.market import percent, short_dollars


def size_text(display: Display) -> str:
    """The size that is set, and what follows from it, as Telegram HTML."""
    if display.size_usd is None:
        return f"💵 No size is set. {size_usage()}"
    size, limit = short_dollars(display.size_usd), percent(display.size_limit)
    return (
        f"💵 Your size: <b>{size}</b>\n"
        f"Each purchase says what {size} would get now, and that it is too late where that costs more than"
        f" {limit} above its fill. Change: /mysize 500 5% · /mysize off"
    )


def size_words(display: Display) -> str:
    """The same in a few words."""
    if display.size_usd is None:
        return "not set, /mysize 500"
    return f"{short_dollars(display.size_usd)}, too late beyond {percent(display.size_limit)}"


def size_usage() -> str:
    """How to write it."""
    return "Write /mysize 500, /mysize 500 5% (too late beyond 5% above its fill), or /mysize off."
