"""Alerts of patterns change for the chats that they are for, and for no others."""

from datetime import UTC, datetime

import pytest

from domain.patterns.found import Owner, Pattern, PatternFound
from storage.delivery.chat_alerts import insert_chat_alert
from storage.patterns.alerts import insert_wallet_alert, replace_chat_alert
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import patterns
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow

pytestmark = pytest.mark.services
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def event(*wallets: str) -> PatternFound:
    owners = tuple(Owner(wallets=(wallet,), at=1.0) for wallet in wallets)
    return PatternFound(
        chain=CHAIN, pattern=Pattern.CONFLUENCE, mint="WIF", owners=owners, first_at=1.0, last_at=1.0
    )


async def test_all_of_its_chats_read_the_change_in_its_place(database: Database) -> None:
    await follow(database, ALICE)

    async def work(connection: Connection) -> tuple[int, int]:
        chats = [(ALICE, 0)]
        one = await insert_chat_alert(connection, event("a"), happened_at=NOW, chats=chats)
        return one, await replace_chat_alert(connection, one, event("a", "b"), chats=chats)

    first, second = await database.transaction(work)
    assert first == second
    assert [one.wallets for one in await patterns(database)] == [("a", "b")]


async def test_some_of_its_chats_get_one_of_their_own_also_before_it_is_decided(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)

    async def work(connection: Connection) -> int:
        chats = [(ALICE, 0), (BOB, 0)]
        one = await insert_chat_alert(connection, event("a"), happened_at=NOW, chats=chats)
        return await replace_chat_alert(connection, one, event("a", "b"), chats=[(BOB, 0)])

    split = await database.transaction(work)
    await fan_out_all(database)
    rows = await database.fetch("SELECT alert_id, chat_id FROM deliveries ORDER BY chat_id")
    assert [row["chat_id"] for row in rows] == [ALICE, BOB]
    assert rows[1]["alert_id"] == split != rows[0]["alert_id"]


async def test_all_that_follow_the_wallet_get_what_is_about_it(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)

    async def work(connection: Connection) -> int:
        wallet_id = await connection.fetchval("SELECT wallet_id FROM wallets")
        return await insert_wallet_alert(connection, event("a"), wallet_id=wallet_id, happened_at=NOW)

    await database.transaction(work)
    await fan_out_all(database)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE watch_id IS NOT NULL") == 2
