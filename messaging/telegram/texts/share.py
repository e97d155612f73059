"""Shared lists: what who shares one reads, and who opens it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted

_MAX_NAME = 32
_MAX_LISTED = 10


def shared(number: int, url: str, days: int, *, is_named: bool) -> str:
    """A list is shared; buttons stand below."""
    name = "Readers see your name." if is_named else "Readers don't see who shares it."
    return (
        f"🔗 <b>{counted(number, 'wallet')} shared</b>\n<code>{escape(url)}</code>\n"
        f"Whoever opens it may follow them, with their names. It ends in {days} days. {name}"
    )


def caption(number: int) -> str:
    """Under the picture; plain text."""
    return f"{counted(number, 'wallet')}: scan to follow"


def revoked() -> str:
    """Nobody may open it any more."""
    return "🗑 Revoked: the link opens nothing any more."


def no_such_list() -> str:
    """A note over a button; plain text."""
    return "This list is no longer shared."


def dead_link() -> str:
    """Somebody opens a list that has expired or was revoked."""
    return "This list is no longer shared: it has expired, or its owner revoked it."


def offered(wallets: Sequence[tuple[str, str]], owner: str, expires_at: datetime) -> str:
    """Somebody opens a list; a button stands below.

    Args:
        wallets: names and addresses.
        owner: who shares it; empty: not said.
        expires_at: until when it can be opened.
    """
    who = f"{escape(clean(owner, limit=_MAX_NAME))} shares" if owner else "Somebody shares"
    lines = [f"🔗 {who} <b>{counted(len(wallets), 'wallet')}</b>, until {expires_at:%d %b}:"]
    lines += [f"· <b>{wallet_name(label, address)}</b>" for label, address in wallets[:_MAX_LISTED]]
    if len(wallets) > _MAX_LISTED:
        lines.append(f"· and {len(wallets) - _MAX_LISTED:,} more")
    return "\n".join(lines)
