"""What became of pushes, and how their webhooks do."""

from datetime import timedelta

import pytest

from domain.delivery.results import NO_WORDS, SendResult, SendStatus, apply_result
from domain.webhooks import NO_SUCCESS
from runtime.clock import now
from storage.postgres import Database
from storage.pushes.results import end_orphans, record_pushes
from storage.webhooks.pushes import push_test
from tests.storage.sample_data import ALICE
from tests.storage.webhook_rows import (
    ACCEPTED,
    REFUSED,
    claimed,
    make_webhook,
    push_alerts_of,
    pushed_states,
    record,
    rest_is_over,
    table,
)

pytestmark = pytest.mark.services
THROTTLED = SendResult(status=SendStatus.REFUSED, retry_after=600, is_throttled=True, reason="HTTP 429")


async def test_a_success_is_noted_and_ends_what_failed_before(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1, 2)
    await record(database, await claimed(database, limit=1), REFUSED)
    failing = await table(database).one(ALICE, made.webhook_id)
    assert failing is not None
    assert failing.last_error == "HTTP 500"
    assert failing.failing_since is not None
    await rest_is_over(database)
    await record(database, await claimed(database, limit=1), ACCEPTED)
    well = await table(database).one(ALICE, made.webhook_id)
    assert well is not None
    assert (well.failing_since, well.rests_until) == (None, None)
    assert well.last_success_at is not None
    assert sorted(await pushed_states(database)) == [("push", "retry"), ("push", "sent")]


async def test_failures_in_a_row_make_longer_rests_up_to_a_minute(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, *range(8))
    rests = []
    for _ in range(8):
        await record(database, await claimed(database, limit=1), REFUSED)
        webhook = await table(database).one(ALICE, made.webhook_id)
        assert webhook is not None
        assert webhook.rests_until is not None
        rests.append((webhook.rests_until - now()).total_seconds())
        await rest_is_over(database)
    assert [round(rest) for rest in rests] == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_silence_that_a_receiver_asks_for_is_kept(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    throttled = SendResult(status=SendStatus.REFUSED, retry_after=600, reason="HTTP 429")
    await record(database, await claimed(database), throttled)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert webhook.rests_until is not None
    assert timedelta(seconds=550) < webhook.rests_until - now() <= timedelta(seconds=600)


async def test_after_five_days_without_success_a_push_that_was_tried_often_enough_ends_it(
    database: Database,
) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    await record(database, await claimed(database), REFUSED)
    await database.execute("UPDATE webhooks SET failing_since = now() - interval '6 days'")
    for tries in (2, 3):
        await rest_is_over(database)
        await record(database, await claimed(database), REFUSED)
        webhook = await table(database).one(ALICE, made.webhook_id)
        assert webhook is not None
        assert webhook.is_on, f"after {tries} tries it may be whole by now"
    await rest_is_over(database)
    await record(database, await claimed(database), REFUSED)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert (webhook.is_on, webhook.off_reason) == (False, NO_SUCCESS)
    lines = await database.fetchval("SELECT count(*) FROM deliveries WHERE kind = 'webhook_off'")
    assert lines == 1


@pytest.mark.parametrize("is_test", [True, False])
async def test_neither_a_test_that_fails_nor_a_fault_of_ours_counts_as_a_failure(
    database: Database, *, is_test: bool
) -> None:
    made = await make_webhook(database)
    if is_test:
        await push_test(database, chat_id=ALICE, webhook_id=made.webhook_id)
    else:
        await push_alerts_of(database, 1)
    fault = REFUSED if is_test else SendResult(status=SendStatus.REFUSED, reason=NO_WORDS)
    await record(database, await claimed(database), fault)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert webhook.failing_since is None


async def test_what_was_made_while_its_webhook_went_off_ends_all_the_same(database: Database) -> None:
    off, on = await make_webhook(database), await make_webhook(database)
    await push_alerts_of(database, 1)
    await database.execute("UPDATE webhooks SET off_at = now() WHERE webhook_id = $1", off.webhook_id)
    assert await end_orphans(database) == 1
    await table(database).delete(ALICE, on.webhook_id)
    await database.execute("UPDATE deliveries SET state = 'pending' WHERE address = $1", str(on.webhook_id))
    assert await end_orphans(database) == 1
    assert await end_orphans(database) == 0
    assert await pushed_states(database) == [("push", "dead")] * 2


async def test_a_result_for_a_mark_that_is_not_ours_changes_nothing(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    await record(database, await claimed(database, owner="b"), ACCEPTED)
    assert await pushed_states(database) == [("push", "sending")]


@pytest.mark.parametrize("other", [ACCEPTED, REFUSED])
@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_nothing_that_was_under_way_shortens_the_silence_that_a_receiver_asks_for(
    database: Database, other: SendResult, *, is_one_batch: bool
) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1, 2)
    first, second = await claimed(database)
    transitions = [apply_result(first, THROTTLED), apply_result(second, other)]
    for batch in [transitions] if is_one_batch else [[one] for one in transitions]:
        await record_pushes(database, owner="a", transitions=batch)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert webhook.rests_until is not None
    assert webhook.rests_until - now() > timedelta(seconds=550)


async def test_what_a_receiver_at_its_limit_refused_goes_next(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    first = await claimed(database)
    await record(database, first, THROTTLED)
    await push_alerts_of(database, 2)
    await database.execute("UPDATE webhooks SET rests_until = NULL")
    (again,) = await claimed(database, limit=1)
    assert (again.delivery_id, again.attempts) == (first[0].delivery_id, 0)


async def test_new_events_keep_no_dead_webhook_on(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 0)
    await record(database, await claimed(database), REFUSED)
    await database.execute("UPDATE webhooks SET failing_since = now() - interval '6 days'")
    for number in (1, 2, 3):
        await push_alerts_of(database, number)
        await rest_is_over(database)
        await record(database, await claimed(database), REFUSED)
    webhook = await table(database).one(ALICE, made.webhook_id)
    assert webhook is not None
    assert not webhook.is_on


async def test_a_test_that_fails_is_shown_until_something_arrives(database: Database) -> None:
    made = await make_webhook(database)
    await push_test(database, chat_id=ALICE, webhook_id=made.webhook_id)
    for result, error in ((REFUSED, "HTTP 500"), (ACCEPTED, None)):
        await rest_is_over(database)
        await record(database, await claimed(database), result)
        webhook = await table(database).one(ALICE, made.webhook_id)
        assert webhook is not None
        assert (webhook.failing_since, webhook.last_error) == (None, error)


async def test_of_a_webhook_that_fails_what_is_older_than_the_ladder_ends(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1, 2)
    old = await claimed(database, limit=1)
    await record(database, old, REFUSED)
    await database.execute("UPDATE webhooks SET failing_since = now() - interval '84 hours'")
    await database.execute(
        "UPDATE deliveries SET created_at = now() - interval '84 hours' WHERE delivery_id = $1",
        old[0].delivery_id,
    )
    assert await end_orphans(database) == 1
    assert sorted(await pushed_states(database)) == [("push", "dead"), ("push", "pending")]


async def test_who_answers_late_is_slow_until_it_answers_soon(database: Database) -> None:
    await make_webhook(database)
    for number, seconds in enumerate((2.5, 0.1)):
        await push_alerts_of(database, number)
        result = SendResult(status=SendStatus.ACCEPTED, seconds=seconds)
        await record(database, await claimed(database), result)
        assert await database.fetchval("SELECT is_slow FROM webhooks") == (seconds > 2)
