"""Heartbeats of processes."""

import pytest

from storage.coordination.instances import beat, instance_health, instances, leave, trade_gaps
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_a_process_is_listed_with_its_last_heartbeat_until_it_leaves(database: Database) -> None:
    for wallets in (1, 2):
        await beat(database, instance_id="scanner-1", program="scanner", detail={"wallets": wallets})
    (instance,) = await instances(database)
    assert (instance.program, instance.detail) == ("scanner", {"wallets": 2})
    assert 0 <= instance.silent_seconds < 30
    await leave(database, "scanner-1")
    assert await instances(database) == []


@pytest.mark.parametrize(
    ("silent", "health"),
    [(0, "healthy"), (59, "healthy"), (61, "degraded"), (299, "degraded"), (301, "unhealthy")],
)
async def test_health_follows_from_silence(database: Database, silent: int, health: str) -> None:
    detail: dict[str, object] = {"wallets": 7, "streams": {"node": "live (logs)"}}
    await beat(database, instance_id="scanner-1", program="scanner", detail=detail)
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - make_interval(secs => $1)", float(silent)
    )
    (one,) = await instance_health(database)
    assert (one.health, one.wallets, one.sockets) == (health, 7, {"node": "live (logs)"})


async def test_programs_without_wallets_or_sockets_have_none(database: Database) -> None:
    await beat(database, instance_id="bot-1", program="bot", detail={"wallets": "many"})
    (one,) = await instance_health(database)
    assert (one.wallets, one.sockets) == (None, {})


async def test_a_silent_wallet_is_a_gap_of_whole_minutes_however_many_hours(database: Database) -> None:
    other = "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1"
    await follow(database, ALICE)
    await follow(database, BOB)
    await follow(database, ALICE, wallet=other)
    await happened(database, purchase(1), purchase(2))
    await database.execute(
        "UPDATE activities SET block_time = now() - make_interval(mins => 185, secs => 59)"
        " - CASE signature WHEN 'signature-1' THEN interval '3 days' ELSE interval '0' END"
    )
    await database.execute(
        "UPDATE watches SET created_at = now() - interval '2 days 1 second' FROM wallets"
        " WHERE wallets.wallet_id = watches.wallet_id AND address = $1",
        other,
    )
    gaps = await trade_gaps(database, chain=CHAIN, minutes=185)
    assert [(gap.address, gap.minutes) for gap in gaps] == [(other, 2 * 1440), (WHALE, 185)]
    assert gaps[0].last_activity_at is None
    assert [gap.address for gap in await trade_gaps(database, chain=CHAIN, minutes=186)] == [other]


@pytest.mark.parametrize(("younger", "minutes"), [("0", 60), ("1 microsecond", 59)])
async def test_a_minute_counts_when_it_is_over_and_not_before(
    database: Database, younger: str, minutes: int
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())

    async def gaps(connection: Connection) -> tuple[int, int]:
        await connection.execute(
            f"UPDATE activities SET block_time = now() - interval '60 minutes' + interval '{younger}'"
        )
        minutes_found = await connection.fetchval("SELECT minutes FROM trade_gaps(59)")
        return minutes_found, await connection.fetchval("SELECT count(*) FROM trade_gaps(60)")

    assert await database.transaction(gaps) == (minutes, int(minutes == 60))


async def test_wallets_that_nobody_follows_are_no_gap(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute("UPDATE watches SET created_at = now() - interval '1 hour'")
    assert len(await trade_gaps(database, chain=CHAIN, minutes=60)) == 1
    await database.execute("DELETE FROM watches")
    assert await trade_gaps(database, chain=CHAIN, minutes=60) == []
