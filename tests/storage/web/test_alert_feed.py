"""The feed leaves nothing out, whichever transaction ends first, and shows nothing twice."""

import asyncpg
import pytest
from msgspec import structs

from domain.errors import BadInput
from storage.chats.rules import change_settings
from storage.postgres import Database
from storage.web.alert_feed import (
    FeedCursor,
    appeared,
    is_after,
    parse_cursor,
    present,
    wanted_alert,
    wanted_alerts,
)
from storage.web.chat_deliveries import chat_deliveries
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_what_was_wanted_since_a_place_appears_once(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    cursor = await present(database)
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    page = await appeared(database, cursor, [ALICE, BOB])
    assert [one.record.label for one in page.entries] == ["Moby", "Moby"]
    again = await appeared(database, page.cursor, [ALICE, BOB])
    assert (again.entries, again.has_more) == ([], False)


async def test_events_that_the_chat_reads_in_one_message_appear_each_by_itself(database: Database) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda old: structs.replace(old, living=True))
    cursor = await present(database)
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    assert len((await appeared(database, cursor, [ALICE])).entries) == 2
    assert len(await chat_deliveries(database, chat_id=ALICE, topic_id=0, before=2**62, limit=9)) == 2


async def test_it_goes_on_in_the_middle_of_what_appeared_together(database: Database) -> None:
    await follow(database, ALICE)
    cursor = await present(database)
    await happened(database, *(purchase(number) for number in range(5)))
    await fan_out_all(database)
    whole = (await appeared(database, cursor, [ALICE])).entries
    rest = (await appeared(database, parse_cursor(str(whole[1].cursor)), [ALICE])).entries
    assert [one.record.delivery_id for one in rest] == [one.record.delivery_id for one in whole[2:]]
    assert [is_after(whole[1].cursor, one.cursor) for one in whole] == [False, False, True, True, True]


async def test_a_row_with_a_lower_number_that_is_committed_later_is_not_left_out(
    database: Database, postgres_url: str
) -> None:
    """One transaction numbers its row and stays open; another is committed and read; then the first ends."""
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    cursor = await present(database)
    slow = await asyncpg.connect(postgres_url)
    transaction = slow.transaction()
    await transaction.start()
    insert = """
        INSERT INTO deliveries (alert_id, chat_id, gate)
        SELECT alert_id, $1, 'wanted' FROM alerts ORDER BY alert_id OFFSET $2 LIMIT 1 RETURNING delivery_id"""
    early = await slow.fetchval(insert, ALICE, 0)
    late = await database.fetchval(insert, ALICE, 1)
    assert early < late
    first = await appeared(database, cursor, [ALICE])
    assert [one.record.delivery_id for one in first.entries] == [late]
    await transaction.commit()
    await slow.close()
    second = await appeared(database, first.cursor, [ALICE])
    assert [one.record.delivery_id for one in second.entries] == [early]
    resumed = await appeared(database, first.entries[0].cursor, [ALICE])
    following = await appeared(database, resumed.cursor, [ALICE])
    assert [one.record.delivery_id for one in (*resumed.entries, *following.entries)] == [early]


async def test_alerts_come_in_pages_and_one_by_one_for_their_chat_alone(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, *(purchase(number) for number in range(3)))
    await fan_out_all(database)
    page = await wanted_alerts(database, chat_id=ALICE, topic_id=0, before=2**62, limit=2)
    rest = await wanted_alerts(database, chat_id=ALICE, topic_id=0, before=page[-1].delivery_id, limit=2)
    assert (len(page), len(rest)) == (2, 1)
    assert await wanted_alert(database, delivery_id=rest[0].delivery_id, chat_id=ALICE) == rest[0]
    assert await wanted_alert(database, delivery_id=rest[0].delivery_id, chat_id=BOB) is None


@pytest.mark.parametrize(
    "text", ["", "5", "1:2:3x", "1:2:~3:4:~5", "1:2:~3:4:~5~-1", "a" * 5_000, "5:3:", "1:5:9,8", "0:1:"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_cursor(text)


@pytest.mark.parametrize("text", ["10:20:", "10:20:11,12", "10:20:11~30:40:~15~7"])
def test_a_cursor_is_read_as_it_was_written(text: str) -> None:
    assert str(parse_cursor(text)) == text


def test_a_cursor_knows_what_its_snapshot_saw() -> None:
    cursor = FeedCursor(since="10:20:12,15")

    def row(written_by: int) -> FeedCursor:
        return FeedCursor(since="0:0:", upto="0:0:", written_by=str(written_by), delivery_id=1)

    assert [is_after(cursor, row(number)) for number in (9, 11, 12, 15, 19, 20)] == [
        False,
        False,
        True,
        True,
        False,
        True,
    ]
