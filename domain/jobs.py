"""Job letters: the JSON arguments by which programs ask workers for work, and which function answers.

A letter is a batch or a wake-up, never one message, and names rows instead of carrying them: what must
not be lost stands in PostgreSQL, and a lost letter is written again from there.
"""

from enum import StrEnum

import msgspec


class Queue(StrEnum):
    """The queues; one worker process listens to one of them."""

    NOTIFICATIONS = "notifications"
    SECURITY_SCAN = "security-scan"
    BALANCE_CHECK = "balance-check"
    BACKFILL = "backfill"
    MAINTENANCE = "maintenance"


class DeliverLetter(msgspec.Struct, frozen=True, kw_only=True, tag="deliver"):
    """Deliveries are due: claim and send them."""


class AnswerLetter(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """A person's question waits for its answer."""

    question_id: int


class TidyLetter(msgspec.Struct, frozen=True, kw_only=True, tag="tidy"):
    """This hour's cleanup is not done yet."""


class BroadcastLetter(msgspec.Struct, frozen=True, kw_only=True, tag="broadcast"):
    """A broadcast is not through yet."""


class StepLetter(msgspec.Struct, frozen=True, kw_only=True, tag="step"):
    """A scan session waits for its next step."""

    search_id: int
    step_number: int
    """The number of the step; the job does nothing when the search has another one."""


Letter = DeliverLetter | AnswerLetter | StepLetter | TidyLetter | BroadcastLetter

FUNCTIONS: dict[Queue, str] = {
    Queue.NOTIFICATIONS: "workers.notifications.deliver",
    Queue.SECURITY_SCAN: "workers.security_scan.answer",
    Queue.BALANCE_CHECK: "workers.balance_check.answer",
    Queue.MAINTENANCE: "workers.maintenance.work",
    Queue.BACKFILL: "workers.backfill.step",
}
"""The only functions that a job may name, as dotted names: programs do not import workers."""


def write(letter: Letter) -> str:
    """The letter as JSON text."""
    return msgspec.json.encode(letter).decode()


def read(text: str) -> Letter:
    """The letter in `text`.

    Raises:
        ValueError: no letter of this version.
    """
    letter: Letter = msgspec.json.decode(text, type=Letter)
    return letter
