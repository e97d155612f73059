"""What became known after an alert was sent comes by one edit, while there is time and nothing else to do."""

from decimal import Decimal

import pytest

from domain.alerts.late_facts import LateFacts
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, Correction, DeliveryKind
from domain.delivery.results import SendResult, SendStatus
from storage.delivery.claims import claim, deliveries_of_messages
from storage.delivery.deliveries import mark_sending, recover
from storage.delivery.late_facts import add_late_facts, alerts_to_complete, edit_next
from storage.postgres import Database
from tests.storage.outbox import (
    LosesAnswers,
    claim_and_mark,
    correct_all,
    record_all,
    revert_alert,
    send_all,
)
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

DRIFT = LateFacts(drift=Decimal("0.012"))


async def send_alert(database: Database, *chats: int, message_id: int = 7) -> int:
    """An alert that these chats got by itself; its id."""
    for chat in chats:
        await follow(database, chat)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await send_all(database, message_id=message_id)
    return await newest_alert(database)


async def newest_alert(database: Database) -> int:
    alert_id: int = await database.fetchval("SELECT max(alert_id) FROM alerts")
    return alert_id


async def age(database: Database, seconds: float) -> None:
    """Let everything that happened lie further back."""
    await database.execute("UPDATE alerts SET created_at = created_at - make_interval(secs => $1)", seconds)
    await database.execute(
        "UPDATE deliveries SET expires_at = expires_at - make_interval(secs => $1)", seconds
    )


async def edits(database: Database) -> list[ClaimedDelivery]:
    return [one for one in await claim(database, owner="a", limit=60) if one.kind is DeliveryKind.LATE_EDIT]


async def test_what_comes_late_is_put_into_each_message_once(database: Database) -> None:
    alert_id = await send_alert(database, ALICE, BOB)
    await add_late_facts(database, {alert_id: DRIFT})
    await add_late_facts(database, {alert_id: LateFacts(market_cap=Decimal(9))})
    assert await edit_next(database) == 0, "other facts may come within a moment"
    await age(database, 15)
    await edit_next(LosesAnswers(database._pool))  # as if the answer to the commit had not come
    assert await edit_next(database) == 0
    made = await edits(database)
    assert sorted((one.chat_id, _target(one)) for one in made) == [(ALICE, 7), (BOB, 7)]
    (displayed,) = (await deliveries_of_messages(database, {(ALICE, 7)}))[ALICE, 7]
    assert isinstance(displayed.content, AlertContent)
    assert displayed.content.late == LateFacts(drift=Decimal("0.012"), market_cap=Decimal(9))


def _target(edit: ClaimedDelivery) -> int | None:
    assert isinstance(edit.content, Correction)
    return edit.content.message_id


async def test_an_alert_of_which_nothing_came_late_is_left_alone(database: Database) -> None:
    alert_id = await send_alert(database, ALICE)
    await add_late_facts(database, {alert_id: LateFacts()})
    await age(database, 15)
    assert await edit_next(database) == 0


async def test_while_an_alert_is_due_nothing_is_edited(database: Database) -> None:
    alert_id = await send_alert(database, ALICE)
    await add_late_facts(database, {alert_id: DRIFT})
    await age(database, 15)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert await edit_next(database) == 0, "an alert is due"
    await send_all(database, message_id=8)
    assert await edit_next(database) == 1
    await happened(database, purchase(3))
    await fan_out_all(database)
    claimed = await claim(database, owner="b", limit=60)
    assert [one.kind for one in claimed] == [DeliveryKind.ALERT], "the alert goes first, by itself"
    assert [one.kind for one in await claim(database, owner="c", limit=60)] == [DeliveryKind.LATE_EDIT]


async def test_after_a_minute_no_edit_is_made_and_none_is_sent(database: Database) -> None:
    alert_id = await send_alert(database, ALICE)
    await add_late_facts(database, {alert_id: DRIFT})
    await age(database, 15)
    assert await edit_next(database) == 1
    (edit,) = await edits(database)
    await age(database, 46)
    assert await mark_sending(database, owner="a", delivery_ids=[edit.delivery_id]) == set()
    await edit_next(database)
    assert await state_of_edit(database) == ("suppressed", "too late")
    late = await send_alert(database, BOB, message_id=9)
    await age(database, 61)
    await add_late_facts(database, {late: DRIFT})
    assert await edit_next(database) == 0
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE late_edited_at IS NULL") == 0


async def state_of_edit(database: Database) -> tuple[str, str | None]:
    row = await database.fetchrow("SELECT state, error FROM deliveries WHERE kind = 'late_edit'")
    assert row is not None
    return row["state"], row["error"]


async def test_a_message_of_several_alerts_is_not_edited(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    await send_all(database, message_id=7)
    await add_late_facts(database, dict.fromkeys(range(1, await newest_alert(database) + 1), DRIFT))
    await age(database, 15)
    assert await edit_next(database) == 0


async def test_the_edit_of_a_process_that_died_is_made_by_another_one_in_time(database: Database) -> None:
    alert_id = await send_alert(database, ALICE)
    await add_late_facts(database, {alert_id: DRIFT})
    await age(database, 15)
    assert await edit_next(database) == 1
    await claim_and_mark(database)
    await database.execute("UPDATE deliveries SET lease_until = lease_until - interval '21 seconds'")
    assert await recover(database) == (1, 0)
    again = await claim_and_mark(database)
    assert [one.kind for one in again] == [DeliveryKind.LATE_EDIT]
    await record_all(database, again, SendResult(status=SendStatus.ACCEPTED, message_id=7))
    assert await state_of_edit(database) == ("sent", None)
    assert await edit_next(database) == 0, "made once"


async def test_an_alert_that_was_edited_may_still_be_corrected(database: Database) -> None:
    alert_id = await send_alert(database, ALICE)
    await add_late_facts(database, {alert_id: DRIFT})
    await age(database, 15)
    await edit_next(database)
    await revert_alert(database, 1)
    await correct_all(database)
    kinds = await database.fetch("SELECT kind FROM deliveries WHERE corrects_id IS NOT NULL ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["correction", "late_edit"]


async def test_alerts_some_seconds_old_are_completed_in_order(database: Database) -> None:
    await send_alert(database, ALICE)
    assert await alerts_to_complete(database, chain=CHAIN, after=0) == []
    await age(database, 4)
    (found,) = await alerts_to_complete(database, chain=CHAIN, after=0)
    assert (found.event, found.is_sent) == (purchase(1), True)
    assert await alerts_to_complete(database, chain=CHAIN, after=found.alert_id) == []
