"""Groups and channels: who lets the bot speak there, on whose account, and who silences a wallet. Pure."""

from datetime import datetime

from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.times import date_time

_MAX_TITLE = 64


def ask_admins(*, locale: Locale = ENGLISH) -> str:
    """In a group in which the bot is silent; a button follows below."""
    return locale.gettext(
        "👋 Whale Watcher is silent here until an admin of this group confirms it in private."
    )


def not_confirmed(*, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("An admin has to confirm the bot first.")


def confirmed_already(*, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("Confirmed already.")


def ask_confirm(title: str, used: int, limit: int, *, locale: Locale = ENGLISH) -> str:
    """In the private chat of an admin; a button follows below.

    Args:
        title: of the group, as Telegram says it; hostile until escaped here.
        used: wallets on the admin's account.
        limit: of that account.
        locale: of the reader.
    """
    return locale.gettext(
        "Let Whale Watcher speak in <b>{title}</b>?\nIts wallets count against your limit "
        "({used} of {limit} used). Only admins change settings there.",
        title=_title(title, locale=locale),
        used=locale.number(used),
        limit=locale.number(limit),
    )


def expired(title: str, *, locale: Locale = ENGLISH) -> str:
    """The button was too old; a new one stands below."""
    return locale.gettext(
        "That button was over 5 minutes old. Here is a new one for <b>{title}</b>.",
        title=_title(title, locale=locale),
    )


def confirmed(title: str, *, locale: Locale = ENGLISH) -> str:
    """It may speak now."""
    return locale.gettext(
        "✅ Whale Watcher speaks in <b>{title}</b> now, within your limits.",
        title=_title(title, locale=locale),
    )


def no_admin(title: str, *, locale: Locale = ENGLISH) -> str:
    """Somebody else's link, or they are no admin any more."""
    return locale.gettext(
        "🔒 Only admins of <b>{title}</b> can confirm that.", title=_title(title, locale=locale)
    )


def write_as_yourself(*, locale: Locale = ENGLISH) -> str:
    """In a group whose anonymous admins nobody can tell apart: one of them is banned."""
    return locale.gettext(
        "⛔ One of this group's anonymous admins is blocked from this bot. Write in your own name."
    )


def called_noise(callers: int, needed: int, *, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text.

    Args:
        callers: members so far.
        needed: so many mute the wallet.
        locale: of the reader.
    """
    return locale.gettext(
        "Noted: {callers} of {needed} members call it noise.", callers=callers, needed=needed
    )


def members_only(*, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("Only members of this group count.")


def noise_is_off(*, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("Admins have switched this button off.")


def muted_by_crowd(watch: Watch, until: datetime, needed: int, *, locale: Locale = ENGLISH) -> str:
    """In the group: enough members have called a wallet noise.

    Args:
        watch: the wallet that is muted now.
        until: with a time zone.
        needed: how many members called it noise.
        locale: of the reader.
    """
    name = wallet_name(watch.label, watch.wallet)
    return locale.ngettext(
        "🤫 <b>{name}</b> is muted until {until}: {number} member called it noise. Admins: /unmute {name}",
        "🤫 <b>{name}</b> is muted until {until}: {number} members called it noise. Admins: /unmute {name}",
        needed,
        name=name,
        until=date_time(until),
    )


def channels(number: int, current: str, *, locale: Locale = ENGLISH) -> str:
    """Return which chat one's commands count for; buttons follow below.

    Args:
        number: channels of the person.
        current: title of the one for which commands count; empty: they count for the private chat.
        locale: of the reader.
    """
    if not number:
        return locale.gettext(
            "📣 No channel yet. Add the bot to your channel as an administrator who may post; then "
            "manage it here."
        )
    if current:
        now = locale.gettext("Your commands count for <b>{title}</b>.", title=_title(current, locale=locale))
    else:
        now = locale.gettext("They count for this chat now.")
    which = locale.ngettext(
        "📣 {number} channel. Which one do your commands count for?",
        "📣 {number} channels. Which one do your commands count for?",
        number,
    )
    return f"{which} {now}"


def channel_added(title: str, *, locale: Locale = ENGLISH) -> str:
    """In the private chat of who has added the bot to a channel."""
    return locale.gettext(
        "📣 <b>{title}</b> is ready. /channel lets your commands count for it.",
        title=_title(title, locale=locale),
    )


def acting_for(title: str, *, locale: Locale = ENGLISH) -> str:
    """From now on one's commands count for a channel."""
    return locale.gettext(
        "📣 Your commands count for <b>{title}</b> from now on: /watch, /rules, /settings and "
        "so on. Alerts go there. /channel off ends that.",
        title=_title(title, locale=locale),
    )


def acting_for_oneself(*, locale: Locale = ENGLISH) -> str:
    """One's commands count for oneself again."""
    return locale.gettext("👤 Your commands count for this private chat again.")


def _title(title: str, *, locale: Locale = ENGLISH) -> str:
    return escape(clean(title, limit=_MAX_TITLE)) or locale.gettext("this chat")
