"""Transactions with alerts before they are confirmed: stored, then confirmed or reverted."""

import asyncio
from typing import Any

import msgspec
import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from storage.delivery.fan_out import fan_out_next
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import confirm, open_provisional, revert
from storage.market.dollars import NOTE_PRICE
from storage.postgres import Connection, Database
from tests.e2e.waiting import until
from tests.storage.sample_data import ALICE, CHAIN, EPOCH, WHALE, follow, happened, purchase, rules

pytestmark = pytest.mark.services


FIRST, LAST = "A" * 44, "z" * 44
"""Mints, as they are ordered."""
IS_WAITED_FOR = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))"


def _bought(number: int, mint: str) -> Activity:
    return msgspec.structs.replace(purchase(number), received=(Leg(mint=mint, raw=5, decimals=0),))


async def seen_early(database: Database, *numbers: int) -> list[int]:
    activities = [purchase(number) for number in numbers]
    return await store(database, Batch(chain=CHAIN, activities=activities, provisional=True))


async def opened(database: Database) -> list[str]:
    return [one.signature for one in await open_provisional(database, chain=CHAIN, older_than=0.0, limit=10)]


async def count(database: Database, table: str) -> int:
    return int(await database.fetchval(f"SELECT count(*) FROM {table}"))


async def test_what_is_seen_early_is_open_until_it_is_seen_confirmed(database: Database) -> None:
    await follow(database, ALICE)
    await seen_early(database, 1, 2)
    assert sorted(await opened(database)) == ["signature-1", "signature-2"]
    await happened(database, purchase(1))
    await confirm(database, chain=CHAIN, signatures=["signature-2"])
    assert await opened(database) == []
    assert await revert(database, chain=CHAIN, absent=[("signature-1", WHALE)]) == 0


async def test_what_was_confirmed_already_is_not_open_when_it_is_seen_again(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await seen_early(database, 1)
    assert await opened(database) == []


async def test_a_transaction_that_was_just_seen_is_left_to_the_reconciliation(database: Database) -> None:
    await follow(database, ALICE)
    await seen_early(database, 1)
    assert await open_provisional(database, chain=CHAIN, older_than=60.0, limit=10) == []


async def test_a_reverted_transaction_is_deleted_with_all_that_it_showed(database: Database) -> None:
    await follow(database, ALICE)
    await seen_early(database, 1)
    await database.execute(NOTE_PRICE, CHAIN, SOL, "signature-1", 150, EPOCH, WHALE)
    assert await revert(database, chain=CHAIN, absent=[("signature-1", WHALE)]) == 1
    assert await revert(database, chain=CHAIN, absent=[("signature-1", WHALE)]) == 0
    for table in ("activities", "activity_keys", "dollar_prices", "provisional"):
        assert await count(database, table) == 0
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE reverted_at IS NOT NULL") == 1


async def test_many_are_reverted_in_one_transaction_and_what_is_being_confirmed_is_left_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    numbers = range(1, 7)
    await seen_early(database, *numbers)
    await happened(database, purchase(2))
    transactions: list[object] = []
    run = Database.transaction

    async def counted(self: Database, work: Any) -> Any:
        transactions.append(work)
        return await run(self, work)

    async def reverted_while_one_is_confirmed(connection: Connection) -> int:
        await connection.execute("DELETE FROM provisional WHERE signature = 'signature-3'")
        async with asyncio.timeout(5):
            return await revert(database, chain=CHAIN, absent=[(f"signature-{n}", WHALE) for n in numbers])

    monkeypatch.setattr(Database, "transaction", counted)
    assert await database.transaction(reverted_while_one_is_confirmed) == 4
    assert len(transactions) == 2, "that of the confirmation, and one for all"
    rows = await database.fetch("SELECT payload->>'signature' AS it FROM alerts WHERE reverted_at IS NULL")
    assert sorted(row["it"] for row in rows) == ["signature-2", "signature-3"]
    assert await opened(database) == []
    assert await revert(database, chain=CHAIN, absent=[]) == 0


async def test_a_transaction_that_lands_again_after_a_revert_is_an_alert_of_its_own(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await seen_early(database, 1)
    await revert(database, chain=CHAIN, absent=[("signature-1", WHALE)])
    assert len(await happened(database, purchase(1))) == 1
    rows = await database.fetch("SELECT reverted_at IS NULL AS stands FROM alerts ORDER BY alert_id")
    assert [row["stands"] for row in rows] == [False, True]


@pytest.mark.parametrize("attempt", range(5))
async def test_a_transaction_confirmed_and_reverted_at_the_same_moment_is_stored_once_with_an_alert(
    attempt: int, database: Database
) -> None:
    await follow(database, ALICE)
    await seen_early(database, attempt)
    async with asyncio.TaskGroup() as group:
        group.create_task(revert(database, chain=CHAIN, absent=[(f"signature-{attempt}", WHALE)]))
        group.create_task(happened(database, purchase(attempt, kind=Kind.BUY)))
    assert await count(database, "activities") == 1
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE reverted_at IS NULL") == 1


@pytest.mark.parametrize("decided_first", [True, False], ids=["decided before", "decided after"])
async def test_a_reverted_transaction_leaves_nothing_owned(
    database: Database,
    decided_first: bool,  # noqa: FBT001 - a case
) -> None:
    await follow(database, ALICE)
    await seen_early(database, 1)
    if decided_first:
        await fan_out_next(database, rules)
        assert await database.fetchval("SELECT raw FROM holdings") == purchase(1).received[0].raw
    assert await revert(database, chain=CHAIN, absent=[("signature-1", WHALE)]) == 1
    while await fan_out_next(database, rules) is not None:
        pass
    assert await database.fetchval("SELECT coalesce(sum(raw), 0) FROM holdings") == 0


@pytest.mark.parametrize("table", ["holdings", "positions"])
async def test_many_reverts_lock_what_they_touch_in_the_order_of_the_fan_out(
    table: str, database: Database
) -> None:
    await follow(database, ALICE)
    bought = [_bought(1, LAST), _bought(2, FIRST)]
    await store(database, Batch(chain=CHAIN, activities=bought, provisional=True))
    while await fan_out_next(database, rules) is not None:
        pass
    verified = [(one.signature, one.wallet) for one in bought]
    is_locked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    may_go = asyncio.Event()

    async def hold_the_first(connection: Connection) -> None:
        await connection.execute(f"SELECT FROM {table} WHERE mint = $1 FOR UPDATE", FIRST)
        is_locked.set_result(await connection.fetchval("SELECT pg_backend_pid()"))
        await may_go.wait()
        await connection.execute(f"SELECT FROM {table} WHERE mint = $1 FOR UPDATE NOWAIT", LAST)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(database.transaction(hold_the_first))
        holder = await is_locked
        group.create_task(store(database, Batch(chain=CHAIN, activities=[], verified=verified)))
        await until(lambda: database.fetchval(IS_WAITED_FOR, holder))
        may_go.set()
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE reverted_at IS NULL") == 0
    assert await database.fetchval("SELECT sum(raw) FROM holdings") == 0
    assert await database.fetchval("SELECT count(*) FROM positions WHERE stale_at IS NULL") == 0
