"""How the system stands."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import DatabaseUnavailable
from domain.health import CheckResult, HealthState, unhealthy
from runtime.embedded.valkey import EmbeddedValkey
from services.system_status import SystemStatus, disk_space
from storage.admin.canary import release_canary
from storage.admin.operators import discover
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.instances import Instance, beat
from storage.coordination.queues import Queues
from storage.ingest.activity_partitions import keep_partitions
from storage.postgres import Database
from storage.redis import open_blocking_redis
from storage.replica import Replica
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def silent() -> None:
    raise TimeoutError


@pytest.fixture
async def system_status(database: Database, valkey_url: str, tmp_path: Path) -> AsyncIterator[SystemStatus]:
    with open_blocking_redis(valkey_url) as client:
        yield SystemStatus(
            database=database,
            replica=Replica(database=database, primary=database),
            queues=Queues(client),
            failed_jobs=FailedJobs(client),
            chain="solana",
            telegram=silent,
            folder=tmp_path,
            canary_seconds=60.0,
        )


async def test_each_part_is_looked_at(system_status: SystemStatus, database: Database) -> None:
    await beat(database, instance_id="scanner-1", program="scanner")
    await beat(database, instance_id="bot-1", program="bot")
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - interval '5 minutes' WHERE program = 'bot'"
    )
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 5)")
    states = {name: result.state for name, result in await system_status.components()}
    assert states == {
        "PostgreSQL": "healthy",
        "Disk space": "healthy",
        "Redis and queues": "healthy",
        "Telegram": "unhealthy",
        "Chain": "healthy",
        "Alerts": "healthy",
        "Deliveries": "healthy",
        "Given up": "healthy",
        "Quarantine": "healthy",
        "Failed jobs": "healthy",
        "Partitions": "degraded",
        "Trades": "healthy",
        "bot bot-1": "unhealthy",
        "scanner scanner-1": "healthy",
    }


@pytest.mark.parametrize(
    ("total", "free", "state"),
    [
        (40e9, 20e9, HealthState.HEALTHY),
        (40e9, 3e9, HealthState.DEGRADED),
        (40e9, 0.9e9, HealthState.UNHEALTHY),
        (4e12, 30e9, HealthState.HEALTHY),
        (4e12, 0.9e9, HealthState.UNHEALTHY),
        (1e9, 0.5e9, HealthState.HEALTHY),
        (1e9, 0.0, HealthState.UNHEALTHY),
    ],
)
def test_a_disk_is_full_before_nothing_is_left(total: float, free: float, state: HealthState) -> None:
    found = disk_space((int(total), int(total - free), int(free)))
    assert found.state is state
    assert found.figure == int(free)


def test_space_is_named_in_a_unit_that_shows_it() -> None:
    assert disk_space((600_000_000, 592_000_000, 8_000_000)).sentence.startswith("8 MB of 600 MB free")
    assert disk_space((40_000_000_000, 0, 20_000_000_000)).sentence == "20.0 GB of 40.0 GB free"


async def test_a_database_that_has_no_room_is_unhealthy_though_it_answers(
    system_status: SystemStatus, database: Database
) -> None:
    with pytest.raises(DatabaseUnavailable):
        await database.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$")
    found = dict(await system_status.components())["PostgreSQL"]
    assert found.state is HealthState.UNHEALTHY
    assert found.sentence == "its disk is full, so nothing can be stored; nothing is lost. Free some space"


async def test_what_was_given_up_is_counted_by_what_and_why(
    system_status: SystemStatus, database: Database
) -> None:
    assert await system_status.losses() == {
        "requests": 0,
        "questions": 0,
        "alerts that cannot be decided": 0,
        "transactions in quarantine": 0,
    }
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'dead', error = 'no 5', finished_at = now()")
    await database.execute(
        "INSERT INTO updates (update_id, chat_id, payload, state, finished_at)"
        " VALUES (1, 1, '{}', 'failed', now())"
    )
    assert await system_status.losses() == {
        "messages (no N)": 1,
        "requests": 1,
        "questions": 0,
        "alerts that cannot be decided": 0,
        "transactions in quarantine": 0,
    }


async def test_a_discovery_is_reported_for_a_week(system_status: SystemStatus, database: Database) -> None:
    await discover(
        database, chain="solana", about="transaction version 2", sentence="Version 2 has appeared."
    )
    (answer_text,) = [result for name, result in await system_status.components() if name == "Discoveries"]
    assert answer_text.state == "degraded"
    assert answer_text.sentence.endswith("UTC: Version 2 has appeared.")
    await database.execute("UPDATE discoveries SET first_at = now() - interval '8 days'")
    assert "Discoveries" not in dict(await system_status.components())


@pytest.mark.parametrize(("age", "state"), [(30, "degraded"), (90, "unhealthy")])
async def test_a_feed_that_stands_still_is_reported(
    system_status: SystemStatus, database: Database, age: int, state: str
) -> None:
    await database.execute(
        "INSERT INTO cursors (chain, feed, slot, updated_at)"
        " VALUES ('solana', 'blocks', 5, now() - make_interval(secs => $1))",
        float(age),
    )
    assert {name: result.state for name, result in await system_status.components()}["Chain"] == state


async def _results(system_status: SystemStatus) -> dict[str, CheckResult]:
    return dict(await system_status.components())


@pytest.mark.parametrize(("age", "state"), [(5, "healthy"), (30, "degraded"), (90, "unhealthy")])
async def test_alerts_that_nobody_decides_are_reported_with_their_age(
    system_status: SystemStatus, database: Database, age: int, state: str
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await database.execute("UPDATE alerts SET created_at = now() - make_interval(secs => $1)", float(age))
    found = (await _results(system_status))["Alerts"]
    assert found.state == state
    assert found.sentence.startswith("1 undecided, the oldest for ")
    assert found.figure == pytest.approx(age + 2, abs=3)


@pytest.mark.parametrize("waiting", ["state = 'pending'", "state = 'sending'"])
@pytest.mark.parametrize(("age", "state"), [(5, "healthy"), (60, "degraded"), (300, "unhealthy")])
async def test_messages_that_nobody_sends_are_reported_with_their_age(
    system_status: SystemStatus, database: Database, waiting: str, age: int, state: str
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute(
        f"UPDATE deliveries SET {waiting}, due_at = now() - make_interval(secs => $1)", float(age)
    )
    assert (await _results(system_status))["Deliveries"].state == state


async def test_messages_that_were_given_up_are_reported_with_their_cause(
    system_status: SystemStatus, database: Database
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.execute(
        "UPDATE deliveries SET state = 'dead', finished_at = now(), error = 'Bad Request: too long'"
    )
    found = (await _results(system_status))["Given up"]
    assert found.state == "degraded"
    assert found.sentence == "1 message of the week, mostly: Bad Request: too long. /retryfailed"


@pytest.mark.parametrize(("nodes", "state"), [(["a"], "unhealthy"), (["a", "b"], "degraded")])
async def test_a_scanner_whose_node_does_not_answer_is_not_healthy_and_says_why(
    system_status: SystemStatus, database: Database, nodes: list[str], state: str
) -> None:
    detail: dict[str, object] = {
        "nodes": dict.fromkeys(nodes, ""),
        "problems": {"a": "HTTP 401, since 13:14"},
    }
    await beat(database, instance_id="scanner-1", program="scanner", detail=detail)
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 5)")
    results = await _results(system_status)
    assert results["scanner scanner-1"].state == state
    assert "a: HTTP 401, since 13:14" in results["scanner scanner-1"].sentence
    assert "a: HTTP 401, since 13:14" in results["Chain"].sentence


async def test_a_chain_of_which_nothing_was_read_yet_says_why(
    system_status: SystemStatus, database: Database
) -> None:
    detail: dict[str, object] = {"nodes": {"a": ""}, "problems": {"a": "connection refused; check RPC_URLS"}}
    await beat(database, instance_id="scanner-1", program="scanner", detail=detail)
    found = (await _results(system_status))["Chain"]
    assert found.state == "unhealthy"
    assert found.sentence == "nothing has been read yet. a: connection refused; check RPC_URLS"


async def test_every_part_has_its_latency_and_nearly_every_one_a_figure(
    system_status: SystemStatus, database: Database
) -> None:
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 5)")
    await release_canary(database, chain="solana", seconds=60)
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', finished_at = now()")
    results = await _results(system_status)
    assert [name for name, one in results.items() if one.seconds is None] == []
    only_answer = {"PostgreSQL", "Telegram", "Discoveries"}
    assert {name for name, one in results.items() if one.figure is None} == only_answer & results.keys()
    units = {name: results[name].unit for name in ("Chain", "Deliveries", "Disk space", "Canary")}
    assert units == {
        "Chain": "seconds",
        "Deliveries": "seconds",
        "Disk space": "bytes free",
        "Canary": "seconds",
    }


async def test_a_canary_that_arrived_long_ago_and_partitions_that_are_made_show(
    system_status: SystemStatus, database: Database
) -> None:
    await keep_partitions(database, days=90)
    assert "Canary" not in dict(await system_status.components())
    await release_canary(database, chain="solana", seconds=60)
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', finished_at = now()")
    parts = dict(await system_status.components())
    assert (parts["Canary"].state, parts["Partitions"].state) == ("healthy", "healthy")
    await database.execute("UPDATE deliveries SET finished_at = now() - interval '5 minutes'")
    assert dict(await system_status.components())["Canary"].state == "unhealthy"


async def test_where_postgresql_hangs_every_look_ends_in_time(
    system_status: SystemStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> list[Instance]:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    monkeypatch.setattr("services.system_status.instances", hang)
    async with asyncio.timeout(10):
        results = await _results(system_status)
    assert results["PostgreSQL"].state is HealthState.HEALTHY
    assert results["Processes"] == unhealthy("did not answer within 2 s")


async def test_without_postgresql_only_that_is_down_and_the_rest_is_not_known(
    system_status: SystemStatus, database: Database
) -> None:
    await beat(database, instance_id="scanner-1", program="scanner")
    await database.close()
    results = await _results(system_status)
    assert results["PostgreSQL"] == unhealthy("does not answer")
    assert results["Disk space"].state is HealthState.HEALTHY
    assert results["Redis and queues"].state is HealthState.HEALTHY
    unknown = {name for name, one in results.items() if one.blamed_on == "PostgreSQL"}
    known = {"PostgreSQL", "Disk space", "Redis and queues", "Telegram", "Failed jobs"}
    assert unknown == results.keys() - known
    assert results["Processes"].sentence == "not known while PostgreSQL does not answer"


async def test_scenario_20_a_full_redis_is_unhealthy_though_it_answers(
    system_status: SystemStatus, tmp_path: Path
) -> None:
    server = EmbeddedValkey(tmp_path / "full", durable=False)
    await server.start()
    try:
        with open_blocking_redis(server.url) as client:
            full = replace(system_status, queues=Queues(client), failed_jobs=FailedJobs(client))
            assert (await _results(full))["Redis and queues"].state is HealthState.HEALTHY
            client.config_set("maxmemory", "1")
            found = (await _results(full))["Redis and queues"]
    finally:
        await server.stop()
    assert found.state is HealthState.UNHEALTHY
    assert found.sentence == "takes no jobs (OOM). Give it memory or disk; alerts go on, more slowly"


async def test_without_redis_failed_jobs_are_not_known(system_status: SystemStatus, tmp_path: Path) -> None:
    with open_blocking_redis(f"unix://{tmp_path}/none") as client:
        without = replace(system_status, queues=Queues(client), failed_jobs=FailedJobs(client))
        results = await _results(without)
    assert results["Redis and queues"] == unhealthy("does not answer")
    assert results["Failed jobs"].blamed_on == "Redis and queues"
    assert results["Chain"].blamed_on == ""


async def test_a_canary_that_never_arrives_counts_from_the_start_of_the_dispatcher(
    system_status: SystemStatus, database: Database
) -> None:
    assert "Canary" not in await _results(system_status)
    await beat(database, instance_id="dispatcher-1", program="dispatcher")
    assert (await _results(system_status))["Canary"].state == "healthy"
    await database.execute("UPDATE instances SET started_at = now() - interval '2 days'")
    found = (await _results(system_status))["Canary"]
    assert found.state == "unhealthy"
    assert found.sentence.startswith("none has arrived in the 1728")
    assert "Canary" not in await _results(replace(system_status, canary_seconds=0.0))


async def test_no_alert_for_long_is_odd_where_a_day_has_many(
    system_status: SystemStatus, database: Database
) -> None:
    await database.execute(
        "INSERT INTO minute_counts (minute, alerts, sent, dead, ambiguous, latencies)"
        " VALUES (date_trunc('minute', now() - interval '2 hours'), 600, 0, 0, 0, '{}')"
    )
    found = dict(await system_status.components())["Trades"]
    assert found.state is HealthState.DEGRADED
    assert found.sentence == "0 alerts in 30 min, 600 in the day before. Do streams and nodes work?"


async def test_servers_that_answer_say_how_quickly(system_status: SystemStatus) -> None:
    found = dict(await system_status.components())
    assert found["PostgreSQL"].sentence.startswith("answers in ")
    assert found["Redis and queues"].sentence.startswith("answers in ")
