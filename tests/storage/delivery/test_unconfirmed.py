"""What nobody can tell after an hour is named in one line for each chat, once."""

from collections.abc import AsyncIterator

import pytest

from domain.delivery.deliveries import UnconfirmedAlerts
from domain.delivery.kinds import DeliveryKind
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.lanes import Lane
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending, record_results, recover
from storage.delivery.unconfirmed import name_unconfirmed, named_alerts
from storage.postgres import Database, open_database
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
BOB = ALICE + 1
OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
AMBIGUOUS = SendResult(status=SendStatus.AMBIGUOUS)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def lose_answers(database: Database, count: int, *chats: int) -> None:
    """Alerts whose first copies and marked copies got no answer."""
    for chat_id in chats:
        await follow(database, chat_id)
    await happened(database, *(purchase(number) for number in range(count)))
    await fan_out_all(database)
    for _ in range(2):
        claimed = await claim(database, owner="a", limit=99)
        await mark_sending(database, owner="a", delivery_ids=[one.delivery_id for one in claimed])
        await record_results(
            database, owner="a", transitions=[apply_result(one, AMBIGUOUS) for one in claimed]
        )
        await database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'retry'")


async def an_hour_passes(database: Database) -> None:
    await database.execute("UPDATE deliveries SET due_at = due_at - interval '1 hour'")


async def states(database: Database) -> list[str]:
    rows = await database.fetch(
        "SELECT state FROM deliveries WHERE alert_id IS NOT NULL ORDER BY delivery_id"
    )
    return [row["state"] for row in rows]


async def test_for_an_hour_nothing_is_named_and_nothing_is_sent(database: Database) -> None:
    await lose_answers(database, 3, ALICE)
    assert await states(database) == ["unconfirmed"] * 3
    assert await name_unconfirmed(database) == 0
    assert await claim(database, owner="a", limit=9) == []


async def test_then_each_chat_gets_one_line_that_names_all_of_its_alerts(database: Database) -> None:
    await lose_answers(database, 3, ALICE, BOB)
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 6
    assert await states(database) == ["ambiguous"] * 6
    lines = sorted(await claim(database, owner="a", limit=9), key=lambda one: one.chat_id)
    assert [(one.chat_id, one.kind, one.lane) for one in lines] == [
        (chat_id, DeliveryKind.UNCONFIRMED_ALERTS, Lane.URGENT) for chat_id in (ALICE, BOB)
    ]
    assert all(one.content == UnconfirmedAlerts() for one in lines)
    named = await named_alerts(database, [one.delivery_id for one in lines])
    assert [len(named[one.delivery_id]) for one in lines] == [3, 3]


async def test_nothing_is_named_twice(database: Database) -> None:
    await lose_answers(database, 2, ALICE)
    await an_hour_passes(database)
    assert [await name_unconfirmed(database) for _ in range(3)] == [2, 0, 0]


async def test_when_one_is_due_all_of_its_chat_are_named(database: Database) -> None:
    await lose_answers(database, 2, ALICE)
    await database.execute(
        "UPDATE deliveries SET due_at = now() WHERE delivery_id = (SELECT min(delivery_id) FROM deliveries)"
    )
    assert await name_unconfirmed(database) == 2


async def test_a_digest_is_named_by_all_that_it_holds(database: Database) -> None:
    await lose_answers(database, 3, ALICE)
    await database.execute(
        "UPDATE deliveries SET digest_id = newest.delivery_id,"
        " kind = CASE WHEN deliveries.delivery_id = newest.delivery_id THEN 'digest' ELSE kind END,"
        " state = CASE WHEN deliveries.delivery_id = newest.delivery_id THEN state ELSE 'digested' END"
        " FROM (SELECT max(delivery_id) AS delivery_id FROM deliveries) AS newest"
    )
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 1
    (line,) = await claim(database, owner="a", limit=9)
    assert len((await named_alerts(database, [line.delivery_id]))[line.delivery_id]) == 3


async def test_senders_that_die_between_mark_and_record_follow_the_same_rule(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    for _ in range(2):
        (claimed,) = await claim(database, owner="a", limit=9)
        await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id])
        await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
        await recover(database)
    assert await states(database) == ["unconfirmed"]
    assert await name_unconfirmed(database) == 0
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 1


async def test_two_wallets_of_one_name_are_named_with_their_addresses(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await follow(database, ALICE, wallet=OTHER, label="moby")
    await lose_answers(database, 1, ALICE)
    await an_hour_passes(database)
    await name_unconfirmed(database)
    (line,) = await claim(database, owner="a", limit=9)
    (entry,) = (await named_alerts(database, [line.delivery_id]))[line.delivery_id]
    assert entry.label == "Moby 7vfC…voxs"
