"""Deliveries: their states, what a send may come to, and what follows from it. Pure.

pending ──> sending ──> sent
   ^           ├──────> retry ──> sending …
   │           ├──────> dead       it can never arrive
   │           └──────> unknown    the answer was lost a second time; nobody can tell
suppressed                         a gate said no, or the watch is gone
held ──> pending | folded          told later, in one digest with others
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.activity.activity import Activity
from domain.rules.decisions import Decision
from domain.rules.lanes import Lane

MAX_ATTEMPTS = 12
"""Refused sends before a delivery is given up; with the waits below about four hours."""
FIRST_WAIT = 1.0
MAX_WAIT = 1800.0
STOPPED_WAIT = 30.0
"""Seconds between looks whether a refused token works again."""
MAX_AMBIGUOUS_SENDS = 1
"""How often a send may be repeated whose answer was lost; not at all in the bulk lane."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    """Wanted, not handed over yet; it may be claimed."""
    SENDING = "sending"
    """Committed before the call to Telegram; if the sender dies now, nobody can tell what came of it."""
    SENT = "sent"
    RETRY = "retry"
    """Handed back; it may be claimed once due."""
    SUPPRESSED = "suppressed"
    """A gate said no, or the wallet was unfollowed before it was sent."""
    DEAD = "dead"
    """It can never arrive: the chat is gone, or Telegram will not take the message."""
    AMBIGUOUS = "ambiguous"
    """The answer was lost twice; it probably stands in the chat."""
    DEFERRED = "deferred"
    """A gate said not yet: it waits for the end of quiet hours or for the next digest."""
    DIGESTED = "digested"
    """It stands in the digest of another delivery, whose fate is its own."""


def first_state(decision: Decision) -> DeliveryState:
    """The state in which the delivery of an alert begins."""
    if decision.wanted:
        return DeliveryState.PENDING
    return DeliveryState.DEFERRED if decision.due_at is not None else DeliveryState.SUPPRESSED


class SendStatus(StrEnum):
    """What one try to send came to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Certainly not in the chat; safe to try again."""
    AMBIGUOUS = "ambiguous"
    """The answer did not arrive: the message may stand in the chat."""
    UNDELIVERABLE = "undeliverable"
    """Telegram will never take this message for this chat."""
    CHAT_CLOSED = "chat_closed"
    """Blocked, kicked, deactivated or deleted: nothing will arrive there."""
    MIGRATED = "migrated"
    """The group has a new id; the message is to go there."""
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a name
    """The token is refused: no message can be sent by anyone until an operator acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What one try to send came to, with what the next step needs."""

    status: SendStatus
    message_id: int | None = None
    """Telegram's id of the accepted message."""
    retry_after: float | None = None
    """Seconds that Telegram asks to wait."""
    new_chat_id: int | None = None
    """Where the group has moved to."""
    reason: str = ""
    """Telegram's or the network's words, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that this sender has the right to send until its lease ends."""

    delivery_id: int
    alert_id: int
    chat_id: int
    topic_id: int
    watch_id: int | None
    label: str
    activity: Activity
    attempts: int
    ambiguous_sends: int
    """Sends before this one whose answer was lost; above 0 the message says that it may be a repeat."""
    happened_at: datetime
    """The block's time, or when it was seen where the chain gave none."""
    created_at: datetime
    reasons: str | None = None
    """By what it was decided, as JSON; None: the chat had set nothing."""
    digest_id: int | None = None
    """Its own id where it carries a digest of held deliveries."""
    lane: Lane = Lane.NORMAL
    send_alone: bool = False
    """Telegram refused a message in which it stood with others; it goes by itself."""
    sent_at: datetime | None = None
    """When it was told, if it was: its message is to be written as of then."""
    reverted: bool = False
    """Whether what it tells died with its fork."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTransition:
    """What becomes of a delivery after one try."""

    delivery_id: int
    state: DeliveryState
    attempts: int
    ambiguous_sends: int
    ambiguous_sends_before: int
    """As it was when it was marked: another mark of the same delivery is not settled by this."""
    wait: float = 0.0
    """Seconds until it is due again."""
    message_id: int | None = None
    error: str | None = None
    send_alone: bool = False
    """From now on it goes by itself."""


def apply_result_to_group(group: Sequence[ClaimedDelivery], result: SendResult) -> list[DeliveryTransition]:
    """What follows for deliveries that one message carried.

    A message that Telegram will never take may be so because of one of them: then each tries by itself.
    """
    if len(group) == 1 or result.status is not SendStatus.UNDELIVERABLE:
        return [apply_result(claimed, result) for claimed in group]
    apart = replace(result, status=SendStatus.REFUSED)
    return [replace(apply_result(claimed, apart), wait=0.0, send_alone=True) for claimed in group]


def max_ambiguous_sends(lane: Lane) -> int:
    """How often a message of this lane may be repeated whose answer was lost."""
    return 0 if lane is Lane.BULK else MAX_AMBIGUOUS_SENDS


def apply_result(claimed: ClaimedDelivery, result: SendResult) -> DeliveryTransition:
    """What follows for a delivery from what its send came to."""
    is_ambiguous = result.status is SendStatus.AMBIGUOUS
    return DeliveryTransition(
        delivery_id=claimed.delivery_id,
        state=_state(claimed, result),
        attempts=claimed.attempts + _counts(result),
        ambiguous_sends=claimed.ambiguous_sends + is_ambiguous,
        ambiguous_sends_before=claimed.ambiguous_sends,
        wait=_wait(claimed, result),
        message_id=result.message_id,
        error=result.reason or None,
        send_alone=claimed.send_alone,
    )


_FINAL = {
    SendStatus.ACCEPTED: DeliveryState.SENT,
    SendStatus.UNDELIVERABLE: DeliveryState.DEAD,
    SendStatus.CHAT_CLOSED: DeliveryState.DEAD,
}


def _state(claimed: ClaimedDelivery, result: SendResult) -> DeliveryState:
    if result.status is SendStatus.AMBIGUOUS:
        return (
            DeliveryState.RETRY
            if claimed.ambiguous_sends < max_ambiguous_sends(claimed.lane)
            else DeliveryState.AMBIGUOUS
        )
    if result.status is SendStatus.REFUSED and claimed.attempts + _counts(result) >= MAX_ATTEMPTS:
        return DeliveryState.DEAD
    return _FINAL.get(result.status, DeliveryState.RETRY)


def _counts(result: SendResult) -> int:
    """1 for a try that used up an attempt; waiting when told to, moving or standing still does not."""
    retry_after_given = result.retry_after is not None
    return 0 if retry_after_given or result.status in {SendStatus.TOKEN_REJECTED, SendStatus.MIGRATED} else 1


def _wait(claimed: ClaimedDelivery, result: SendResult) -> float:
    if result.status is SendStatus.MIGRATED:
        return 0.0
    if result.status is SendStatus.TOKEN_REJECTED:
        return STOPPED_WAIT
    return result.retry_after or waiting_time(claimed.attempts)


def waiting_time(attempts: int) -> float:
    """Seconds before the next try after `attempts` earlier ones: doubling from one second to half an hour."""
    return min(MAX_WAIT, FIRST_WAIT * 2.0 ** min(attempts, 20))
