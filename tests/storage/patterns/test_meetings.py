"""Who met is read chat by chat: a topic of its own, and settings of its own."""

from dataclasses import replace

import pytest

from domain.activity.activity import Kind
from domain.chats import Chat, ChatKind
from domain.patterns.sightings import Action, Sighting
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.patterns.detection import find_next
from storage.patterns.meetings import announce_meetings
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, BELA, CORA, DORA, MANY, NOW, found_after, patterns, trade
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, watch_for

pytestmark = pytest.mark.services
MORNING = tuple(f"Mo{number}11111111111111111111111111111111111111111" for number in range(2, 6))


async def test_topics_of_a_group_are_apart(database: Database) -> None:
    await saw_chat(database, Chat(chat_id=-5, kind=ChatKind.SUPERGROUP, title="group"))
    for topic_id, wallet in ((1, AHAB), (1, BELA), (2, CORA), (2, DORA)):
        watch = replace(watch_for(-5, wallet=wallet), topic_id=topic_id)
        await add_watch(database, watch, created_by=None)
    assert await found_after(database, *(trade(one, 5) for one in (AHAB, BELA, CORA, DORA))) == 0


async def test_purchases_of_two_looks_meet(database: Database) -> None:
    for wallet in (AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    assert await found_after(database, trade(AHAB, 0), trade(BELA, 5)) == 0
    assert await found_after(database, trade(CORA, 9)) == 1


async def test_an_owner_who_has_left_is_not_counted_and_one_who_leaves_later_was(database: Database) -> None:
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    gone, later = trade(AHAB, 6, Kind.SELL, after=0), trade(BELA, 70, Kind.SELL, after=0)
    assert await found_after(database, trade(AHAB, 0), trade(BELA, 5), gone, trade(CORA, 9)) == 0
    assert await found_after(database, trade(DORA, 60), later) == 1
    (event,) = await patterns(database)
    assert event.wallets == (BELA, CORA, DORA)


async def test_what_comes_late_meets_as_well(database: Database) -> None:
    for wallet in (AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    assert await found_after(database, trade(AHAB, 600), trade(BELA, 1_200)) == 0
    assert await found_after(database, trade(CORA, 0)) == 1
    (event,) = await patterns(database)
    assert len(event.owners) == 3


async def test_nobody_who_follows_them_costs_nothing_more(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await happened(database, trade(AHAB, 0))
    await fan_out_all(database)
    await find_next(database)

    async def work(connection: Connection) -> int:
        seen = Sighting(AHAB, float(NOW), Action.BUY, MINT)
        wallet_id = await connection.fetchval("SELECT min(wallet_id) FROM wallets")
        return await announce_meetings(connection, chain=CHAIN, new=[(wallet_id, seen)])

    assert await database.transaction(work) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE watches SET over_limit = true WHERE watch_id = (SELECT max(watch_id) FROM watches)",
        "UPDATE wallets SET banned_reason = 'spam' WHERE wallet_id = (SELECT max(wallet_id) FROM watches)",
    ],
)
async def test_a_banned_wallet_and_a_watch_that_pauses_meet_nobody(database: Database, change: str) -> None:
    for wallet in (AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    await database.execute(change)
    assert await found_after(database, trade(AHAB, 0), trade(BELA, 5), trade(CORA, 9)) == 0


@pytest.mark.parametrize(
    "patterns",
    [
        '{"minutes":"soon"}',
        '{"owners":{}}',
        '{"minutes":1.5}',
        "7",
        '{"owners":39999999999}',
        f'{{"minutes":1{"0" * 400},"owners":1{"0" * 400}}}',
        f'{{"minutes":-1{"0" * 400},"owners":-1{"0" * 400}}}',
    ],
)
async def test_settings_of_one_chat_that_cannot_be_read_stop_no_other(
    database: Database, patterns: str
) -> None:
    for chat_id in (ALICE, BOB):
        for wallet in (AHAB, BELA, CORA):
            await follow(database, chat_id, wallet=wallet)
    await database.execute(
        "UPDATE chats SET settings = jsonb_build_object('patterns', $2::jsonb) WHERE chat_id = $1",
        BOB,
        patterns,
    )
    assert await found_after(database, trade(AHAB, 0), trade(BELA, 5), trade(CORA, 9)) == 1
    assert len(await database.fetch("SELECT FROM pattern_episodes WHERE chat_id = $1", ALICE)) == 1


async def test_what_was_bought_during_an_outage_meets_as_if_it_were_looked_at_at_once(
    database: Database,
) -> None:
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    late = 10_000
    bought = [trade(AHAB, 0), trade(BELA, 10), trade(CORA, 20), trade(DORA, late)]
    assert await found_after(database, *bought) == 1
    (event,) = await patterns(database)
    assert (event.wallets, event.last_at) == ((AHAB, BELA, CORA), NOW + 20)


async def test_one_look_at_a_backlog_tells_of_each_meeting_what_many_looks_tell(database: Database) -> None:
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    bought = [trade(AHAB, 0), trade(BELA, 10), trade(CORA, 20), trade(AHAB, 1_700), trade(BELA, 1_750)]
    bought.append(trade(DORA, 1_900))
    again = [trade(wallet, 100_000 + 90 * number) for number, wallet in enumerate((AHAB, BELA, CORA))]
    assert await found_after(database, *bought, *again) == 3
    first, second, third = await patterns(database)
    assert (first.wallets, first.last_at) == ((AHAB, BELA, CORA), NOW + 1_750)
    assert (second.wallets, second.last_at) == ((AHAB, BELA, CORA, DORA), NOW + 1_900)
    assert (third.wallets, third.last_at) == ((AHAB, BELA, CORA), NOW + 100_180)
    assert await database.fetchval("SELECT count(*) FROM alert_chats WHERE answers_alert_id IS NULL") == 1


async def test_what_no_look_has_taken_yet_is_not_announced_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    monkeypatch.setattr("storage.patterns.detection.AT_ONCE", 3)
    bought = [trade(AHAB, 0), trade(BELA, 10), trade(CORA, 20), trade(DORA, 70)]
    assert await found_after(database, *bought) == 1
    assert await find_next(database) == 1
    assert [len(event.owners) for event in await patterns(database)] == [3, 4]


async def test_a_wallet_that_trades_all_the_time_hides_no_other(database: Database) -> None:
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    assert await found_after(database, trade(AHAB, 0), trade(BELA, 10)) == 0
    await database.execute(MANY, DORA, CHAIN, MINT, NOW, 600)
    await database.execute('UPDATE chats SET settings = \'{"patterns": {"owners": 4}}\'')
    assert await found_after(database, trade(CORA, 700)) == 1
    (event,) = await patterns(database)
    assert {*event.wallets} == {AHAB, BELA, CORA, DORA}


async def test_a_large_meeting_of_the_morning_hides_no_small_one_of_the_evening(database: Database) -> None:
    for wallet in (*MORNING, AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    assert await found_after(database, *(trade(wallet, at) for at, wallet in enumerate(MORNING))) == 1
    evening = [trade(wallet, 36_000 + at) for at, wallet in enumerate((AHAB, BELA, CORA))]
    assert await found_after(database, *evening) == 1
    announced = [event.wallets for event in await patterns(database)]
    assert announced == [MORNING, (*MORNING, AHAB, BELA, CORA)]
