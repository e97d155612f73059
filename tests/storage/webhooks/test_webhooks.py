"""Webhooks as rows: sealed, limited, switched off with a notice, rotated, gone with their chat."""

import pytest

from domain.chats import Chat, ChatKind
from domain.errors import SecretUnreadable
from domain.webhooks import WebhookForm
from storage.chats.chats import saw_chat
from storage.chats.group_migrations import migrate_chat
from storage.chats.people import forget_chat
from storage.postgres import Database
from storage.reseal import reseal
from storage.sealing import Sealer
from storage.webhooks.webhooks import MovedWebhook, WebhookChange, endpoints, open_endpoint
from tests.storage.sample_data import ALICE, BOB
from tests.storage.webhook_rows import (
    OFF,
    SEALER,
    SECRET,
    URL,
    make_webhook,
    new_webhook,
    table,
)

pytestmark = pytest.mark.services


async def has_webhooks(database: Database, chat_id: int = ALICE) -> bool:
    found: bool = await database.fetchval("SELECT has_webhooks FROM chats WHERE chat_id = $1", chat_id)
    return found


async def test_address_and_secret_are_sealed_and_open_in_their_own_row_only(database: Database) -> None:
    made = await make_webhook(database)
    (row,) = await endpoints(database, [made.webhook_id])
    endpoint = open_endpoint(SEALER, row)
    assert (endpoint.url, endpoint.secrets, endpoint.form) == (URL, (SECRET,), WebhookForm.STANDARD)
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert b"hidden" not in stored
    assert SECRET not in stored
    with pytest.raises(SecretUnreadable):
        open_endpoint(SEALER, dict(row) | {"webhook_id": 99})
    with pytest.raises(SecretUnreadable):
        open_endpoint(Sealer([b"x" * 32]), row)


async def test_resealing_keeps_them_readable_by_the_new_key_alone(
    database: Database, postgres_url: str
) -> None:
    made = await make_webhook(database)
    await table(database).rotate(ALICE, made.webhook_id, b"t" * 32)
    result = reseal(postgres_url, Sealer([b"n" * 32, b"k" * 32]))
    assert (result.sealed, result.unreadable) == (3, [])
    (row,) = await endpoints(database, [made.webhook_id])
    assert open_endpoint(Sealer([b"n" * 32]), row).secrets == (b"t" * 32, SECRET)


async def test_a_chat_has_as_many_as_its_tier_allows(database: Database) -> None:
    await make_webhook(database)
    await make_webhook(database, limit=2)
    assert await table(database).add(new_webhook(), limit=2) is None
    assert len(await table(database).of_chat(ALICE)) == 2
    assert await table(database).of_chat(BOB) == []


async def test_a_rotation_signs_by_the_secrets_before_as_well_for_a_day(database: Database) -> None:
    webhooks, made = table(database), await make_webhook(database)
    rotated = await webhooks.rotate(ALICE, made.webhook_id, b"t" * 32)
    assert rotated is not None
    assert rotated.old_secret_until is not None
    (row,) = await endpoints(database, [made.webhook_id])
    assert open_endpoint(SEALER, row).secrets == (b"t" * 32, SECRET)
    for secret in (b"u" * 32, b"v" * 32):
        assert await webhooks.rotate(ALICE, made.webhook_id, secret) is not None
    (row,) = await endpoints(database, [made.webhook_id])
    assert open_endpoint(SEALER, row).secrets == (b"v" * 32, b"u" * 32, b"t" * 32)
    await database.execute("UPDATE webhooks SET old_secret_until = now() - interval '1 second'")
    (row,) = await endpoints(database, [made.webhook_id])
    assert open_endpoint(SEALER, row).secrets == (b"v" * 32,)


async def test_one_that_moves_is_tried_at_once_and_keeps_its_secret(database: Database) -> None:
    webhooks, made = table(database), await make_webhook(database)
    await database.execute("UPDATE webhooks SET failing_since = now(), rests_until = now() + interval '1 h'")
    moved = await webhooks.change(
        ALICE,
        made.webhook_id,
        WebhookChange(
            by=ALICE,
            moved=MovedWebhook(url="https://other.org/", host="other.org", form=WebhookForm.STANDARD),
        ),
    )
    assert moved is not None
    assert (moved.host, moved.failing_since, moved.rests_until) == ("other.org", None, None)
    (row,) = await endpoints(database, [made.webhook_id])
    endpoint = open_endpoint(SEALER, row)
    assert (endpoint.url, endpoint.secrets) == ("https://other.org/", (SECRET,))


async def test_the_chat_knows_whether_a_webhook_is_on(database: Database) -> None:
    webhooks, first = table(database), await make_webhook(database)
    second = await make_webhook(database)
    assert await has_webhooks(database)
    await webhooks.change(ALICE, first.webhook_id, OFF)
    assert await has_webhooks(database)
    await webhooks.delete(ALICE, second.webhook_id)
    assert not await has_webhooks(database)
    await webhooks.change(ALICE, first.webhook_id, WebhookChange(by=ALICE, on=True))
    assert await has_webhooks(database)


async def test_nobody_elses_webhook_is_changed(database: Database) -> None:
    webhooks, made = table(database), await make_webhook(database)
    number = made.webhook_id
    assert await webhooks.one(BOB, number) is None
    assert await webhooks.change(BOB, number, OFF) is None
    assert await webhooks.change(BOB, number, WebhookChange(by=BOB, on=True)) is None
    assert await webhooks.rotate(BOB, number, b"t" * 32) is None
    assert not await webhooks.delete(BOB, number)
    found = await webhooks.one(ALICE, number)
    assert found is not None
    assert found.is_on


async def test_webhooks_go_with_their_chat_and_with_who_made_them(database: Database) -> None:
    await make_webhook(database)
    await make_webhook(database, -5)
    await make_webhook(database, BOB)
    await database.execute("UPDATE webhooks SET owner_id = $1 WHERE chat_id = $1", BOB)
    await forget_chat(database, ALICE)
    rows = await database.fetch("SELECT chat_id FROM webhooks")
    assert [row["chat_id"] for row in rows] == [BOB]
    assert not await has_webhooks(database, -5)


async def test_they_move_with_their_group(database: Database) -> None:
    await make_webhook(database, -5)
    await saw_chat(database, Chat(chat_id=-1005, kind=ChatKind.SUPERGROUP, title="group"))
    await migrate_chat(database, old_id=-5, new_id=-1005)
    assert len(await table(database).of_chat(-1005)) == 1
    assert await has_webhooks(database, -1005)
