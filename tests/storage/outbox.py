"""What several tests of the outbox do: alerts are reverted or deferred, an outage ends, an answer is lost."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.delivery.deliveries import ClaimedDelivery
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.rules import ChatSettings, Digest
from storage.chats.rules import change_settings
from storage.delivery.claims import claim
from storage.delivery.corrections import correct_next
from storage.delivery.deliveries import mark_sending, record_results
from storage.delivery.system_messages import address_next
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.postgres import Connection, Database
from tests.storage.sample_data import CHAIN, WHALE, fan_out_all, follow, happened, purchase

T = TypeVar("T")
NEWCOMER = 1999
HOURLY_DIGEST = ChatSettings(digest=Digest.HOURLY)


class LosesAnswers(Database):
    """Commits, gets no answer, and tries again."""

    async def transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        await super().transaction(work)
        return await super().transaction(work)

    async def repeatable(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        await super().repeatable(work)
        return await super().repeatable(work)


async def sent_while_provisional(database: Database, *numbers: int) -> None:
    await store(database, Batch(chain=CHAIN, activities=[purchase(n) for n in numbers], provisional=True))
    await fan_out_all(database)


async def revert_alert(database: Database, number: int) -> None:
    await database.execute(
        "INSERT INTO provisional (chain, signature, wallet, slot) VALUES ($1, $2, $3, 1)"
        " ON CONFLICT DO NOTHING",
        CHAIN,
        f"signature-{number}",
        WHALE,
    )
    assert await revert(database, chain=CHAIN, absent=[(f"signature-{number}", WHALE)]) == 1


async def claim_and_mark(database: Database) -> list[ClaimedDelivery]:
    claimed = await claim(database, owner="a", limit=60)
    await mark_sending(database, owner="a", delivery_ids=[one.delivery_id for one in claimed])
    return claimed


async def send_all(database: Database, *, message_id: int = 7) -> None:
    await record_all(
        database,
        await claim_and_mark(database),
        SendResult(status=SendStatus.ACCEPTED, message_id=message_id),
    )


async def record_all(database: Database, claimed: list[ClaimedDelivery], result: SendResult) -> None:
    await record_results(database, owner="a", transitions=[apply_result(one, result) for one in claimed])


async def correct_all(database: Database, *, limit: int = 5_000) -> None:
    while (await correct_next(database, limit=limit)).has_more:
        continue


async def end_outage(
    database: Database, *numbers: int, buckets: list[int] | None = None, ago: float = 100
) -> None:
    """An outage over slots 100 to 199 that is over, in which these purchases were missed."""
    await database.execute(
        "UPDATE watches SET created_at = now() - interval '1 day' WHERE chat_id <> $1", NEWCOMER
    )
    await database.execute(
        "INSERT INTO outages (chain, buckets, began_at, ended_at, slots, counted_to, after_alert_id,"
        " upto_alert_id) SELECT $1, $2, now() - make_interval(secs => $3 + 600),"
        " now() - make_interval(secs => $3), '{[100,199]}', 100, coalesce(max(alert_id), 0),"
        " coalesce(max(alert_id), 0) + 1000 FROM alerts",
        CHAIN,
        buckets,
        ago,
    )
    await store(database, Batch(chain=CHAIN, activities=[purchase(number) for number in numbers]))


async def announce_all(database: Database, *, limit: int = 2_000) -> int:
    steps = 0
    while await address_next(database, stable_seconds=60, limit=limit) is not None:
        steps += 1
    return steps


async def defer_alerts(database: Database, chat_id: int, count: int, *, first: int = 0) -> None:
    """So many alerts that the settings of a chat defer."""
    await follow(database, chat_id, label="Moby")
    await change_settings(database, chat_id, lambda _: HOURLY_DIGEST)
    await happened(database, *(purchase(first + number) for number in range(count)))
    await fan_out_all(database)


async def end_deferral(database: Database) -> None:
    await database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'deferred'")


async def states_of_chat(database: Database, chat_id: int) -> dict[str, int]:
    """How many deliveries of a chat are in each state."""
    rows = await database.fetch(
        "SELECT state, count(*) FROM deliveries WHERE chat_id = $1 GROUP BY state", chat_id
    )
    return {row["state"]: row["count"] for row in rows}


async def undecided_alerts(database: Database) -> int:
    """The number of alerts that are not fanned out yet."""
    return int(await database.fetchval("SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL"))
