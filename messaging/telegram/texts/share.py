"""Texts of shared lists, for who shares one and who opens it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name

_MAX_NAME = 32
_MAX_LISTED = 10


def shared(number: int, url: str, days: int, *, is_named: bool, locale: Locale = ENGLISH) -> str:
    """A list is shared; buttons follow below.

    Args:
        number: wallets in the list.
        url: the link, whole.
        days: until it ends.
        is_named: readers see the name.
        locale: of the reader.
    """
    if is_named:
        name = locale.gettext("Readers see your name.")
    else:
        name = locale.gettext("Readers don't see who shares it.")
    title = locale.ngettext("🔗 <b>{number} wallet shared</b>", "🔗 <b>{number} wallets shared</b>", number)
    terms = locale.ngettext(
        "Whoever opens the link may follow this wallet, with its name.",
        "Whoever opens the link may follow these wallets, with their names.",
        number,
    )
    ends = locale.ngettext("It ends in {number} day.", "It ends in {number} days.", days)
    return f"{title}\n<code>{escape(url)}</code>\n{terms} {ends} {name}"


def caption(number: int, *, locale: Locale = ENGLISH) -> str:
    """Under the picture; plain text."""
    return locale.ngettext("{number} wallet: scan to follow", "{number} wallets: scan to follow", number)


def revoked(*, locale: Locale = ENGLISH) -> str:
    """Nobody may open it any more."""
    return locale.gettext("🗑 Revoked: the link opens nothing any more.")


def no_such_list(*, locale: Locale = ENGLISH) -> str:
    """A note over a button; plain text."""
    return locale.gettext("This list is no longer shared.")


def dead_link(*, locale: Locale = ENGLISH) -> str:
    """Somebody opens a list that has expired or was revoked."""
    return locale.gettext("This list is no longer shared: it has expired, or its owner revoked it.")


def offered(
    wallets: Sequence[tuple[str, str]], owner: str, expires_at: datetime, *, locale: Locale = ENGLISH
) -> str:
    """Somebody opens a list; a button follows below.

    Args:
        wallets: names and addresses.
        owner: who shares it; empty: not said.
        expires_at: until when it can be opened.
        locale: of who reads it.
    """
    until = locale.day(expires_at)
    if owner:
        first = locale.ngettext(
            "🔗 {name} shares <b>{number} wallet</b>, until {date}:",
            "🔗 {name} shares <b>{number} wallets</b>, until {date}:",
            len(wallets),
            name=escape(clean(owner, limit=_MAX_NAME)),
            date=until,
        )
    else:
        first = locale.ngettext(
            "🔗 Somebody shares <b>{number} wallet</b>, until {date}:",
            "🔗 Somebody shares <b>{number} wallets</b>, until {date}:",
            len(wallets),
            date=until,
        )
    lines = [first]
    lines += [f"· <b>{wallet_name(label, address)}</b>" for label, address in wallets[:_MAX_LISTED]]
    if len(wallets) > _MAX_LISTED:
        more = len(wallets) - _MAX_LISTED
        lines.append(locale.ngettext("· and {number} more", "· and {number} more", more))
    return "\n".join(lines)
