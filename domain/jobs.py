"""Job payloads: the JSON arguments by which programs ask workers for work, and which function does it.

A payload is a wake-up or names rows, such as a slow question of a person; it never carries a message. What
must not be lost is stored in PostgreSQL, and a lost job is enqueued again from there.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import msgspec

MAX_ATTEMPTS = 5
"""Attempts at a question, unless the rules of its queue say otherwise."""
MAX_CONCURRENCY = 500


class Queue(StrEnum):
    """The queues; one worker process listens to one of them."""

    NOTIFICATIONS = "notifications"
    SECURITY_SCAN = "security-scan"
    BALANCE_CHECK = "balance-check"
    WHALE_SEARCH = "whale-search"
    MAINTENANCE = "maintenance"


class QuestionKind(StrEnum):
    """What people may ask that takes long to answer; workers/questions/job.py says how."""

    BALANCE = "balance"
    """What a wallet holds."""
    PRICE = "price"
    """What a token costs; with an alert on that price, which starts from it."""
    TOKEN = "token"  # noqa: S105 - a token of the chain
    """What a token costs and has cost, with a chart."""
    PORTFOLIO = "portfolio"
    """What all wallets that a chat follows hold."""
    EQUITY = "equity"
    """What a followed wallet has made over time, as a picture."""
    CAMPAIGN = "campaign"
    """What a paper campaign has come to over time, as a picture."""
    SECURITY_SCAN = "security-scan"
    """What could go wrong with a token."""


QUESTION_QUEUES: dict[QuestionKind, Queue] = {
    QuestionKind.BALANCE: Queue.BALANCE_CHECK,
    QuestionKind.PORTFOLIO: Queue.BALANCE_CHECK,
    QuestionKind.EQUITY: Queue.BALANCE_CHECK,
    QuestionKind.CAMPAIGN: Queue.BALANCE_CHECK,
    QuestionKind.PRICE: Queue.BALANCE_CHECK,
    QuestionKind.TOKEN: Queue.BALANCE_CHECK,
    QuestionKind.SECURITY_SCAN: Queue.SECURITY_SCAN,
}
"""The queue of each kind's jobs; several kinds may share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """How the worker of a queue works."""

    concurrency: int = 1
    """Questions, sends or tasks in work at a time, unless QUEUE_CONCURRENCY says otherwise."""
    seconds: float = 40.0
    """How long one may take."""
    attempts: int = MAX_ATTEMPTS
    """After so many the person reads that there is no answer."""
    first_wait: float = 1.0
    """The longest wait before the second attempt, in seconds; each may be twice the one before."""
    max_wait: float = 30.0
    niceness: int = 0
    """By how much its process lets others go first: alerts, then people who wait, then the rest."""


QUEUE_RULES: dict[Queue, QueueRules] = {
    Queue.NOTIFICATIONS: QueueRules(concurrency=5),
    Queue.SECURITY_SCAN: QueueRules(concurrency=3, first_wait=2.0, niceness=3),
    Queue.BALANCE_CHECK: QueueRules(concurrency=10, niceness=5),
    Queue.WHALE_SEARCH: QueueRules(niceness=12),
    Queue.MAINTENANCE: QueueRules(niceness=12),
}


def rules_of_kind(kind: QuestionKind) -> QueueRules:
    """The rules of the queue that answers a kind of question."""
    return QUEUE_RULES[QUESTION_QUEUES[kind]]


def sends_at_once(rate: float) -> int:
    """Calls to Telegram of a notifications worker, unless QUEUE_CONCURRENCY says otherwise.

    Five are enough for what Telegram takes for nothing, a sixth of a second each; a paid rate needs more.

    Args:
        rate: messages a second that the bot may send.
    """
    return max(QUEUE_RULES[Queue.NOTIFICATIONS].concurrency, math.ceil(rate / 6))


BOUNDED_QUEUES = (Queue.NOTIFICATIONS, Queue.SECURITY_SCAN, Queue.BALANCE_CHECK, Queue.MAINTENANCE)
"""Queues whose concurrency may be set; a whale search takes one step after the other."""


def parse_concurrency(text: str) -> dict[Queue, int]:
    """`security-scan=3,balance-check=10` by queue; a queue that is not named is not in it.

    Raises:
        ValueError: it is no such list; says what to write.
    """
    concurrency: dict[Queue, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        queue, _, number = (word.strip() for word in part.partition("="))
        if queue not in BOUNDED_QUEUES or not number.isdecimal():
            raise ValueError("must be queues and numbers, like security-scan=3,balance-check=10")
        concurrency[Queue(queue)] = int(number[:9])
    if not all(1 <= number <= MAX_CONCURRENCY for number in concurrency.values()):
        raise ValueError(f"must be from 1 to {MAX_CONCURRENCY}")
    if concurrency.get(Queue.MAINTENANCE, 1) != 1:
        raise ValueError("must leave maintenance at 1: its tasks follow each other")
    return concurrency


class DeliverPayload(msgspec.Struct, frozen=True, kw_only=True, tag="deliver"):
    """Deliveries are due: claim and send them.

    `{"type":"deliver"}`.
    """


class AnswerPayload(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """A person's question waits for its answer.

    `{"type":"answer","question_id":7,"kind":"security-scan"}`.
    """

    question_id: int
    kind: QuestionKind


class RetentionPayload(msgspec.Struct, frozen=True, kw_only=True, tag="retention"):
    """This hour's retention is not done yet.

    `{"type":"retention"}`.
    """


class CampaignsPayload(msgspec.Struct, frozen=True, kw_only=True, tag="campaigns"):
    """Paper campaigns are to continue.

    `{"type":"campaigns"}`.
    """


class SearchStepPayload(msgspec.Struct, frozen=True, kw_only=True, tag="search-step"):
    """A whale search waits for its next step.

    `{"type":"search-step","search_id":3,"step_number":12}`.
    """

    search_id: int
    step_number: int
    """The number of the step; the job does nothing when the search has another one."""


JobPayload = DeliverPayload | AnswerPayload | SearchStepPayload | RetentionPayload | CampaignsPayload

FUNCTIONS: dict[Queue, str] = {
    Queue.NOTIFICATIONS: "workers.notifications.deliver",
    Queue.SECURITY_SCAN: "workers.questions.job.answer",
    Queue.BALANCE_CHECK: "workers.questions.job.answer",
    Queue.MAINTENANCE: "workers.maintenance.work",
    Queue.WHALE_SEARCH: "workers.whale_search.step",
}
"""The only functions that a job may name, as dotted names: programs do not import workers."""


def write(payload: JobPayload) -> str:
    """The payload as JSON text."""
    return msgspec.json.encode(payload).decode()


def read(text: str) -> JobPayload:
    """The payload in `text`.

    Raises:
        ValueError: it is no payload of this version.
    """
    payload: JobPayload = msgspec.json.decode(text, type=JobPayload)
    return payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asked, and where the answer goes."""

    question_id: int
    kind: QuestionKind
    chat_id: int
    topic_id: int
    message_id: int
    """The message that the answer replaces."""
    subject: str
    """The address or mint that it is about."""
    attempts: int
    """Attempts so far, this one included."""
    update_id: int = 0
    """The update by which it was asked; 0: not known here."""
    language: str = ""
    """In which the chat reads, and how it reads numbers, as in `Display`."""
    numbers: str = ""
    receiver_id: int = 0
    """Who alone sees the message that the answer replaces; 0: everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCounts:
    """The questions of one queue: open now, and ended within 24 hours."""

    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    oldest_seconds: float = 0.0
    """How long ago the first open one was asked."""
