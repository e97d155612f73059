"""Whatever senders and Telegram do, the message of a position shows each event that was sent.

On PostgreSQL itself: senders that die, answers that are lost, messages that people delete.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.activity.activity import Activity
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, DeliveryKind
from domain.delivery.living import living_id_of
from domain.delivery.results import SendResult, SendStatus
from storage.delivery.claims import events_of_living
from storage.delivery.deliveries import recover
from storage.postgres import Database, open_database
from tests.storage.living import (
    answer,
    bought,
    decide,
    follow_living,
    next_message,
    pass_seconds,
    sold,
)

pytestmark = pytest.mark.services

MOVES = ("buy", "buy", "exit", "sent", "sent", "sent", "lost", "unheard", "refused", "delete")
STEPS = st.lists(st.sampled_from((*MOVES, "dies-before", "dies-after", "time", "time")), max_size=30)


@dataclass
class Chat:
    """What stands in the chat, as Telegram has it."""

    messages: dict[int, tuple[str, ...]] = field(default_factory=dict)
    sent: int = 0
    setbacks: int = 0
    """What may cost a position another message."""

    def take(self, group: list[ClaimedDelivery], displayed: tuple[str, ...]) -> SendResult:
        first = group[0]
        if first.kind not in {DeliveryKind.LIVING_EDIT, DeliveryKind.LIVING_REFRESH}:
            self.sent += 1
            self.messages[self.sent] = displayed
            return SendResult(status=SendStatus.ACCEPTED, message_id=self.sent)
        content = first.content
        living = content.living if isinstance(content, AlertContent) else content
        message_id = getattr(living, "message_id", None)
        if message_id not in self.messages:
            self.setbacks += 1
            return SendResult(status=SendStatus.MESSAGE_GONE)
        self.messages[message_id] = displayed
        return SendResult(status=SendStatus.ACCEPTED)


async def shown_by(database: Database, group: list[ClaimedDelivery]) -> tuple[str, ...]:
    living_id = living_id_of(group[0])
    if living_id is None or group[0].kind is DeliveryKind.ALERT:
        return ()
    events = (await events_of_living(database, [living_id]))[living_id].deliveries
    return tuple(_signature(one) for one in events)


def _signature(delivery: ClaimedDelivery) -> str:
    assert isinstance(delivery.content, AlertContent)
    assert isinstance(delivery.content.event, Activity)
    return delivery.content.event.signature


async def send_once(database: Database, chat: Chat, step: str = "sent") -> bool:
    group = await next_message(database)
    if not group:
        return False
    displayed = await shown_by(database, group)
    reached = step in {"sent", "unheard", "dies-after"}
    result = chat.take(group, displayed) if reached else SendResult(status=SendStatus.AMBIGUOUS)
    chat.setbacks += step != "sent"
    if step.startswith("dies"):
        await database.execute(
            "UPDATE deliveries SET lease_until = now() - interval '1 s' WHERE state = 'sending'"
        )
        await recover(database)
        return True
    outcomes: dict[str, Callable[[], SendResult]] = {
        "refused": lambda: SendResult(status=SendStatus.UNDELIVERABLE),
        "sent": lambda: result,
    }
    unheard = lambda: SendResult(status=SendStatus.AMBIGUOUS)  # noqa: E731 - as the others
    await answer(database, group, outcomes.get(step, unheard)())
    return True


async def play(database: Database, steps: list[str]) -> None:
    await database.execute("TRUNCATE chats, wallets, alerts, activity_keys, activities CASCADE")
    await follow_living(database)
    chat, number = Chat(), 0
    for step in steps:
        if step in {"buy", "exit"}:
            number += 1
            await decide(database, bought(number) if step == "buy" else sold(number, left=0))
        elif step == "time":
            await pass_seconds(database, 11)
        elif step == "delete" and chat.messages:
            del chat.messages[max(chat.messages)]
        else:
            await send_once(database, chat, step)
    for _ in range(4 * number + 20):
        await pass_seconds(database, 2_000)
        await send_once(database, chat)
    await check(database, chat)


async def check(database: Database, chat: Chat) -> None:
    rows = await database.fetch(
        "SELECT payload->>'signature' AS signature, deliveries.kind, state, message_id, living_id"
        " FROM deliveries JOIN alerts USING (alert_id)"
    )
    assert {row["state"] for row in rows} <= {"sent", "dead", "unconfirmed"}
    for row in rows:
        is_listed = row["kind"] in {"living", "living_edit"} and row["state"] == "sent"
        if is_listed and row["message_id"] in chat.messages:
            assert row["signature"] in chat.messages[row["message_id"]]
    begun = len({row["message_id"] for row in rows if row["kind"] == "living" and row["state"] == "sent"})
    positions = await database.fetchval("SELECT count(*) FROM living_alerts")
    assert begun <= positions + chat.setbacks


def test_no_order_of_events_loses_an_event_of_a_position(postgres_url: str) -> None:
    loop = asyncio.new_event_loop()
    database = loop.run_until_complete(open_database(postgres_url))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(STEPS)
    def law(steps: list[str]) -> None:
        loop.run_until_complete(play(database, steps))

    try:
        law()
    finally:
        loop.run_until_complete(database.close())
        loop.close()
