"""What a chat gets is pushed to each of its webhooks, and asks nothing of chats without."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from domain.alerts.late_facts import LateFacts
from domain.delivery.deliveries import (
    AlertContent,
    DeliveryKind,
)
from domain.delivery.outages import OutageSummary
from domain.delivery.results import SendResult, SendStatus
from domain.rules.rules import Digest
from domain.webhooks import WebhookForm
from storage.chats.rules import change_settings
from storage.chats.watches import remove_watch
from storage.delivery import fan_out
from storage.delivery.deliveries import close_undeliverable
from storage.delivery.late_facts import add_late_facts
from storage.postgres import Connection, Database
from storage.pushes.claims import claim_pushes
from storage.webhooks.new_pushes import correct_pushes, push_alerts
from tests.storage.outbox import (
    LosesAnswers,
    announce_all,
    correct_all,
    end_outage,
    revert_alert,
    sent_while_provisional,
)
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, fan_out_all, follow, happened, purchase
from tests.storage.webhook_rows import (
    ACCEPTED,
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


async def test_each_webhook_that_is_on_gets_each_alert_of_its_chat(database: Database) -> None:
    first, second = await make_webhook(database), await make_webhook(database)
    off = await make_webhook(database)
    await database.execute("UPDATE webhooks SET off_at = now() WHERE webhook_id = $1", off.webhook_id)
    await make_webhook(database, BOB)
    await push_alerts_of(database, 1, 2)
    pushes = await claimed(database)
    assert sorted((one.address, one.chat_id) for one in pushes) == sorted(
        2 * [(str(first.webhook_id), ALICE), (str(second.webhook_id), ALICE)]
    )
    contents = [one.content for one in pushes if isinstance(one.content, AlertContent)]
    assert {content.label for content in contents} == {"Moby"}
    assert {one.kind for one in pushes} == {DeliveryKind.PUSH}


async def test_an_alert_that_a_forum_gets_in_two_topics_is_pushed_once(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    await database.execute("UPDATE watches SET topic_id = 5")
    await follow(database, ALICE)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert len(await pushed_states(database)) == 2


async def test_a_repeated_transaction_pushes_nothing_twice(database: Database, postgres_url: str) -> None:
    await make_webhook(database)
    await follow(database, ALICE)
    await happened(database, purchase(1))
    losing = LosesAnswers(database._pool)
    await fan_out_all(losing)
    assert len(await pushed_states(database)) == 1


async def test_programs_do_not_sleep_but_nothing_is_pushed_that_the_chat_did_not_want(
    database: Database,
) -> None:
    await make_webhook(database)
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda old: structs.replace(old, digest=Digest.HOURLY))
    await happened(database, purchase(1))
    await fan_out_all(database)
    assert await pushed_states(database) == [("push", "pending")]
    await database.execute("UPDATE watches SET muted_until = now() + interval '1 hour'")
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert len(await pushed_states(database)) == 1


async def test_what_exceeds_the_alerts_of_an_hour_waits_for_people_and_is_pushed(database: Database) -> None:
    await make_webhook(database)
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda old: structs.replace(old, per_hour=1))
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    gates = await database.fetch("SELECT gate FROM deliveries WHERE kind = 'alert' ORDER BY delivery_id")
    assert [row["gate"] for row in gates] == ["wanted", "hour_full"]
    assert len(await claimed(database)) == 2


async def test_chats_without_webhooks_cost_no_statement(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flag comes with the row of the watch, which is read anyway."""
    asked: list[list[int]] = []

    async def noted(connection: Connection, alerts: Sequence[tuple[int, int, int | None]]) -> None:
        asked.append([chat_id for _, chat_id, _ in alerts])
        await push_alerts(connection, alerts)

    monkeypatch.setattr(fan_out, "push_alerts", noted)
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase(1))
    await fan_out_all(database)
    assert asked == []
    await make_webhook(database, BOB)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert asked == [[BOB]]


async def test_what_is_no_longer_followed_is_not_pushed(database: Database) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WHALE)
    await close_undeliverable(database)
    assert await pushed_states(database) == [("push", "suppressed")]


async def test_what_became_known_after_a_push_is_pushed_once_as_a_correction(database: Database) -> None:
    await make_webhook(database)
    await make_webhook(database, form=WebhookForm.DISCORD)
    await push_alerts_of(database, 1, 2)
    alert_ids = [row["alert_id"] for row in await database.fetch("SELECT alert_id FROM alerts ORDER BY 1")]
    pushes = await claimed(database)
    await record(database, [one for one in pushes if _alert_id(one.content) == alert_ids[0]], ACCEPTED)
    await record(database, [one for one in pushes if _alert_id(one.content) == alert_ids[1]], REFUSED)
    for drift in ("0.01", "0.02"):
        await add_late_facts(database, dict.fromkeys(alert_ids, LateFacts(drift=drift)))  # type: ignore[arg-type]
    corrections = [one for one in await pushed_states(database) if one[0] == "push_correction"]
    assert corrections == [("push_correction", "pending")]
    assert await claimed(database) == [], "it waits for more to become known"
    await database.execute("UPDATE deliveries SET due_at = now() WHERE kind = 'push_correction'")
    await database.execute("UPDATE webhooks SET rests_until = NULL")
    (correction,) = [one for one in await claimed(database) if one.kind is DeliveryKind.PUSH_CORRECTION]
    assert _alert_id(correction.content) == alert_ids[0]


async def test_what_was_pushed_and_never_happened_is_pushed_as_reverted(database: Database) -> None:
    await make_webhook(database)
    await all_answered(database)
    await follow(database, ALICE)
    await sent_while_provisional(database, 1, 2, 3)
    first, second, _ = await claimed(database)
    assert isinstance(first.content, AlertContent)
    assert first.content.provisional
    await record(database, [first], ACCEPTED)
    await record(database, [second], REFUSED)
    await database.execute(
        "UPDATE deliveries SET state = 'pending', lease_owner = NULL WHERE state = 'sending'"
    )
    for number in (1, 2, 3):
        await revert_alert(database, number)
    await correct_all(database)
    states = await pushed_states(database)
    assert states.count(("push_reversal", "pending")) == 2, (
        "of what was sent, and of what may have been taken"
    )
    assert states.count(("push", "suppressed")) == 2
    await rest_is_over(database)
    (reversal,) = await claimed(database)
    assert (reversal.kind, reversal.content.reverted) == (DeliveryKind.PUSH_REVERSAL, True)  # type: ignore[union-attr]
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE corrected_at IS NULL") == 0


async def test_a_push_that_died_without_answers_and_never_happened_is_pushed_as_reverted(
    database: Database,
) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    (pushed,) = await claimed(database)
    await record(database, [replace(pushed, attempts=9)], SendResult(status=SendStatus.AMBIGUOUS))
    assert await pushed_states(database) == [("push", "dead")]
    await database.execute("UPDATE alerts SET reverted_at = now()")
    await correct_all(database)
    assert await pushed_states(database) == [("push", "dead"), ("push_reversal", "pending")]


async def test_what_becomes_known_while_a_sender_has_a_push_is_pushed_as_a_correction(
    database: Database,
) -> None:
    await make_webhook(database)
    await push_alerts_of(database, 1)
    alert_id = await database.fetchval("SELECT alert_id FROM alerts")
    await claim_pushes(database, owner="a", limit=9)
    await correct_pushes(database, [alert_id])
    assert await pushed_states(database) == [("push", "pending"), ("push_correction", "pending")]
    await database.execute("UPDATE deliveries SET state = 'sent'")
    await correct_pushes(database, [alert_id])
    await correct_pushes(database, [alert_id])
    assert (await pushed_states(database))[2:] == [("push_correction", "pending")], "what is known next"


async def test_an_outage_that_is_over_is_pushed_with_its_line(database: Database) -> None:
    await make_webhook(database)
    await all_answered(database)
    await push_alerts_of(database)
    await end_outage(database, 5, 6)
    await fan_out_all(database)
    await announce_all(database)
    (outage,) = [one for one in await claimed(database) if one.kind is DeliveryKind.PUSH_OUTAGE]
    assert isinstance(outage.content, OutageSummary)
    assert outage.content.events == 2
    assert outage.content.outage_id == await database.fetchval("SELECT outage_id FROM outages")


def _alert_id(content: object) -> int:
    assert isinstance(content, AlertContent)
    return content.alert_id
