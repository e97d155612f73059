"""/export: what may be exported, and what stands under the file. Pure."""

from messaging.languages.locale import ENGLISH, Locale, ngettext_noop

_COUNTED = {
    "wallets": ngettext_noop("{number} wallet", "{number} wallets"),
    "history": ngettext_noop("{number} event", "{number} events"),
    "whales": ngettext_noop("{number} whale", "{number} whales"),
}


def ask_what(*, locale: Locale = ENGLISH) -> str:
    """Return what to export, and how; buttons follow below."""
    return locale.gettext(
        "📤 <b>Export</b>\nYour wallets, what they did lately, or the whales found, as a file."
    )


def usage(*, locale: Locale = ENGLISH) -> str:
    """The words ask for nothing that can be exported; plain text."""
    return locale.gettext("Write /export wallets, /export history or /export whales, and csv or json.")


def nothing_to_export(*, locale: Locale = ENGLISH) -> str:
    """There is nothing of it."""
    return locale.gettext("There is nothing to export yet.")


def caption(what: str, rows: int, *, locale: Locale = ENGLISH) -> str:
    """Return what stands under the file; plain text.

    Args:
        what: `wallets`, `history` or `whales`.
        rows: in the file.
        locale: of the reader.
    """
    return locale.ngettext(*_COUNTED[what], rows)
