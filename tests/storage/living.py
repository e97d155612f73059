"""What several tests of living alerts do: events of a position, and senders that take up its messages."""

from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, DeliveryKind, LivingMessage
from domain.delivery.results import SendResult, SendStatus, apply_result_to_group
from messaging.sending.groups import next_group
from storage.chats.rules import change_settings
from storage.delivery.claims import claim, events_of_living
from storage.delivery.deliveries import mark_sending, record_results
from storage.postgres import Database
from tests.storage.sample_data import ALICE, MINT, fan_out_all, follow, happened, purchase

ACCEPTED = SendResult(status=SendStatus.ACCEPTED, message_id=7)
EDITED = SendResult(status=SendStatus.ACCEPTED)
GONE = SendResult(status=SendStatus.MESSAGE_GONE)
AMBIGUOUS = SendResult(status=SendStatus.AMBIGUOUS)


async def follow_living(database: Database, *chats: int) -> None:
    for chat in chats or (ALICE,):
        await follow(database, chat)
        await change_settings(database, chat, lambda old: structs.replace(old, living=True))


def bought(number: int) -> Activity:
    return structs.replace(purchase(number), token_before=number * 10, token_after=number * 10 + 10)


def sold(number: int, *, left: int) -> Activity:
    return structs.replace(
        purchase(number, kind=Kind.SELL),
        paid=(Leg(mint=MINT, raw=100 - left, decimals=5),),
        received=(Leg(mint=SOL, raw=84_200_000_000, decimals=9),),
        token_before=100,
        token_after=left,
    )


async def decide(database: Database, *activities: Activity) -> None:
    await happened(database, *activities)
    await fan_out_all(database)


async def pass_seconds(database: Database, seconds: float) -> None:
    """Let everything that was scheduled or sent lie further back."""
    await database.execute("UPDATE deliveries SET due_at = due_at - make_interval(secs => $1)", seconds)
    await database.execute("UPDATE living_alerts SET edit_at = edit_at - make_interval(secs => $1)", seconds)


async def next_message(database: Database, owner: str = "a") -> list[ClaimedDelivery]:
    """Return what one sender takes up for its next message, marked; empty: nothing is due."""
    claimed = await claim(database, owner=owner, limit=60)
    if not claimed:
        return []
    group = next_group(claimed, is_limited=False)
    ids = [one.delivery_id for one in group]
    assert await mark_sending(database, owner=owner, delivery_ids=ids) == set(ids)
    rest = [one.delivery_id for one in claimed if one.delivery_id not in ids]
    await database.execute("UPDATE deliveries SET lease_until = NULL WHERE delivery_id = ANY($1)", rest)
    return group


async def answer(
    database: Database, group: list[ClaimedDelivery], result: SendResult = ACCEPTED, owner: str = "a"
) -> None:
    transitions = apply_result_to_group(group, result)
    await record_results(database, owner=owner, transitions=transitions)


async def send(database: Database, result: SendResult = ACCEPTED) -> list[ClaimedDelivery]:
    group = await next_message(database)
    await answer(database, group, result)
    return group


async def rows(database: Database) -> list[tuple[str, str, int | None]]:
    found = await database.fetch("SELECT kind, state, message_id FROM deliveries ORDER BY delivery_id")
    return [(row["kind"], row["state"], row["message_id"]) for row in found]


def kinds(group: list[ClaimedDelivery]) -> list[DeliveryKind]:
    return [one.kind for one in group]


def living_of(delivery: ClaimedDelivery) -> LivingMessage | None:
    content = delivery.content
    return content.living if isinstance(content, AlertContent) else None


async def displayed(database: Database) -> list[str]:
    (living_id,) = [
        row["living_id"] for row in await database.fetch("SELECT living_id FROM living_alerts LIMIT 1")
    ]
    events = await events_of_living(database, [living_id])
    return [
        one.content.event.signature
        for one in events[living_id].deliveries
        if isinstance(one.content, AlertContent) and isinstance(one.content.event, Activity)
    ]
