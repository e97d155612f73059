"""A position is one message, edited from its entry to its exit, whatever senders and Telegram do."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Kind, Leg
from domain.alerts.late_facts import LateFacts
from domain.delivery.deliveries import AlertContent, DeliveryKind, LivingMessage
from domain.delivery.results import SendResult, SendStatus
from storage.chats.rules import change_settings
from storage.delivery.claims import events_of_living
from storage.delivery.deliveries import recover
from storage.delivery.late_facts import add_late_facts, edit_next
from storage.delivery.system_messages import name_unconfirmed
from storage.postgres import Database
from tests.storage.living import (
    ACCEPTED,
    AMBIGUOUS,
    EDITED,
    GONE,
    answer,
    bought,
    decide,
    displayed,
    follow_living,
    kinds,
    living_of,
    next_message,
    pass_seconds,
    rows,
    send,
    sold,
)
from tests.storage.outbox import LosesAnswers, correct_all, revert_alert
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened

pytestmark = pytest.mark.services


async def test_later_events_edit_the_message_of_the_first(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    assert kinds(await send(database)) == [DeliveryKind.LIVING]
    await decide(database, bought(2))
    (edit,) = await send(database, EDITED)
    assert (edit.kind, living_of(edit)) == (
        DeliveryKind.LIVING_EDIT,
        LivingMessage(living_id=1, message_id=7),
    )
    assert await rows(database) == [("living", "sent", 7), ("living_edit", "sent", 7)]
    assert await displayed(database) == ["signature-1", "signature-2"]


async def test_an_event_that_cannot_be_read_counts_as_older_and_breaks_no_message(database: Database) -> None:
    await follow_living(database)
    for number in (1, 2):
        await decide(database, bought(number))
        await send(database, ACCEPTED if number == 1 else EDITED)
    await database.execute("UPDATE alerts SET kind = 'of the next version' WHERE alert_id = 1")
    (events,) = (await events_of_living(database, [1])).values()
    assert (len(events.deliveries), events.older) == (1, 1)


async def test_edits_within_ten_seconds_are_one(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await send(database, EDITED)
    await decide(database, bought(3))
    await decide(database, bought(4))
    assert await next_message(database) == [], "the last edit is just done"
    await pass_seconds(database, 10)
    assert kinds(await send(database, EDITED)) == [DeliveryKind.LIVING_EDIT] * 2
    assert {state for _, state, _ in await rows(database)} == {"sent"}


async def test_after_a_delayed_edit_the_next_one_waits_ten_seconds(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    late = await next_message(database)
    await pass_seconds(database, 20)
    await decide(database, bought(3))
    await answer(database, late, EDITED)
    assert await next_message(database) == []
    await pass_seconds(database, 10)
    assert kinds(await send(database, EDITED)) == [DeliveryKind.LIVING_EDIT]


async def test_what_follows_before_the_first_is_sent_goes_in_the_first_message(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1), bought(2))
    group = await send(database)
    assert kinds(group) == [DeliveryKind.LIVING, DeliveryKind.LIVING], "one new message for both"
    assert await rows(database) == [("living", "sent", 7), ("living", "sent", 7)]


async def test_an_edit_waits_while_its_message_is_being_sent(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    first = await next_message(database)
    await decide(database, bought(2))
    assert await next_message(database, "b") == []
    await answer(database, first)
    (edit,) = await next_message(database, "b")
    assert living_of(edit) == LivingMessage(living_id=1, message_id=7)


async def test_an_exit_is_an_answer_and_the_message_is_written_once_more(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, sold(2, left=60))
    await pass_seconds(database, 10)
    await send(database, EDITED)
    await decide(database, sold(3, left=0))
    (exit_,) = await send(database, structs.replace(ACCEPTED, message_id=8))
    assert isinstance(exit_.content, AlertContent)
    assert (exit_.kind, exit_.content.answers) == (DeliveryKind.ALERT, 7)
    await pass_seconds(database, 10)
    (refresh,) = await send(database, EDITED)
    assert (refresh.kind, refresh.content) == (
        DeliveryKind.LIVING_REFRESH,
        LivingMessage(living_id=1, message_id=7),
    )
    assert await displayed(database) == ["signature-1", "signature-2", "signature-3"]
    await decide(database, bought(4))
    assert kinds(await send(database, structs.replace(ACCEPTED, message_id=9))) == [DeliveryKind.LIVING]
    assert await database.fetchval("SELECT count(*) FROM living_alerts WHERE closed_at IS NULL") == 1


async def test_after_its_message_is_deleted_the_next_event_begins_a_new_one(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await send(database, GONE)
    await decide(database, bought(3))
    await pass_seconds(database, 10)
    group = await send(database, structs.replace(ACCEPTED, message_id=8))
    assert kinds(group) == [DeliveryKind.LIVING, DeliveryKind.LIVING], "both in one new message"
    await decide(database, bought(4))
    await pass_seconds(database, 10)
    (edit,) = await send(database, EDITED)
    assert living_of(edit) == LivingMessage(living_id=1, message_id=8)
    assert (await rows(database))[-1] == ("living_edit", "sent", 8)


@pytest.mark.parametrize("refusal", [SendStatus.UNDELIVERABLE, SendStatus.MESSAGE_GONE])
async def test_what_no_edit_can_show_comes_in_a_message_of_its_own(
    database: Database, refusal: SendStatus
) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await send(database, SendResult(status=refusal))
    assert (await rows(database))[1] == ("living", "retry", None)
    await send(database, structs.replace(ACCEPTED, message_id=8))
    assert (await rows(database))[1] == ("living", "sent", 8)


async def test_an_event_counts_as_sent_when_its_edit_is_accepted_after_a_crash(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await next_message(database)  # and the sender dies
    await database.execute(
        "UPDATE deliveries SET lease_until = now() - interval '1 s' WHERE state = 'sending'"
    )
    await recover(database)
    (again,) = await send(database, AMBIGUOUS)
    assert (again.kind, (await rows(database))[1]) == (
        DeliveryKind.LIVING_EDIT,
        ("living_edit", "retry", None),
    )
    await pass_seconds(database, 60)
    await send(database, EDITED)
    assert (await rows(database))[1] == ("living_edit", "sent", 7)


async def test_if_no_answer_came_to_the_first_message_the_next_event_begins_another(
    database: Database,
) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    for _ in range(2):
        await send(database, AMBIGUOUS)
        await pass_seconds(database, 60)
    assert (await rows(database))[0] == ("living", "unconfirmed", None)
    await decide(database, bought(2))
    (edit,) = await send(database, GONE)  # as the sender takes an edit without a message
    assert living_of(edit) == LivingMessage(living_id=1, message_id=None)
    await send(database, structs.replace(ACCEPTED, message_id=8))
    assert (await rows(database))[1] == ("living", "sent", 8)
    await database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'unconfirmed'")
    assert await name_unconfirmed(database) == 1, "a line names the first"


async def test_a_repeated_transaction_opens_one_message(database: Database) -> None:
    await follow_living(database, ALICE, BOB)
    await happened(database, structs.replace(bought(1), token_before=0))
    await fan_out_all(LosesAnswers(database._pool))
    await happened(database, bought(2))
    await fan_out_all(LosesAnswers(database._pool))
    assert sorted(kind for kind, _, _ in await rows(database)) == ["living"] * 2 + ["living_edit"] * 2
    assert await database.fetchval("SELECT sum(events) FROM living_alerts") == 4


async def test_what_comes_late_is_one_of_the_edits(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    alert_id = await database.fetchval("SELECT max(alert_id) FROM alerts")
    await add_late_facts(database, {alert_id: LateFacts(drift=Decimal("0.012"))})
    await database.execute("UPDATE alerts SET created_at = created_at - interval '15 s'")
    await pass_seconds(database, 15)
    assert await edit_next(database) == 1
    assert await edit_next(database) == 0
    assert kinds(await send(database, EDITED)) == [DeliveryKind.LIVING_REFRESH]
    await decide(database, bought(2))
    assert await next_message(database) == [], "no second edit within ten seconds"


async def test_what_was_reverted_is_marked_in_the_message_of_its_position(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await send(database, EDITED)
    await revert_alert(database, 2)
    await correct_all(database)
    (correction,) = await next_message(database)
    assert correction.kind is DeliveryKind.CORRECTION
    assert correction.lane == (await claimed_lane(database)), "one lane for all edits of a message"


async def claimed_lane(database: Database) -> int:
    lane: int = await database.fetchval("SELECT lane FROM living_alerts")
    return lane


async def test_a_position_without_news_for_a_week_begins_a_new_message(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await database.execute("UPDATE living_alerts SET last_at = now() - interval '8 days'")
    await decide(database, bought(2))
    assert kinds(await send(database)) == [DeliveryKind.LIVING]


async def test_a_purchase_by_who_had_nothing_begins_a_new_message(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    out = structs.replace(sold(2, left=0), kind=Kind.SWAP, received=(Leg(mint="other", raw=7, decimals=0),))
    await decide(database, out)
    await send(database)
    await decide(database, structs.replace(bought(3), token_before=0))
    assert kinds(await send(database)) == [DeliveryKind.LIVING]
    assert await database.fetchval("SELECT count(*) FROM living_alerts WHERE closed_at IS NULL") == 1


@pytest.mark.parametrize("together", [True, False])
async def test_edits_do_not_use_up_the_alerts_of_an_hour(database: Database, *, together: bool) -> None:
    await follow_living(database)
    await change_settings(
        database, ALICE, lambda old: structs.replace(old, per_hour=2, per_day=2, exits_wake=False)
    )
    events = [*(bought(number) for number in range(1, 6)), sold(9, left=0)]
    if together:
        await decide(database, *events)
    for event in () if together else events:
        await decide(database, event)
        await pass_seconds(database, 20)
        await send(database)
    gates = await database.fetch("SELECT gate FROM deliveries WHERE kind <> 'living_refresh'")
    assert [row["gate"] for row in gates] == ["wanted"] * 6


async def test_who_wants_each_event_by_itself_gets_it_so(database: Database) -> None:
    await follow_living(database)
    await follow(database, BOB)
    await decide(database, bought(1))
    await change_settings(database, ALICE, lambda old: structs.replace(old, living=False))
    await decide(database, bought(2))
    assert sorted(kind for kind, _, _ in await rows(database)) == ["alert"] * 3 + ["living"]
    assert await database.fetchval("SELECT count(*) FROM living_alerts WHERE closed_at IS NULL") == 0
