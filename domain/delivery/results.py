"""Send results, and the one rule of the next delivery state. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

import msgspec
from msgspec import structs

from domain.delivery.deliveries import (
    KIND_RULES,
    AlertContent,
    ClaimedDelivery,
    DeliveryKind,
    DeliveryState,
    KindRules,
)

FIRST_WAIT = 1.0
MAX_WAIT = 1800.0
NO_WORDS = "it could not be put into words"
"""Why something was not sent that is our own fault."""
NOT_TRIED = "not tried yet: too much else is under way"
"""Why something was held back for want of means of our own."""
HELD_BACK_WAIT = 5.0
"""Seconds until a push is due again that was not tried: that is no step of its ladder."""
TOKEN_REJECTED_WAIT = 30.0
"""Seconds between looks whether a rejected token works again."""
JITTER = 0.1
"""Of the waits of pushes."""
NAMED_AFTER = 3600.0
"""Seconds after its second ambiguous send until a delivery is named among those that may not have arrived."""
MAX_SUSPENDED_ATTEMPTS = 350
"""Sends that a held chat refused before a delivery is given up: a week, with half an hour between them."""


class NoMessageToEdit(Exception):  # noqa: N818 - it says what is the matter
    """The message that was to be edited is not known: there is nothing to be edited."""


class SendStatus(StrEnum):
    """What one try to send came to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Certainly not in the chat; safe to try again."""
    AMBIGUOUS = "ambiguous"
    """The answer did not arrive: the message may stand in the chat."""
    CHAT_SUSPENDED = "chat_held"
    """Nothing may be written there at present, as in a group's night; that may pass without a sign of it."""
    UNDELIVERABLE = "undeliverable"
    """Telegram will never take this message for this chat."""
    MESSAGE_GONE = "message_gone"
    """The message that was to be edited was deleted: nothing is left to be edited."""
    CHAT_CLOSED = "chat_closed"
    """Blocked, kicked, deactivated or deleted: nothing will arrive there; of a webhook: it is gone."""
    MIGRATED = "migrated"
    """The group has a new id; the message is to go there."""
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a name
    """No message can be sent by anyone until an operator acts."""


class SendResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one try to send came to, with what the next step needs."""

    status: SendStatus
    message_id: int | None = None
    """Telegram's id of the accepted message."""
    is_ephemeral: bool = False
    """One person alone sees it, and its id is one of their own messages."""
    retry_after: float | None = None
    """Seconds that Telegram asks to wait."""
    new_chat_id: int | None = None
    """Where the group has moved to."""
    is_throttled: bool = False
    """A receiver of pushes is at its limit: it did not take this one, for now."""
    seconds: float = 0.0
    """Until a receiver of pushes answered."""
    unreachable: bool = False
    """No connection was made: certainly nothing was sent, and the next message fares no better."""
    held_back: bool = False
    """It was not tried at all."""
    reason: str = ""
    """Telegram's or the network's words, without secrets."""

    @property
    def is_outage(self) -> bool:
        """Whether it is a sign that Telegram does not answer properly, to anybody."""
        return self.unreachable or self.status is SendStatus.AMBIGUOUS


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTransition:
    """What becomes of a delivery after one try."""

    delivery_id: int
    kind: DeliveryKind
    state: DeliveryState
    attempts: int
    ambiguous_sends: int
    ambiguous_sends_before: int
    """As it was when it was marked: this is not recorded for another mark of the same delivery."""
    wait: float = 0.0
    """Seconds until it is due again."""
    message_id: int | None = None
    error: str | None = None
    send_alone: bool = False
    """From now on it goes by itself."""
    silence: float = 0.0
    """Seconds for which its destination asked for silence."""
    is_throttled: bool = False
    """It keeps its place: its destination was at its limit."""
    seconds: float = 0.0
    """Until its receiver answered."""


class Recovered(NamedTuple):
    """What senders that ended had marked, and not recorded."""

    messages: int
    """That chats may have: their sends are ambiguous."""
    pushes: int
    """That are tried again under the same id, so that nobody needs to know."""


def apply_result_to_group(group: Sequence[ClaimedDelivery], result: SendResult) -> list[DeliveryTransition]:
    """Return what follows for deliveries that one message carried.

    A message of several alerts that Telegram will never take may be so because of one of them: then each is
    tried by itself.
    """
    is_one = KIND_RULES[group[0].kind].is_edit or group[0].kind is DeliveryKind.LIVING
    is_mixed = len(group) > 1 and not is_one
    if not is_mixed or result.status is not SendStatus.UNDELIVERABLE:
        return [apply_result(delivery, result) for delivery in group]
    apart = structs.replace(result, status=SendStatus.REFUSED)
    return [replace(apply_result(delivery, apart), wait=0.0, send_alone=True) for delivery in group]


def apply_result(delivery: ClaimedDelivery, result: SendResult) -> DeliveryTransition:
    """Return what follows for a delivery from the result of one try."""
    rules = KIND_RULES[delivery.kind]
    becomes = _becomes(rules, result.status)
    return DeliveryTransition(
        delivery_id=delivery.delivery_id,
        kind=becomes or delivery.kind,
        state=DeliveryState.RETRY if becomes else _next_state(delivery, result),
        attempts=delivery.attempts + _counts(rules, result),
        ambiguous_sends=delivery.ambiguous_sends + (result.status is SendStatus.AMBIGUOUS),
        ambiguous_sends_before=delivery.ambiguous_sends,
        wait=0.0 if becomes else _wait(delivery, result),
        message_id=_message_id(delivery, rules, result),
        error=result.reason or None,
        send_alone=delivery.send_alone,
        silence=result.retry_after or 0.0,
        is_throttled=result.is_throttled and rules.waits_as_asked,
        seconds=result.seconds,
    )


def _becomes(rules: KindRules, status: SendStatus) -> DeliveryKind | None:
    if status is SendStatus.UNDELIVERABLE:
        return rules.if_undeliverable
    return rules.if_gone if status is SendStatus.MESSAGE_GONE else None


def _message_id(delivery: ClaimedDelivery, rules: KindRules, result: SendResult) -> int | None:
    """The message in which its event stands now; an equal text is accepted without an id."""
    if not rules.is_edit:
        return result.message_id
    content = delivery.content
    is_shown = rules.adds_event and result.status is SendStatus.ACCEPTED
    if not is_shown or not isinstance(content, AlertContent) or content.living is None:
        return None
    return content.living.message_id


_FINAL = {
    SendStatus.ACCEPTED: DeliveryState.SENT,
    SendStatus.UNDELIVERABLE: DeliveryState.DEAD,
    SendStatus.MESSAGE_GONE: DeliveryState.DEAD,
    SendStatus.CHAT_CLOSED: DeliveryState.DEAD,
}


def _next_state(delivery: ClaimedDelivery, result: SendResult) -> DeliveryState:
    rules = KIND_RULES[delivery.kind]
    attempts = delivery.attempts + _counts(rules, result)
    if result.status is SendStatus.AMBIGUOUS and not (rules.is_edit or rules.is_push):
        return state_after_ambiguous(delivery.kind, delivery.ambiguous_sends)
    if attempts >= _MAX_ATTEMPTS.get(result.status, rules.max_attempts) and _counts(rules, result):
        return _FINAL.get(result.status, DeliveryState.DEAD)
    return _FINAL.get(result.status, DeliveryState.RETRY)


_MAX_ATTEMPTS = {SendStatus.CHAT_SUSPENDED: MAX_SUSPENDED_ATTEMPTS}


def state_after_ambiguous(kind: DeliveryKind, before: int) -> DeliveryState:
    """What becomes of a delivery whose answer did not come, after `before` earlier such sends of it."""
    rules = KIND_RULES[kind]
    if rules.is_push or before < rules.max_ambiguous_sends:
        return DeliveryState.RETRY
    return DeliveryState.UNCONFIRMED if rules.is_named else DeliveryState.AMBIGUOUS


def _counts(rules: KindRules, result: SendResult) -> int:
    """1 for a try that used up an attempt; to wait as asked, to move or to stand still does not.

    Each try of a push does, unless its receiver is at its limit: it is known again by its id, and its ladder
    has an end, as its age has.
    """
    if rules.is_push:
        return 0 if result.held_back or (result.is_throttled and rules.waits_as_asked) else 1
    is_asked_to_wait = result.retry_after is not None
    is_free = result.status in {SendStatus.TOKEN_REJECTED, SendStatus.MIGRATED}
    return 0 if is_asked_to_wait or is_free or result.unreachable or result.held_back else 1


def _wait(delivery: ClaimedDelivery, result: SendResult) -> float:
    if result.status is SendStatus.MIGRATED:
        return 0.0
    if result.status is SendStatus.TOKEN_REJECTED:
        return TOKEN_REJECTED_WAIT
    if _next_state(delivery, result) is DeliveryState.UNCONFIRMED:
        return NAMED_AFTER
    if KIND_RULES[delivery.kind].is_push:
        return _push_wait(KIND_RULES[delivery.kind], delivery, result)
    return result.retry_after or waiting_time(delivery.attempts)


def _push_wait(rules: KindRules, delivery: ClaimedDelivery, result: SendResult) -> float:
    if result.held_back:
        return HELD_BACK_WAIT
    asked = result.retry_after or 0.0
    is_free = _counts(rules, result) == 0
    return asked if is_free else max(_ladder_wait(rules.ladder, delivery), asked)


def waiting_time(attempts: int) -> float:
    """Seconds before the next try after `attempts` earlier ones: doubling from one second to half an hour."""
    return min(MAX_WAIT, FIRST_WAIT * 2.0 ** min(attempts, 20))


def _ladder_wait(ladder: Sequence[float], delivery: ClaimedDelivery) -> float:
    """Seconds before the next try of a push, up to a tenth more or less: what failed together comes apart.

    They follow from delivery and try, so that the same rule gives the same time.
    """
    wait = ladder[min(delivery.attempts, len(ladder) - 1)]
    share = crc32(b"%d:%d" % (delivery.delivery_id, delivery.attempts)) / 0xFFFFFFFF
    return wait * (1.0 + JITTER * (2.0 * share - 1.0))
