"""Claims of pushes: new events first, little of who fails, nothing of who rests, nobody holds up others."""

import asyncio

import pytest

from storage.delivery.claims import claim
from storage.delivery.deliveries import backlog, recover
from storage.postgres import Database
from storage.pushes.claims import (
    FEW_AWAKE,
    MAX_EACH,
    MAX_EACH_OWNER,
    MAX_EACH_PACE,
    MAX_EACH_SLOW,
    claim_pushes,
    push_backlog,
    webhooks_by_state,
)
from storage.webhooks.pushes import push_test, replay
from tests.storage.outbox import LosesAnswers
from tests.storage.sample_data import ALICE, BOB
from tests.storage.webhook_rows import (
    REFUSED,
    all_answered,
    claimed,
    make_webhook,
    push_alerts_of,
    pushed_states,
    record,
    rest_is_over,
)

pytestmark = pytest.mark.services


async def test_messages_and_pushes_are_claimed_apart(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    (message,) = await claim(database, owner="a", limit=9)
    (pushed,) = await claim_pushes(database, owner="a", limit=9)
    assert (message.channel, pushed.channel) == ("telegram", "webhook")


async def test_new_events_go_before_those_that_were_tried(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    old = await claimed(database)
    await record(database, old, REFUSED)
    await push_alerts_of(database, 2)
    await rest_is_over(database)
    (first,) = await claimed(database, limit=1)
    assert first.delivery_id > old[0].delivery_id
    assert await claimed(database) == [], "of one that fails there is one under way"


async def test_of_a_webhook_so_many_are_under_way_and_its_backlog_holds_up_no_other(
    database: Database,
) -> None:
    await make_webhook(database)
    await push_alerts_of(database, *range(MAX_EACH + 5))
    await make_webhook(database, BOB)
    await push_alerts_of(database, 90, chat_id=BOB)
    await all_answered(database)
    pushes = await claimed(database)
    assert sum(one.chat_id == ALICE for one in pushes) == MAX_EACH
    assert sum(one.chat_id == BOB for one in pushes) == 1
    assert [one.chat_id for one in await claimed(database)] == [ALICE] * 0


async def test_one_that_failed_rests_and_then_gets_one_at_a_time(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, *range(5))
    await record(database, await claimed(database, limit=2), REFUSED)
    assert await claimed(database) == []
    await rest_is_over(database)
    assert len(await claimed(database)) == 1


async def test_of_one_that_fails_each_fourth_push_is_one_that_was_tried(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, *range(9))
    was_tried = []
    for _ in range(9):
        pushes = await claimed(database, limit=1)
        was_tried.append(pushes[0].attempts > 0)
        await record(database, pushes, REFUSED)
        await rest_is_over(database)
    assert was_tried == [False, False, False, True, False, False, False, True, False]


@pytest.mark.parametrize("is_known", [True, False])
async def test_of_one_that_answers_late_or_never_did_few_are_under_way(
    database: Database, *, is_known: bool
) -> None:
    await make_webhook(database)
    await push_alerts_of(database, *range(5))
    if is_known:
        await all_answered(database, is_slow=True)
    assert len(await claimed(database)) == MAX_EACH_SLOW
    assert await claimed(database) == []


async def test_whoever_has_least_under_way_comes_first(database: Database) -> None:
    for _ in range(3):
        await make_webhook(database)
    await push_alerts_of(database, *range(5))
    await make_webhook(database, BOB)
    await push_alerts_of(database, 90, chat_id=BOB)
    await all_answered(database)
    first = await claimed(database, limit=4)
    assert len({one.address for one in first}) == 4, "one of each, whoever waits for longest"
    await push_alerts_of(database, 91, chat_id=BOB)
    again = await claimed(database, limit=4)
    assert [one.chat_id for one in again].count(BOB) == 1


async def test_of_all_webhooks_of_a_person_and_of_all_who_are_late_so_many_are_under_way(
    database: Database,
) -> None:
    for number in range(80):
        await make_webhook(database, limit=99)
        await database.execute("UPDATE webhooks SET owner_id = $1 WHERE owner_id > 0", -1 - number)
    await push_alerts_of(database, 1, 2, 3)
    await all_answered(database, is_slow=True)
    await make_webhook(database, BOB)
    await push_alerts_of(database, 4, chat_id=BOB)
    found = await claimed(database, limit=500)
    assert [one.chat_id for one in found].count(ALICE) == MAX_EACH_PACE
    assert [one.chat_id for one in found].count(BOB) == 1
    await database.execute("UPDATE webhooks SET owner_id = 7, is_slow = false")
    await database.execute(
        "UPDATE deliveries SET lease_owner = NULL, state = 'pending' WHERE channel = 'webhook'"
    )
    assert len(await claimed(database, limit=500)) == MAX_EACH_OWNER
    assert await claimed(database, limit=500) == []


async def test_of_a_webhook_one_test_is_open(database: Database) -> None:
    made = await make_webhook(database)
    asked = {"chat_id": ALICE, "webhook_id": made.webhook_id}
    first = await push_test(database, **asked)
    assert await push_test(database, **asked) == first
    await claimed(database)
    assert await push_test(database, **asked) == first
    await database.execute("UPDATE deliveries SET state = 'sent'")
    second = await push_test(database, **asked)
    assert second != first
    assert second is not None
    assert not await replay(database, **asked, delivery_id=first or 0), "another one is open"


@pytest.mark.parametrize("others_rest", [True, False])
async def test_among_very_many_webhooks_the_one_that_has_something_to_be_pushed_is_found(
    database: Database, *, others_rest: bool
) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    await database.execute(
        "INSERT INTO webhooks (chat_id, owner_id, form, host, url, secret, rests_until)"
        " SELECT chat_id, owner_id, form, host, url, secret, CASE WHEN $2 THEN now() + interval '1 hour' END"
        " FROM webhooks, generate_series(0, $1)",
        FEW_AWAKE,
        others_rest,
    )
    (push,) = await claimed(database)
    assert push.address == str(made.webhook_id)
    assert await claimed(database) == []


async def test_nothing_is_claimed_of_a_webhook_that_is_off(database: Database) -> None:
    made = await make_webhook(database)
    await push_alerts_of(database, 1)
    await database.execute("UPDATE webhooks SET off_at = now() WHERE webhook_id = $1", made.webhook_id)
    assert await claim_pushes(database, owner="a", limit=9) == []


async def test_two_senders_never_have_the_same_push(database: Database) -> None:
    for _ in range(3):
        await make_webhook(database)
    await push_alerts_of(database, *range(6))
    await all_answered(database)
    found = await asyncio.gather(*(claim_pushes(database, owner=f"s{n}", limit=4) for n in range(6)))
    ids = [one.delivery_id for pushes in found for one in pushes]
    assert len(ids) == len(set(ids)) == 18


async def test_a_claim_whose_answer_was_lost_holds_nothing(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1, 2)
    losing = LosesAnswers(database._pool)
    assert len(await claim_pushes(losing, owner="a", limit=9)) == 2


async def test_what_a_dead_sender_had_is_pushed_again_and_named_nowhere(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    await claimed(database)
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    await recover(database)
    assert await pushed_states(database) == [("push", "retry")]
    (again,) = await claimed(database)
    assert again.attempts == 0


async def test_what_waits_for_receivers_is_no_backlog_of_messages(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1, 2)
    await record(database, await claimed(database, limit=1), REFUSED)
    for one in await claim(database, owner="m", limit=9):
        await database.execute(
            "UPDATE deliveries SET state = 'sent', lease_owner = NULL WHERE delivery_id = $1", one.delivery_id
        )
    assert (await backlog(database)).due == 0
    waiting = await push_backlog(database)
    assert (waiting.due, waiting.failed, waiting.oldest_seconds) == (1, 1, 0), "its webhook fails"
    await database.execute("UPDATE webhooks SET failing_since = NULL")
    assert (await push_backlog(database)).oldest_seconds > 0


async def test_webhooks_are_counted_by_state(database: Database) -> None:
    for statement in ("failing_since = now()", "off_at = now()", "failures = 0"):
        made = await make_webhook(database)
        await database.execute(
            f"UPDATE webhooks SET {statement} WHERE webhook_id = $1",
            made.webhook_id,
        )
    assert await webhooks_by_state(database) == {"on": 1, "failing": 1, "off": 1}
