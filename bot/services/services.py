"""Everything handlers may use, in one value that `wiring.py` fills."""

from dataclasses import dataclass

from bot.services.failed_jobs import SystemEngineRoom
from bot.services.people_port import PeopleBook
from bot.services.ports import (
    AccountReader,
    Audit,
    ChatBook,
    Megaphone,
    Memory,
    RuleBook,
    ScanBook,
    Stories,
    WatchBook,
    Watchtower,
)
from domain.rules.tiers import HourlyLimits
from messaging.telegram.callbacks import Callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What handlers ask and what they know."""

    chain: str
    """The chain that is watched, as it stands in rows."""
    operators: frozenset[int]
    """Who may use operators' commands."""
    hourly_limits: HourlyLimits
    """Alerts an hour of each tier."""
    examples: tuple[tuple[str, str], ...]
    """Whales offered to newcomers: label and address."""
    callbacks: Callbacks
    watches: WatchBook
    chats: ChatBook
    rules: RuleBook
    stories: Stories
    memory: Memory
    accounts: AccountReader
    watchtower: Watchtower
    audit: Audit
    people: PeopleBook
    engine: SystemEngineRoom
    megaphone: Megaphone
    scans: ScanBook
