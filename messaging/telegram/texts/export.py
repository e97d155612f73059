"""/export: what may be exported, and what stands under the file. Pure."""

from messaging.telegram.texts.kinds import counted

_NOUNS = {"wallets": "wallet", "history": "event", "whales": "whale"}


def ask_what() -> str:
    """What to export, and how; buttons stand below."""
    return "📤 <b>Export</b>\nYour wallets, what they did lately, or the whales found, as a file."


def usage() -> str:
    """The words ask for nothing that can be exported; plain text."""
    return "Write /export wallets, /export history or /export whales, and csv or json."


def nothing_to_export() -> str:
    """There is nothing of it."""
    return "There is nothing to export yet."


def caption(what: str, rows: int) -> str:
    """What stands under the file; plain text."""
    return counted(rows, _NOUNS[what])
