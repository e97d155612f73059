"""Everything handlers may use, in one value that `wiring.py` fills."""

from dataclasses import dataclass

from bot.ports import AccountReader, Audit, ChatBook, Memory, ScanBook, WatchBook, Watchtower
from messaging.callbacks import Callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What handlers ask and what they know."""

    chain: str
    """The chain that is watched, as it stands in rows."""
    operators: frozenset[int]
    """Who may use operators' commands."""
    examples: tuple[tuple[str, str], ...]
    """Whales offered to newcomers: label and address."""
    callbacks: Callbacks
    watches: WatchBook
    chats: ChatBook
    memory: Memory
    accounts: AccountReader
    watchtower: Watchtower
    audit: Audit
    scans: ScanBook
