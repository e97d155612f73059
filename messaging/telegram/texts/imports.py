"""Importing lists of wallets: what is asked, what came of it, and why a file cannot be read. Pure."""

from collections.abc import Sequence

from domain.activity.addresses import short
from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name

_MAX_NAMED = 10
"""Wallets that a report names; the others it counts."""


def ask_list(*, locale: Locale = ENGLISH) -> str:
    """Return which wallets."""
    return locale.gettext(
        "Send the list: a CSV, TXT or JSON file, as other trackers export it, or one address "
        "per line with a name behind it."
    )


def importing(number: int, *, locale: Locale = ENGLISH) -> str:
    """A list is taken; this becomes the report."""
    return locale.ngettext("📥 Importing {number} wallet…", "📥 Importing {number} wallets…", number)


def reading(*, locale: Locale = ENGLISH) -> str:
    """A file is read; this becomes the report."""
    return locale.gettext("📥 Reading the file…")


def too_large(max_bytes: int, *, locale: Locale = ENGLISH) -> str:
    """The file is too large; plain text."""
    return locale.gettext(
        "This file is too large. Send one of up to {limit} KB, with 500 wallets at most.",
        limit=max_bytes // 1024,
    )


def file_gone(*, locale: Locale = ENGLISH) -> str:
    """Telegram does not have the file any more; plain text."""
    return locale.gettext("Telegram no longer has this file. Send it again.")


def binary(*, locale: Locale = ENGLISH) -> str:
    """The file is no text; plain text."""
    return locale.gettext("This file is not a text. Send the list as CSV, TXT or JSON.")


def bad_json(*, locale: Locale = ENGLISH) -> str:
    """The file begins as JSON and is none; plain text."""
    return locale.gettext("This JSON is broken. Export it again, or send it as CSV or TXT.")


def no_address(*, locale: Locale = ENGLISH) -> str:
    """There is no address in the list; plain text."""
    return locale.gettext("No Solana address found in this list. Each line needs one: ADDRESS,name.")


def too_many(found: int, limit: int, *, locale: Locale = ENGLISH) -> str:
    """The list is too long; plain text.

    Args:
        found: wallets in the list.
        limit: at a time.
        locale: of the reader.
    """
    return locale.ngettext(
        "This list has {number} wallet. Import up to {limit} at a time.",
        "This list has {number} wallets. Import up to {limit} at a time.",
        found,
        limit=limit,
    )


def report(
    new: Sequence[Watch],
    known: int,
    refused: Sequence[tuple[str, str]],
    *,
    are_checked: bool = True,
    locale: Locale = ENGLISH,
) -> str:
    """Return what became of a list.

    Args:
        new: followed from now on.
        known: how many were followed already.
        refused: addresses that are not followed, and why.
        are_checked: whether the chain said what the addresses are.
        locale: of who reads it.
    """
    lines = (
        [locale.ngettext("✅ Following {number} new wallet.", "✅ Following {number} new wallets.", len(new))]
        if new
        else []
    )
    lines += [f"· <b>{wallet_name(one.label, one.wallet)}</b>" for one in new[:_MAX_NAMED]]
    lines += _more(len(new), locale=locale)
    if known:
        lines.append(
            locale.ngettext(
                "Already following {number} wallet of the list.",
                "Already following {number} wallets of the list.",
                known,
            )
        )
    lines += _refused(refused, locale=locale)
    if not are_checked:
        lines.append(locale.gettext("Not checked whether these are wallets: the network isn't responding."))
    return "\n".join(lines)


def _refused(refused: Sequence[tuple[str, str]], *, locale: Locale) -> list[str]:
    if not refused:
        return []
    first = locale.ngettext(
        "Not followed: {number} address", "Not followed: {number} addresses", len(refused)
    )
    lines = [f"· <code>{short(address)}</code> {escape(why)}" for address, why in refused[:_MAX_NAMED]]
    return [first, *lines, *_more(len(refused), locale=locale)]


def _more(number: int, *, locale: Locale = ENGLISH) -> list[str]:
    if number <= _MAX_NAMED:
        return []
    return [locale.ngettext("· and {number} more", "· and {number} more", number - _MAX_NAMED)]
