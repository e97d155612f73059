"""A watch: one chat's following of one wallet."""

from dataclasses import dataclass
from datetime import datetime

from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, ChatSettings, Rules

MAX_WATCHES_PER_CHAT = 500
MAX_LABEL = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One chat's following of one wallet, with what it wants to hear."""

    watch_id: int
    chat_id: int
    topic_id: int
    """The forum topic to speak in; 0: none."""
    chain: str
    wallet: str
    label: str
    """What the people of the chat call the wallet; empty: no name given."""
    created_at: datetime
    since_slot: int | None = None
    """The newest slot when it was made: nothing up to it is sent; None: not known."""
    muted_until: datetime | None = None
    """Nothing is sent before this time; None: not muted."""
    chat_closed: bool = False
    """The chat cannot be written to at present."""
    rules: Rules = NO_RULES
    """What is sent of this wallet."""
    settings: ChatSettings = DEFAULT_SETTINGS
    """What the chat has set for all its wallets."""
    alerts_this_hour: int = 0
    """Alerts that the chat got one by one in this clock hour; counted only where there is a limit."""
    hourly_limit: int | None = None
    """Alerts one by one in an hour that the chat's tier allows; None: as many as there are."""
