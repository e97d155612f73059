"""A webhook that nothing reaches is switched off, and its chat reads why, once."""

import pytest

from domain.delivery.deliveries import DeliveryKind
from domain.webhooks import GONE, NO_SUCCESS, WebhookOff
from storage.delivery.claims import claim
from storage.postgres import Connection, Database
from storage.webhooks.closing import close_webhook, close_without_success, close_without_tries
from tests.storage.sample_data import ALICE
from tests.storage.webhook_rows import (
    make_webhook,
    push_alerts_of,
    pushed_states,
    table,
)

pytestmark = pytest.mark.services


async def close(database: Database, webhook_id: int) -> bool:
    async def work(connection: Connection) -> bool:
        return await close_webhook(connection, webhook_id, GONE)

    return await database.transaction(work)


async def test_what_waits_ends_with_a_webhook_and_its_chat_reads_why_once(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    assert await close(database, made.webhook_id)
    assert not await close(database, made.webhook_id)
    assert await pushed_states(database) == [("push", "dead")]
    lines = [one for one in await claim(database, owner="a", limit=9) if one.kind is DeliveryKind.WEBHOOK_OFF]
    assert [one.content for one in lines] == [
        WebhookOff(webhook_id=made.webhook_id, host="example.org", why=GONE)
    ]
    assert lines[0].chat_id == ALICE


async def test_five_days_without_success_switch_a_webhook_off(database: Database) -> None:
    old, young, well = [await make_webhook(database) for _ in range(3)]
    for webhook, days in ((old, "5 days 1 minute"), (young, "4 days 23 hours")):
        await database.execute(
            f"UPDATE webhooks SET failing_since = now() - interval '{days}', failures = 4"
            " WHERE webhook_id = $1",
            webhook.webhook_id,
        )
    numbers = [one.webhook_id for one in (old, young, well)]
    closed = await database.transaction(lambda connection: close_without_success(connection, numbers))
    assert closed == 1
    states = {one.webhook_id: one.off_reason for one in await table(database).of_chat(ALICE)}
    assert states == {old.webhook_id: NO_SUCCESS, young.webhook_id: None, well.webhook_id: None}


@pytest.mark.parametrize(
    ("failures", "waits", "is_on"), [(4, False, False), (3, False, True), (4, True, True)]
)
async def test_one_that_failed_to_the_end_is_switched_off_though_nothing_new_is_to_be_pushed(
    database: Database, *, failures: int, waits: bool, is_on: bool
) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    if not waits:
        await database.execute("UPDATE deliveries SET state = 'dead' WHERE channel = 'webhook'")
    await database.execute(
        "UPDATE webhooks SET failing_since = now() - interval '6 days', failures = $1", failures
    )
    assert await close_without_tries(database) == int(not is_on)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert webhook.is_on is is_on
    kinds = {one.kind for one in await claim(database, owner="a", limit=9)}
    assert (DeliveryKind.WEBHOOK_OFF in kinds) is not is_on
