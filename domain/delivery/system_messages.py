"""Notices: what a chat is told besides alerts, and what follows from each try to tell it. Pure.

pending ──> sending ──> sent
   ^            ├─────> pending    refused, or an edit whose answer was lost: editing twice is editing once
   │            ├─────> dead       it can never arrive, or there is nothing left to be edited
   │            └─────> unknown    the answer was lost; nobody misses the second copy of such a line
   └── edit refused for good: from now on it is a reply to the message
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.delivery.deliveries import MAX_ATTEMPTS, STOPPED_WAIT, Fate, Outcome, State, waiting_time
from domain.rules.lanes import Lane


class NoticeKind(StrEnum):
    """What a notice is."""

    OUTAGE = "outage"
    """One line: when the feed was blind, and what that meant for the chat."""
    EDIT = "edit"
    """A message that told of what was reverted is written anew, and says so."""
    REPLY = "reply"
    """One line that says so, where the message cannot be edited or is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """An outage as one chat is told of it."""

    began_at: datetime
    ended_at: datetime
    spells: int
    blocks: int
    """Read afterwards; 0: the source reads none."""
    unread: int = 0
    """Slots whose blocks no node gave any more."""
    events: int
    """Of the chat's wallets, that happened while it was blind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One that this sender has the right to send until its lease ends."""

    notice_id: int
    kind: NoticeKind
    chat_id: int
    topic_id: int
    message_id: int | None
    """That is edited or answered; None: none is known."""
    delivery_id: int | None
    """That told what was reverted."""
    upto_id: int
    """Notices of the same message up to this one are said by the same edit."""
    lane: Lane
    attempts: int
    blind: Blind | None = None
    """Of an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of a notice after one try."""

    kind: NoticeKind
    state: State
    wait: float = 0.0
    """Seconds until it is due again."""
    error: str | None = None


_GONE = ("message to edit not found", "message_id_invalid")
"""Parts of Telegram's words for a message that somebody deleted: there is nothing left to be corrected."""
_FINAL = {Fate.ACCEPTED: State.SENT, Fate.CHAT_GONE: State.DEAD}


def settle_notice(notice: Notice, outcome: Outcome) -> Settled:
    """What follows from what one try came to."""
    error = outcome.reason or None
    if outcome.fate is Fate.IMPOSSIBLE:
        return _impossible(notice, error or "")
    if outcome.fate is Fate.LOST and notice.kind is not NoticeKind.EDIT:
        return Settled(kind=notice.kind, state=State.UNKNOWN, error=error)
    if outcome.fate in {Fate.REFUSED, Fate.LOST} and notice.attempts + 1 >= MAX_ATTEMPTS:
        return Settled(kind=notice.kind, state=State.DEAD, error=error)
    state = _FINAL.get(outcome.fate, State.PENDING)
    wait = 0.0 if state is not State.PENDING else _wait(notice, outcome)
    return Settled(kind=notice.kind, state=state, wait=wait, error=error)


def _impossible(notice: Notice, error: str) -> Settled:
    """What cannot be edited is answered; what is gone needs neither."""
    is_gone = any(part in error.lower() for part in _GONE)
    if notice.kind is NoticeKind.EDIT and not is_gone:
        return Settled(kind=NoticeKind.REPLY, state=State.PENDING, error=error)
    return Settled(kind=notice.kind, state=State.DEAD, error=error)


def _wait(notice: Notice, outcome: Outcome) -> float:
    if outcome.fate is Fate.MIGRATED:
        return 0.0
    if outcome.fate is Fate.STOPPED:
        return STOPPED_WAIT
    return outcome.retry_after or waiting_time(notice.attempts)
