"""Whose limits count in a group, and how that is handed on. Pure."""

from collections.abc import Sequence

from domain.chats import Chat
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.kinds import counted

_MAX_TITLE = 64


def in_group(followed: int) -> str:
    """In the group; a button stands below."""
    return (
        f"💳 The limits of one admin count here: {counted(followed, 'wallet')} followed. Another admin can"
        " take that over in private; what exceeds a limit pauses, the newest first, and nothing is deleted."
    )


def payer_left() -> str:
    """In the group: the admin whose limits count has left it; a button stands below."""
    return (
        "💳 The admin whose limits count here has left. Alerts go on until they give it up; another admin can"
        " take it over in private."
    )


def given_up() -> str:
    """In the group: nobody's limits count any more; a button stands below."""
    return (
        "💳 Nobody's limits count here any more. Whale Watcher is silent, and keeps what it follows, until an"
        " admin confirms it in private."
    )


def ask_take_over(title: str, followed: int, used: int, limit: int) -> str:
    """In the private chat of an admin; a button stands below."""
    return (
        f"Let your limits count in <b>{_title(title)}</b> instead of another admin's? It follows"
        f" {counted(followed, 'wallet')}; you use {used:,} of {limit:,}."
    )


def taken_over(title: str, paused: int) -> str:
    """It is done."""
    over = (
        f" {counted(paused, 'wallet')} there pause, the newest, since that is over your limit."
        if paused
        else ""
    )
    return f"✅ Your limits count in <b>{_title(title)}</b> now.{over}"


def paid(chats: Sequence[Chat], used: int, limit: int) -> str:
    """In private: where one's limits count; a button for each stands below."""
    if not chats:
        return "💳 Your limits count in no group. They do where you confirm the bot as an admin."
    return (
        f"💳 Your limits count in {counted(len(chats), 'chat')}; {used:,} of {limit:,} wallets are used. A"
        " button gives one up: it falls silent until another admin confirms."
    )


def _title(title: str) -> str:
    return escape(clean(title, limit=_MAX_TITLE)) or "this chat"
