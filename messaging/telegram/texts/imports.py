"""Importing lists of wallets: what is asked, what came of it, and why a file cannot be read. Pure."""

from collections.abc import Sequence

from domain.activity.addresses import short
from domain.rules.rules import Watch
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted

_MAX_NAMED = 10
"""Wallets that a report names; the others it counts."""


def ask_list() -> str:
    """Which wallets."""
    return (
        "Send the list: a CSV, TXT or JSON file, as other trackers export it, or one address per line with a"
        " name behind it."
    )


def importing(number: int) -> str:
    """A list is taken; this becomes the report."""
    return f"📥 Importing {counted(number, 'wallet')}…"


def reading() -> str:
    """A file is read; this becomes the report."""
    return "📥 Reading the file…"


def too_large(max_bytes: int) -> str:
    """The file is too large; plain text."""
    return f"This file is too large. Send one of up to {max_bytes // 1024} KB, with 500 wallets at most."


def file_gone() -> str:
    """Telegram does not have the file any more; plain text."""
    return "Telegram no longer has this file. Send it again."


def binary() -> str:
    """The file is no text; plain text."""
    return "This file is not a text. Send the list as CSV, TXT or JSON."


def bad_json() -> str:
    """The file begins as JSON and is none; plain text."""
    return "This JSON is broken. Export it again, or send it as CSV or TXT."


def no_address() -> str:
    """There is no address in the list; plain text."""
    return "No Solana address found in this list. Each line needs one: ADDRESS,name."


def too_many(found: int, limit: int) -> str:
    """The list is too long; plain text."""
    return f"This list has {found:,} wallets. Import up to {limit} at a time."


def report(
    new: Sequence[Watch], known: int, refused: Sequence[tuple[str, str]], *, are_checked: bool = True
) -> str:
    """What became of a list.

    Args:
        new: followed from now on.
        known: how many were followed already.
        refused: addresses that are not followed, and why.
        are_checked: whether the chain said what the addresses are.
    """
    lines = [f"✅ Following {counted(len(new), 'new wallet')}."] if new else []
    lines += [f"· <b>{wallet_name(one.label, one.wallet)}</b>" for one in new[:_MAX_NAMED]]
    lines += _more(len(new))
    if known:
        lines.append(f"Already following {counted(known, 'wallet')} of the list.")
    if refused:
        lines.append(f"Not followed: {counted(len(refused), 'address')}")
        lines += [f"· <code>{short(address)}</code> {escape(why)}" for address, why in refused[:_MAX_NAMED]]
        lines += _more(len(refused))
    if not are_checked:
        lines.append("Not checked whether these are wallets: the network isn't responding.")
    return "\n".join(lines)


def _more(number: int) -> list[str]:
    return [f"· and {number - _MAX_NAMED:,} more"] if number > _MAX_NAMED else []
