"""The inbox: each update once, in the order of its chat, whichever instance has it."""

import asyncio

import pytest
from msgspec import structs

from domain.rate_limits import RequestShares
from storage.chats.update_leases import finish_updates, waiting_chats
from storage.chats.updates import (
    BUSY_SHARE,
    BUSY_UPDATES,
    BY_INDEX,
    DEFAULT_SHARES,
    STORE_HEAVY,
    ReceivedUpdate,
    StoreResult,
    newcomers_among,
    store_updates,
)
from storage.postgres import Connection, Database
from tests.storage.leased_updates import lease_next_update

pytestmark = pytest.mark.services
SHARE = DEFAULT_SHARES.per_minute
GROUP_SHARE = DEFAULT_SHARES.per_group
CHAT = 5


def update(number: int, chat_id: int = CHAT) -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=chat_id, payload=f'{{"update_id": {number}}}')


async def test_a_repeated_update_is_known(database: Database) -> None:
    new = StoreResult.NEW
    assert await store_updates(database, [update(1), update(2)]) == {1: new, 2: new}
    assert await store_updates(database, [update(2), update(3)]) == {3: new}


async def test_a_chat_is_a_newcomer_until_it_has_been_known_for_an_hour(database: Database) -> None:
    await database.execute(
        "INSERT INTO chats (chat_id, created_at) VALUES (1, now() - interval '61 minutes'), (2, now())"
    )
    assert await newcomers_among(database, [1, 2, 3]) == {2, 3}
    assert await newcomers_among(database, []) == set()


async def test_the_first_update_of_an_idle_chat_is_leased_as_it_is_stored(database: Database) -> None:
    leased, new = StoreResult.LEASED, StoreResult.NEW
    given = [update(1), update(2), update(3, chat_id=6)]
    assert await store_updates(database, given, owner="a") == {1: leased, 2: new, 3: leased}
    assert await store_updates(database, [update(1), update(4)], owner="b") == {4: new}
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None
    row = await database.fetchrow("SELECT attempts, lease_owner FROM updates WHERE update_id = 1")
    assert row is not None
    assert tuple(row) == (1, "a")
    assert await finish_updates(database, {1: None, 3: "broken"}, owner="a") == {1: True, 3: False}
    second = await lease_next_update(database, chat_id=CHAT, owner="b")
    assert second is not None
    assert second.update_id == 2
    states = await database.fetch("SELECT state, error FROM updates ORDER BY update_id")
    assert [tuple(row) for row in states] == [
        ("done", None),
        ("working", None),
        ("failed", "broken"),
        ("new", None),
    ]


async def test_of_instances_that_store_updates_of_one_chat_at_the_same_time_one_gets_a_lease(
    database: Database,
) -> None:
    for chat in range(10):
        stored = await asyncio.gather(
            *(store_updates(database, [update(10 * chat + n, chat_id=chat)], owner=f"{n}") for n in range(8))
        )
        results = [result for one in stored for result in one.values()]
        assert len(results) == 8
        assert results.count(StoreResult.LEASED) <= (chat > 0)


def request(number: int, chat_id: int = CHAT, user_id: int = 0) -> ReceivedUpdate:
    payload = f'{{"update_id": {number}, "message": {{}}}}'
    return ReceivedUpdate(
        update_id=number, chat_id=chat_id, user_id=user_id, is_request=True, is_heavy=True, payload=payload
    )


async def results_of(database: Database, *updates: ReceivedUpdate) -> list[StoreResult]:
    stored = await store_updates(database, updates)
    return [stored[one.update_id] for one in updates]


async def all_handled(database: Database) -> None:
    await database.execute("UPDATE updates SET state = 'done' WHERE state = 'new'")


@pytest.mark.parametrize(("chat_id", "share"), [(CHAT, SHARE), (-CHAT, GROUP_SHARE)])
async def test_what_a_chat_asks_beyond_its_share_is_limited_and_answered_once(
    database: Database, chat_id: int, share: int
) -> None:
    many = [request(number, chat_id) for number in range(share + 5)]
    results = await results_of(database, *many)
    assert results == [StoreResult.NEW] * share + [StoreResult.FIRST_LIMITED] + [StoreResult.LIMITED] * 4
    assert await results_of(database, request(900, chat_id)) == [StoreResult.LIMITED]
    assert await results_of(database, request(901, 77)) == [StoreResult.NEW]
    assert await store_updates(database, many) == {}
    kept = await database.fetchval("SELECT payload::text FROM updates WHERE update_id = 900")
    assert kept == '{"update_id": 900}'


async def test_what_is_limited_is_never_leased(database: Database) -> None:
    await store_updates(database, [request(number) for number in range(SHARE + 1)])
    await all_handled(database)
    assert await waiting_chats(database, older_than=0, limit=10) == []
    assert await lease_next_update(database, chat_id=CHAT, owner="a") is None


async def test_what_a_person_asks_in_many_groups_counts_together(database: Database) -> None:
    many = [request(number, chat_id=-number - 1, user_id=9) for number in range(SHARE + 1)]
    results = await results_of(database, *many)
    assert results == [StoreResult.NEW] * SHARE + [StoreResult.FIRST_LIMITED]
    assert await results_of(database, request(900, chat_id=-1, user_id=8)) == [StoreResult.NEW]


async def test_the_share_slides(database: Database) -> None:
    await store_updates(database, [request(number) for number in range(SHARE + 1)])
    await all_handled(database)
    await database.execute(
        "UPDATE updates SET received_at = now() - interval '61 s' WHERE update_id < 3 OR state = 'limited'"
    )
    results = await results_of(database, *(request(100 + number) for number in range(4)))
    assert results == [StoreResult.NEW] * 3 + [StoreResult.FIRST_LIMITED]


async def test_what_asks_nothing_is_never_limited(database: Database) -> None:
    await store_updates(database, [request(number) for number in range(SHARE + 1)])
    assert await results_of(database, update(900)) == [StoreResult.NEW]


async def test_while_the_bot_is_busy_a_chat_may_have_few_requests_open(database: Database) -> None:
    await store_updates(database, [request(n, chat_id=1_000 + n) for n in range(BUSY_UPDATES)])
    results = await results_of(database, *(request(900 + number) for number in range(BUSY_SHARE + 1)))
    assert results == [StoreResult.NEW] * BUSY_SHARE + [StoreResult.FIRST_LIMITED]
    await all_handled(database)
    assert await results_of(database, request(950)) == [StoreResult.NEW]


async def test_what_could_not_be_read_is_set_aside(database: Database) -> None:
    body = '{"update_id": 1, "unreadable": "[[["}'
    await store_updates(database, [ReceivedUpdate(update_id=1, chat_id=0, payload=body)])
    row = await database.fetchrow("SELECT state, error, finished_at IS NOT NULL AS is_old FROM updates")
    assert row is not None
    assert tuple(row) == ("failed", "unreadable", True)
    assert await waiting_chats(database, older_than=0, limit=10) == []


async def test_quiet_ones_are_stored_among_loud_ones_and_are_never_limited(database: Database) -> None:
    await store_updates(database, [request(number) for number in range(SHARE)])
    quiet = structs.replace(request(1_000), is_heavy=False)
    stored = await store_updates(database, [request(999), quiet, update(1_001)])
    assert stored == {999: StoreResult.FIRST_LIMITED, 1_000: StoreResult.NEW, 1_001: StoreResult.NEW}
    assert await store_updates(database, [request(999), quiet]) == {}


async def test_quiet_requests_count_once_their_chat_is_loud(database: Database) -> None:
    await store_updates(
        database, [structs.replace(request(number), is_heavy=False) for number in range(SHARE)]
    )
    assert await results_of(database, request(999)) == [StoreResult.FIRST_LIMITED]


async def test_the_shares_are_looked_up_by_indexes_however_small_the_table_was(database: Database) -> None:
    """A plan that reads the whole table would be kept while a flood fills it."""

    async def plan(connection: Connection) -> str:
        await connection.execute(BY_INDEX)
        arguments = [[1], [CHAT], [1], ["{}"]]
        rows = await connection.fetch(f"EXPLAIN {STORE_HEAVY}", *arguments, 60.0, 1, 1, 1, 1, 1, 75.0)
        return "\n".join(row[0] for row in rows)

    assert "Seq Scan on updates" not in await database.transaction(plan)


async def test_the_shares_are_those_of_the_settings(database: Database) -> None:
    shares = RequestShares(per_minute=2)
    stored = await store_updates(database, [request(number) for number in range(3)], shares=shares)
    assert stored == {0: StoreResult.NEW, 1: StoreResult.NEW, 2: StoreResult.FIRST_LIMITED}
    group = [request(number, chat_id=-CHAT, user_id=7) for number in range(10, 14)]
    stored = await store_updates(database, group, shares=shares)
    assert list(stored.values()).count(StoreResult.NEW) == 2
