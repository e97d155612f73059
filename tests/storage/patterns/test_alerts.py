"""Alerts of patterns change for the chats that they are for, and for no others."""

from datetime import UTC, datetime

import pytest

from domain.delivery.deliveries import AlertContent
from domain.patterns.found import Owner, Pattern, PatternFound
from domain.webhooks import WebhookForm
from storage.delivery.chat_alerts import insert_chat_alert
from storage.patterns.alerts import insert_wallet_alert, replace_chat_alert
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import patterns
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow
from tests.storage.webhook_rows import ACCEPTED, claimed, make_webhook, pushed_states, record

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


async def test_each_change_of_what_was_pushed_is_pushed_once_as_a_correction(database: Database) -> None:
    await make_webhook(database)
    await make_webhook(database, form=WebhookForm.DISCORD)
    await make_webhook(database, BOB)

    async def first(connection: Connection) -> int:
        return await insert_chat_alert(connection, event("a"), happened_at=NOW, chats=[(ALICE, 7), (BOB, 0)])

    alert_id = await database.transaction(first)
    await fan_out_all(database)
    await grow(database, alert_id, "a", "b")
    assert await pushed_states(database) == 3 * [("push", "pending")], "what waits shows it anyway"
    await record(database, await claimed(database), ACCEPTED)
    for wallets in (("a", "b", "c"), ("a", "b", "c", "d")):
        alert_id = await grow(database, alert_id, *wallets)
    assert await corrected(database) == [("a", "b", "c", "d")], "both changes came within seconds"
    alert_id = await grow(database, alert_id, "a", "b", "c", "d", "e")
    assert await corrected(database) == [("a", "b", "c", "d", "e")]
    assert await corrected(database) == []
    ids = await database.fetch("SELECT address FROM deliveries WHERE kind = 'push_correction'")
    assert len({row["address"] for row in ids}) == 1 < len(ids) == 2, "each has an id of its own"


async def grow(database: Database, alert_id: int, *wallets: str) -> int:
    """Let ALICE, who gets it in a topic, read of more of them."""

    async def work(connection: Connection) -> int:
        return await replace_chat_alert(connection, alert_id, event(*wallets), chats=[(ALICE, 7)])

    return await database.transaction(work)


async def corrected(database: Database) -> list[tuple[str, ...]]:
    """Let time pass, and push the corrections: whom they name."""
    await database.execute("UPDATE deliveries SET due_at = now() WHERE kind = 'push_correction'")
    pushes = await claimed(database)
    await record(database, pushes, ACCEPTED)
    contents = [one.content for one in pushes if isinstance(one.content, AlertContent)]
    return [one.event.wallets for one in contents if isinstance(one.event, PatternFound)]
