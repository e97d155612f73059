"""Senders for the tests: they send short words of their own, and what they need around them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.activity.activity import Activity
from domain.circuits import Timing
from domain.delivery.deliveries import AlertContent, ChannelName, ClaimedDelivery, DeliveryState
from domain.delivery.facts import NO_FACTS, MessageFacts
from domain.delivery.results import SendResult
from messaging.sending.circuit_breaker import CircuitBreaker, LocalCircuit
from messaging.sending.ports import Outbox
from messaging.sending.rate_limiter import Limiter, LocalLimits
from messaging.sending.sender import Sender
from messaging.telegram.channel import ChatLimits, MessageSender
from messaging.telegram.methods import Message, Methods
from runtime.processes.lifecycle import Stop
from sandbox.telegram.server import SandboxTelegram
from storage.postgres import Database
from tests.storage.sample_data import fan_out_all, follow, happened, purchase
from workers.delivery_store import StoredOutbox

Render = Callable[[Sequence[ClaimedDelivery], MessageFacts], Message]


def words(group: Sequence[ClaimedDelivery], _: MessageFacts) -> Message:
    possible_repeat = " again" if group[0].ambiguous_sends else ""
    alerts = [one.content for one in group if isinstance(one.content, AlertContent)]
    names = " ".join(alert.event.signature for alert in alerts if isinstance(alert.event, Activity))
    return Message(chat_id=group[0].chat_id, text=f"{names}{possible_repeat}")


async def no_facts(_: Sequence[ClaimedDelivery]) -> MessageFacts:
    return NO_FACTS


class RecordedMethods:
    """Remembers what came of each message."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods
        self.results: list[SendResult] = []

    async def send(self, message: Message) -> SendResult:
        self.results.append(await self._methods.send(message))
        return self.results[-1]

    async def edit(self, message: Message, message_id: int) -> SendResult:
        return await self._methods.edit(message, message_id)


@dataclass(frozen=True, kw_only=True)
class WordsChannel:
    """Sends short words by Telegram."""

    methods: MessageSender
    limits: ChatLimits
    words: Render = words

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message | None:
        return self.words(group, facts)

    async def send(self, message: Message) -> SendResult:
        return await self.methods.send(message)


class Alone(LocalLimits):
    """Limits of one process."""

    async def pause(self, scope: str, seconds: float) -> None:
        return None


def words_sender(
    outbox: Outbox,
    methods: MessageSender,
    limiter: Limiter,
    *,
    render: Render = words,
    group_messages: bool = False,
) -> Sender:
    channel = WordsChannel(methods=methods, limits=ChatLimits(limiter=limiter), words=render)
    return Sender(outbox, {ChannelName.TELEGRAM: channel}, no_facts, group_messages=group_messages)


QUICK = Timing(first_wait=0.05, max_wait=0.2, repeat_patience=0.1)
"""The times of a breaker, shortened."""


def make_sender(database: Database, methods: Methods, *, owner: str = "a") -> Sender:
    breaker = CircuitBreaker(LocalCircuit(), methods.probe, timing=QUICK)
    limiter = Limiter(Alone(slower=0.001), rate=1000, breaker=breaker)
    return words_sender(StoredOutbox(database, owner=owner), methods, limiter)


@asynccontextmanager
async def running(*senders: Sender) -> AsyncIterator[Stop]:
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        for one in senders:
            group.create_task(one.run(stop))
        yield stop
        stop.set()


async def states(database: Database) -> list[str]:
    rows = await database.fetch("SELECT state FROM deliveries ORDER BY delivery_id")
    return [row["state"] for row in rows]


async def until(fact: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await fact():  # noqa: ASYNC110 - rows of PostgreSQL raise no events
            await asyncio.sleep(0.01)


async def until_states(database: Database, *expected: DeliveryState) -> None:
    async def reached() -> bool:
        return await states(database) == [state.value for state in expected]

    await until(reached)


async def make_due(database: Database, chats: Sequence[int], count: int = 1, *, first: int = 0) -> None:
    for chat_id in chats:
        await follow(database, chat_id)
    await happened(database, *(purchase(number) for number in range(first, first + count)))
    await fan_out_all(database)


def texts(telegram: SandboxTelegram, chat_id: int) -> list[str | None]:
    return [entry.text for entry in telegram.ledger.messages(chat_id)]
