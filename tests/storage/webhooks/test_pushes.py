"""What people do with pushes by hand."""

import pytest

from domain.delivery.deliveries import DeliveryKind, DeliveryState
from domain.errors import BadInput
from domain.webhooks import WebhookTrial
from storage.delivery.deliveries import close_undeliverable
from storage.postgres import Database
from storage.webhooks.new_pushes import correct_pushes
from storage.webhooks.pushes import push_test, pushes_of, replay
from storage.webhooks.webhooks import WebhookChange
from tests.storage.outbox import correct_all
from tests.storage.sample_data import ALICE, BOB
from tests.storage.webhook_rows import (
    ACCEPTED,
    OFF,
    REFUSED,
    claimed,
    make_webhook,
    push_alerts_of,
    pushed_states,
    record,
    table,
)

pytestmark = pytest.mark.services
ALL = 2**62


async def test_a_test_goes_to_its_webhook_alone(database: Database) -> None:
    made = await make_webhook(database)
    await make_webhook(database)
    number = await push_test(database, chat_id=ALICE, webhook_id=made.webhook_id)
    (tried,) = await claimed(database)
    assert (tried.delivery_id, tried.address) == (number, str(made.webhook_id))
    assert isinstance(tried.content, WebhookTrial)
    assert await push_test(database, chat_id=BOB, webhook_id=made.webhook_id) is None
    await table(database).change(ALICE, made.webhook_id, OFF)
    assert await push_test(database, chat_id=ALICE, webhook_id=made.webhook_id) is None


@pytest.mark.parametrize("result", [ACCEPTED, REFUSED])
async def test_what_was_pushed_or_failed_is_pushed_once_more_by_the_same_number(
    database: Database, result: object
) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    (first,) = await claimed(database)
    await record(database, [first], result)  # type: ignore[arg-type]
    await database.execute("UPDATE webhooks SET rests_until = NULL")
    asked = {"webhook_id": made.webhook_id, "delivery_id": first.delivery_id}
    assert not await replay(database, chat_id=BOB, **asked)
    assert await replay(database, chat_id=ALICE, **asked)
    (again,) = await claimed(database)
    assert (again.delivery_id, again.attempts) == (first.delivery_id, 0)
    assert not await replay(database, chat_id=ALICE, **asked), "it is under way"


async def test_nothing_is_replayed_to_a_webhook_that_is_off(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    await table(database).change(ALICE, made.webhook_id, OFF)
    ((_, state),) = await pushed_states(database)
    assert state == "dead"
    (ended,) = await pushes_of(database, chat_id=ALICE, webhook_id=made.webhook_id, before=ALL, limit=9)
    asked = {"chat_id": ALICE, "webhook_id": made.webhook_id, "delivery_id": ended.delivery_id}
    assert not await replay(database, **asked)
    await table(database).change(ALICE, made.webhook_id, WebhookChange(by=ALICE, on=True))
    assert await replay(database, **asked)


async def test_what_was_pushed_is_listed_latest_first_page_by_page(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1, 2, 3)
    await record(database, await claimed(database, limit=1), REFUSED)
    page = await pushes_of(database, chat_id=ALICE, webhook_id=made.webhook_id, before=ALL, limit=2)
    rest = await pushes_of(
        database, chat_id=ALICE, webhook_id=made.webhook_id, before=page[-1].delivery_id, limit=2
    )
    ids = [one.delivery_id for one in (*page, *rest)]
    assert ids == sorted(ids, reverse=True)
    assert (len(page), len(rest)) == (2, 1)
    assert {one.kind for one in page} == {DeliveryKind.PUSH}
    (failed,) = rest
    assert (failed.state, failed.attempts, failed.error) == (DeliveryState.RETRY, 1, "HTTP 500")
    assert await pushes_of(database, chat_id=BOB, webhook_id=made.webhook_id, before=ALL, limit=9) == []


async def test_what_was_reverted_while_a_replay_waits_is_pushed_as_reverted(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    (first,) = await claimed(database)
    await record(database, [first], ACCEPTED)
    asked = {"chat_id": ALICE, "webhook_id": made.webhook_id, "delivery_id": first.delivery_id}
    assert await replay(database, **asked)
    await database.execute("UPDATE alerts SET reverted_at = now()")
    await correct_all(database)
    assert await pushed_states(database) == [("push", "suppressed"), ("push_reversal", "pending")]


async def test_nothing_that_never_happened_is_replayed_but_its_reversal_is(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    (first,) = await claimed(database)
    await record(database, [first], ACCEPTED)
    await correct_pushes(database, [await database.fetchval("SELECT alert_id FROM alerts")])
    await database.execute("UPDATE alerts SET reverted_at = now()")
    await correct_all(database)
    states = [("push", "sent"), ("push_correction", "suppressed"), ("push_reversal", "pending")]
    assert await pushed_states(database) == states
    (reversal,) = await claimed(database)
    await record(database, [reversal], ACCEPTED)
    with pytest.raises(BadInput, match="never happened"):
        await replay(database, chat_id=ALICE, webhook_id=made.webhook_id, delivery_id=first.delivery_id)
    assert await replay(database, chat_id=ALICE, webhook_id=made.webhook_id, delivery_id=reversal.delivery_id)


async def test_a_replay_of_what_is_followed_no_longer_is_pushed(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    (first,) = await claimed(database)
    await record(database, [first], ACCEPTED)
    await database.execute("DELETE FROM watches")
    assert await replay(database, chat_id=ALICE, webhook_id=made.webhook_id, delivery_id=first.delivery_id)
    await close_undeliverable(database)
    await record(database, await claimed(database), ACCEPTED)
    assert await pushed_states(database) == [("push", "sent")]


async def test_a_correction_whose_alert_is_kept_no_longer_is_not_replayed(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    await record(database, await claimed(database), ACCEPTED)
    await correct_pushes(database, [await database.fetchval("SELECT alert_id FROM alerts")])
    await database.execute("UPDATE deliveries SET due_at = now() WHERE kind = 'push_correction'")
    (correction,) = await claimed(database)
    await record(database, [correction], ACCEPTED)
    await database.execute("DELETE FROM alerts")
    with pytest.raises(BadInput, match="kept no longer"):
        await replay(database, chat_id=ALICE, webhook_id=made.webhook_id, delivery_id=correction.delivery_id)
    assert await pushed_states(database) == [("push", "sent"), ("push_correction", "sent")]
