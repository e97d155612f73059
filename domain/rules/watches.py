"""A watch: one chat's following of one wallet, and what it calls the wallet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.activity.addresses import short
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


def namesakes(watches: Sequence[Watch], watch: Watch) -> list[Watch]:
    """The other watches that bear the same name."""
    label = watch.label.casefold()
    return [one for one in watches if one.wallet != watch.wallet and one.label.casefold() == label != ""]


def distinguish(watches: Sequence[Watch], watch: Watch) -> Watch:
    """A watch with a name for people to read: if others share it, with the shortened address behind it."""
    if not namesakes(watches, watch):
        return watch
    return replace(watch, label=distinct_label(watch.label, watch.wallet))


def distinct_label(label: str, wallet: str) -> str:
    """A name that several wallets bear, with the shortened address behind it; as long as a name may be."""
    address = short(wallet)
    room = MAX_LABEL - len(address) - 1
    return f"{label if len(label) <= room else label[: room - 1].rstrip() + '…'} {address}"
