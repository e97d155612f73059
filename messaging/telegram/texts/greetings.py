"""What newcomers read: the first screen of a person, and of a group. Pure."""

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape

_MAX_NAME = 32


def greeting(name: str, *, has_examples: bool, locale: Locale = ENGLISH) -> str:
    """Return what a newcomer reads, in one screen; `name` is theirs, as Telegram says it.

    Args:
        name: theirs, as Telegram says it; hostile until escaped here.
        has_examples: buttons with example whales stand below.
        locale: of the reader.
    """
    called = escape(clean(name, limit=_MAX_NAME))
    if called:
        first = locale.gettext("👋 Hello, {name}! Whale Watcher follows wallets on Solana.", name=called)
    else:
        first = locale.gettext("👋 Hello! Whale Watcher follows wallets on Solana.")
    what = locale.gettext(
        "Follow a wallet, and you get an alert within seconds when it buys, sells or moves tokens."
    )
    how = (
        locale.gettext("Tap one of these whales to follow it, or send any address.")
        if has_examples
        else locale.gettext("Send an address to begin.")
    )
    last = locale.gettext("/wallets lists what you follow, /help all commands.")
    return f"{first}\n\n{what}\n\n{how}\n\n{last}"


def ask_zone(*, locale: Locale = ENGLISH) -> str:
    """Below the greeting: buttons with times stand below."""
    return "\n\n" + locale.gettext("🕐 What time is it for you? Tap it, for quiet hours and digests.")


def zone_guessed(zone: str, *, locale: Locale = ENGLISH) -> str:
    """Below the greeting: the time zone goes by the language."""
    return "\n\n" + locale.gettext("🕐 Times are {city}'s. /timezone changes that.", city=_city(zone))


def zone_set(zone: str, *, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("Times are {city}'s now. /timezone changes that.", city=_city(zone))


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def group_greeting(followed: int = 0, *, locale: Locale = ENGLISH) -> str:
    """Return what a group reads when the bot is added, which may follow wallets from before."""
    lines = [
        locale.gettext("👋 Whale Watcher follows wallets on Solana and posts here what they do."),
        "",
        locale.gettext("Admins choose what to follow: /watch ADDRESS name."),
        locale.gettext("Everybody may ask /scan MINT, /balance ADDRESS and /wallets."),
    ]
    if followed:
        lines += [
            "",
            locale.ngettext(
                "This group still follows {number} wallet: /wallets.",
                "This group still follows {number} wallets: /wallets.",
                followed,
            ),
        ]
    return "\n".join(lines)
