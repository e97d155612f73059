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

from domain.delivery.deliveries import (
    MAX_ATTEMPTS,
    STOPPED_WAIT,
    DeliveryState,
    SendResult,
    SendStatus,
    waiting_time,
)
from domain.rules.lanes import Lane


class SystemMessageKind(StrEnum):
    """What a notice is."""

    OUTAGE = "outage"
    """One line: when the feed was blind, and what that meant for the chat."""
    EDIT = "edit"
    """A message that told of what was reverted is written anew, and says so."""
    REPLY = "reply"
    """One line that says so, where the message cannot be edited or is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageSummary:
    """An outage as one chat is told of it."""

    began_at: datetime
    ended_at: datetime
    gaps: int
    blocks: int
    """Read afterwards; 0: the source reads none."""
    unread: int = 0
    """Slots whose blocks no node gave any more."""
    events: int
    """Of the chat's wallets, that happened while it was blind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMessage:
    """One that this sender has the right to send until its lease ends."""

    system_message_id: int
    kind: SystemMessageKind
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
    outage: OutageSummary | None = None
    """Of an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMessageTransition:
    """What becomes of a notice after one try."""

    kind: SystemMessageKind
    state: DeliveryState
    wait: float = 0.0
    """Seconds until it is due again."""
    error: str | None = None


_GONE = ("message to edit not found", "message_id_invalid")
"""Parts of Telegram's words for a message that somebody deleted: there is nothing left to be corrected."""
_FINAL = {SendStatus.ACCEPTED: DeliveryState.SENT, SendStatus.CHAT_CLOSED: DeliveryState.DEAD}


def apply_result_to_system_message(notice: SystemMessage, result: SendResult) -> SystemMessageTransition:
    """What follows from what one try came to."""
    error = result.reason or None
    if result.status is SendStatus.UNDELIVERABLE:
        return _impossible(notice, error or "")
    if result.status is SendStatus.AMBIGUOUS and notice.kind is not SystemMessageKind.EDIT:
        return SystemMessageTransition(kind=notice.kind, state=DeliveryState.AMBIGUOUS, error=error)
    if result.status in {SendStatus.REFUSED, SendStatus.AMBIGUOUS} and notice.attempts + 1 >= MAX_ATTEMPTS:
        return SystemMessageTransition(kind=notice.kind, state=DeliveryState.DEAD, error=error)
    state = _FINAL.get(result.status, DeliveryState.PENDING)
    wait = 0.0 if state is not DeliveryState.PENDING else _wait(notice, result)
    return SystemMessageTransition(kind=notice.kind, state=state, wait=wait, error=error)


def _impossible(notice: SystemMessage, error: str) -> SystemMessageTransition:
    """What cannot be edited is answered; what is gone needs neither."""
    is_gone = any(part in error.lower() for part in _GONE)
    if notice.kind is SystemMessageKind.EDIT and not is_gone:
        return SystemMessageTransition(kind=SystemMessageKind.REPLY, state=DeliveryState.PENDING, error=error)
    return SystemMessageTransition(kind=notice.kind, state=DeliveryState.DEAD, error=error)


def _wait(notice: SystemMessage, result: SendResult) -> float:
    if result.status is SendStatus.MIGRATED:
        return 0.0
    if result.status is SendStatus.TOKEN_REJECTED:
        return STOPPED_WAIT
    return result.retry_after or waiting_time(notice.attempts)
