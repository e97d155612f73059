"""The snapshot counts what is there, and knows what it does not; a day is counted by its minutes."""

import msgspec
import pytest

from storage.admin.statistics import read_statistics, recent_alert_counts, refresh_statistics, snapshot
from storage.coordination.instances import beat
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_an_empty_system_has_counts_of_zero_and_unknown_ages(database: Database) -> None:
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.chats, taken.watches, taken.deliveries_due) == (0, 0, 0)
    assert (taken.slot, taken.feed_age_seconds, taken.p50) == (None, None, None)


async def test_it_counts_followers_alerts_and_what_waits(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await store(database, Batch(chain=CHAIN, feed="blocks", slot=100))
    before = await snapshot(database, chain=CHAIN)
    assert before.alerts_open == 1
    assert before.oldest_open_seconds > 0
    await fan_out_all(database)
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.chats, taken.wallets, taken.alerts_of_day, taken.alerts_open) == (1, 1, 1, 0)
    assert (taken.deliveries_due, taken.slot) == (1, 100)
    assert (taken.oldest_open_seconds, taken.sending, taken.oldest_sending_seconds) == (0, 0, 0)
    await database.execute("UPDATE deliveries SET state = 'sending'")
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.deliveries_due, taken.sending) == (0, 1)
    assert taken.oldest_sending_seconds > 0


async def test_a_minute_that_is_rolled_up_counts_as_what_is_younger_does(database: Database) -> None:
    await _sent_to_two(database, age="10 minutes")
    await happened(database, purchase(1))
    before = await snapshot(database, chain=CHAIN)
    await refresh_statistics(database, chain=CHAIN)
    assert await database.fetchval("SELECT sent FROM minute_counts WHERE sent > 0") == 2
    await database.execute("UPDATE deliveries SET finished_at = finished_at - interval '2 days'")
    after = await snapshot(database, chain=CHAIN)  # of its minute nothing but the roll-up is left
    assert (before.sent_of_day, after.sent_of_day) == (2, 2)
    assert before.p50 == after.p50 == pytest.approx(30, rel=0.15)
    assert before.alerts_of_day == after.alerts_of_day == 2


async def test_what_is_committed_late_is_counted_at_the_next_turn_and_nothing_twice(
    database: Database,
) -> None:
    await _sent_to_two(database, age="1 minute")
    await refresh_statistics(database, chain=CHAIN)
    await database.execute("UPDATE deliveries SET state = 'dead' WHERE chat_id = $1", BOB)
    for _ in range(2):
        await refresh_statistics(database, chain=CHAIN)
    row = await database.fetchrow("SELECT sum(sent)::int AS sent, sum(dead)::int AS dead FROM minute_counts")
    assert row is not None
    assert tuple(row) == (1, 1)


async def test_all_of_it_is_read_from_one_row(database: Database) -> None:
    assert await read_statistics(database, chain=CHAIN) is None
    await _sent_to_two(database, age="2 minutes")
    for name, caches in (("bot-1", {"tokens": (8, 10)}), ("bot-2", {"tokens": (1, 10), "scans": (0, 0)})):
        await beat(database, instance_id=name, program="bot", detail={"caches": caches})
    await beat(database, instance_id="scanner-1", program="scanner")
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - interval '1 hour' WHERE program = 'scanner'"
    )
    await refresh_statistics(database, chain=CHAIN)
    found = await read_statistics(database, chain=CHAIN)
    assert found is not None
    assert found.snapshot.chats == 2
    assert found.sent_per_minute == pytest.approx(0.4)
    assert found.programs == {"bot": (2, 0), "scanner": (0, 1)}
    assert found.hit_rates == {"tokens": 0.45}
    assert 0 <= found.age_seconds < 5


async def test_people_are_counted_by_the_dispatcher_and_not_by_each_who_asks(database: Database) -> None:
    await follow(database, ALICE)
    await refresh_statistics(database, chain=CHAIN)
    await follow(database, BOB)
    assert (await snapshot(database, chain=CHAIN)).chats == 1
    assert (await snapshot(database, chain=CHAIN, recount=True)).chats == 2


async def test_figures_of_another_version_are_as_good_as_none(database: Database) -> None:
    text = msgspec.json.encode({"snapshot": {"people": 1}}).decode()
    await database.execute("INSERT INTO statistics (chain, figures) VALUES ($1, $2)", CHAIN, text)
    assert await read_statistics(database, chain=CHAIN) is None


async def test_alerts_of_the_last_minutes_are_counted_apart_from_those_of_the_day_before(
    database: Database,
) -> None:
    for age, alerts in (("5 minutes", 3), ("2 hours", 7), ("2 days", 100)):
        await database.execute(
            "INSERT INTO minute_counts (minute, alerts, sent, dead, ambiguous, latencies)"
            f" VALUES (date_trunc('minute', now() - interval '{age}'), $1, 0, 0, 0, '{{}}')",
            alerts,
        )
    assert await recent_alert_counts(database, minutes=30) == (3, 7)


async def _sent_to_two(database: Database, *, age: str) -> None:
    """One alert, sent to two chats half a minute after its block, so long ago."""
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute(
        f"UPDATE alerts SET created_at = now() - interval '{age}',"
        f" block_time = now() - interval '{age}' - interval '30 seconds'"
    )
    await database.execute(f"UPDATE deliveries SET state = 'sent', finished_at = now() - interval '{age}'")
