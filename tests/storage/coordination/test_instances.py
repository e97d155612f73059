"""Heartbeats of processes.
The heartbeat of a process, until it leaves.
Membership: who shares the wallets of a chain.
"""

import asyncio

import pytest

from runtime.processes.lifecycle import Stop
from storage.coordination.instances import (
    Heartbeat,
    MemberRole,
    beat,
    count_members,
    instance_health,
    instances,
    leave,
    leave_membership,
    membership_heartbeat,
    trade_gaps,
)
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, happened, purchase


@pytest.mark.services
async def test_a_process_is_listed_with_its_last_heartbeat_until_it_leaves(database: Database) -> None:
    for wallets in (1, 2):
        await beat(database, instance_id="scanner-1", program="scanner", detail={"wallets": wallets})
    (instance,) = await instances(database)
    assert (instance.program, instance.detail) == ("scanner", {"wallets": 2})
    assert 0 <= instance.silent_seconds < 30
    await leave(database, "scanner-1")
    assert await instances(database) == []


@pytest.mark.services
async def test_a_process_that_takes_the_name_of_a_killed_one_says_when_it_started_itself(
    database: Database,
) -> None:
    await beat(database, instance_id="bot-1", program="bot")
    await database.execute(
        "UPDATE instances SET started_at = now() - interval '1 day', heartbeat_at = now() - interval '1 hour'"
    )
    for _ in range(2):
        stop = Stop()
        async with asyncio.TaskGroup() as group:
            group.create_task(Heartbeat(database, instance_id="bot-1", program="bot").run(stop))
            await asyncio.sleep(0)
            stop.set()  # once is enough
        (one,) = await instances(database)
        assert (one.heartbeat_at - one.started_at).total_seconds() == 0
    started_at = one.started_at
    await beat(database, instance_id="bot-1", program="bot")
    (one,) = await instances(database)
    assert one.started_at == started_at


@pytest.mark.services
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


@pytest.mark.services
async def test_programs_without_wallets_or_sockets_have_none(database: Database) -> None:
    await beat(database, instance_id="bot-1", program="bot", detail={"wallets": "many"})
    (one,) = await instance_health(database)
    assert (one.wallets, one.sockets) == (None, {})


@pytest.mark.services
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


@pytest.mark.services
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


@pytest.mark.services
async def test_wallets_that_nobody_follows_are_no_gap(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute("UPDATE watches SET created_at = now() - interval '1 hour'")
    assert len(await trade_gaps(database, chain=CHAIN, minutes=60)) == 1
    await database.execute("DELETE FROM watches")
    assert await trade_gaps(database, chain=CHAIN, minutes=60) == []


@pytest.mark.services
async def test_the_heartbeat_runs_until_the_stop_and_then_deletes_its_row(database: Database) -> None:
    heartbeat = Heartbeat(database, instance_id="notifications-1", program="notifications", region="fra1")
    stop = Stop()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(heartbeat.run(stop))
        while not await instances(database):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.01)
        stop.set()
    (one,) = await instances(database)
    assert (one.program, one.detail["region"]) == ("notifications", "fra1")
    await heartbeat.leave()
    assert await instances(database) == []


@pytest.mark.services
async def test_a_database_that_is_away_does_not_end_the_heartbeat(database: Database) -> None:
    heartbeat = Heartbeat(database, instance_id="n", program="notifications")
    await database.close()
    stop = Stop()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(heartbeat.run(stop))
        await asyncio.sleep(0.1)
        assert not task.done()
        stop.set()
    await heartbeat.leave()


async def membership_beat(database: Database, role: MemberRole, name: str) -> frozenset[str]:
    return await membership_heartbeat(database, chain=CHAIN, role=role, instance_id=name, seconds=6)


async def count(database: Database, role: MemberRole) -> int:
    return await count_members(database, chain=CHAIN, role=role, seconds=6)


@pytest.mark.services
@pytest.mark.parametrize("role", MemberRole)
async def test_each_heartbeat_returns_every_member(database: Database, role: MemberRole) -> None:
    assert await membership_beat(database, role, "a") == {"a"}
    assert await membership_beat(database, role, "b") == {"a", "b"}
    assert await count(database, role) == 2
    await leave_membership(database, chain=CHAIN, role=role, instance_id="a")
    assert await membership_beat(database, role, "b") == {"b"}
    assert await count(database, role) == 1


@pytest.mark.services
@pytest.mark.parametrize("role", MemberRole)
async def test_a_member_that_is_silent_for_too_long_is_out_until_its_next_heartbeat(
    database: Database, role: MemberRole
) -> None:
    await membership_beat(database, role, "a")
    await database.execute("UPDATE members SET beat_at = now() - interval '7 seconds'")
    assert await count(database, role) == 0
    assert await membership_beat(database, role, "b") == {"b"}
    assert await membership_beat(database, role, "a") == {"a", "b"}


@pytest.mark.services
@pytest.mark.parametrize("role", MemberRole)
async def test_roles_and_chains_have_members_of_their_own(database: Database, role: MemberRole) -> None:
    await membership_beat(database, role, "a")
    for other in set(MemberRole) - {role}:
        assert await membership_beat(database, other, "b") == {"b"}
    assert await membership_heartbeat(database, chain="elsewhere", role=role, instance_id="c", seconds=6) == {
        "c"
    }
    assert await count(database, role) == 1


@pytest.mark.services
@pytest.mark.parametrize("role", MemberRole)
async def test_leaving_deletes_members_that_were_silent_for_an_hour(
    database: Database, role: MemberRole
) -> None:
    await membership_beat(database, role, "killed")
    await database.execute("UPDATE members SET beat_at = now() - interval '61 minutes'")
    await membership_beat(database, role, "a")
    await leave_membership(database, chain=CHAIN, role=role, instance_id="a")
    assert await database.fetchval("SELECT count(*) FROM members") == 0
