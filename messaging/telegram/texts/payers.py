"""Whose limits count in a group, and how that is handed on. Pure."""

from collections.abc import Sequence

from domain.chats import Chat
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape

_MAX_TITLE = 64


def in_group(followed: int, *, locale: Locale = ENGLISH) -> str:
    """In the group; a button follows below."""
    return locale.ngettext(
        "💳 The limits of one admin count here: {number} wallet followed. Another admin can "
        "take that over in private; what exceeds a limit pauses, the newest first, and nothing "
        "is deleted.",
        "💳 The limits of one admin count here: {number} wallets followed. Another admin can "
        "take that over in private; what exceeds a limit pauses, the newest first, and nothing "
        "is deleted.",
        followed,
    )


def payer_left(*, locale: Locale = ENGLISH) -> str:
    """In the group: the admin whose limits count has left it; a button follows below."""
    return locale.gettext(
        "💳 The admin whose limits count here has left. Alerts go on until they give it up; "
        "another admin can take it over in private."
    )


def given_up(*, locale: Locale = ENGLISH) -> str:
    """In the group: nobody's limits count any more; a button follows below."""
    return locale.gettext(
        "💳 Nobody's limits count here any more. Whale Watcher is silent, and keeps what it "
        "follows, until an admin confirms it in private."
    )


def ask_take_over(title: str, followed: int, used: int, limit: int, *, locale: Locale = ENGLISH) -> str:
    """In the private chat of an admin; a button follows below.

    Args:
        title: of the group, as Telegram says it; hostile until escaped here.
        followed: wallets that the group follows.
        used: wallets on the admin's account now.
        limit: of that account.
        locale: of the reader.
    """
    return locale.ngettext(
        "Let your limits count in <b>{title}</b> instead of another admin's? It follows "
        "{number} wallet; you use {used} of {limit}.",
        "Let your limits count in <b>{title}</b> instead of another admin's? It follows "
        "{number} wallets; you use {used} of {limit}.",
        followed,
        title=_title(title, locale=locale),
        used=locale.number(used),
        limit=locale.number(limit),
    )


def taken_over(title: str, paused: int, *, locale: Locale = ENGLISH) -> str:
    """It is done.

    Args:
        title: of the group, as Telegram says it; hostile until escaped here.
        paused: wallets of the group that are over the limit now.
        locale: of the reader.
    """
    done = locale.gettext("✅ Your limits count in <b>{title}</b> now.", title=_title(title, locale=locale))
    if not paused:
        return done
    over = locale.ngettext(
        "{number} wallet there pauses, the newest, since that is over your limit.",
        "{number} wallets there pause, the newest, since that is over your limit.",
        paused,
    )
    return f"{done} {over}"


def paid(chats: Sequence[Chat], used: int, limit: int, *, locale: Locale = ENGLISH) -> str:
    """In private: where one's limits count; a button for each stands below.

    Args:
        chats: for which the person pays.
        used: wallets on the account.
        limit: of the account.
        locale: of the reader.
    """
    if not chats:
        return locale.gettext(
            "💳 Your limits count in no group. They do where you confirm the bot as an admin."
        )
    return locale.ngettext(
        "💳 Your limits count in {number} chat; {used} of {limit} wallets are used. A button "
        "gives one up: it falls silent until another admin confirms.",
        "💳 Your limits count in {number} chats; {used} of {limit} wallets are used. A button "
        "gives one up: it falls silent until another admin confirms.",
        len(chats),
        used=locale.number(used),
        limit=locale.number(limit),
    )


def _title(title: str, *, locale: Locale = ENGLISH) -> str:
    return escape(clean(title, limit=_MAX_TITLE)) or locale.gettext("this chat")
