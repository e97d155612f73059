"""/scanner: for operators, in private, in their own words; every act is noted."""

import csv
import io

import pytest

from domain.jobs import Queue
from domain.whale_search import LAMPORTS, WhaleSearch
from runtime.settings.settings import Settings
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from storage.whales.searches import latest_search
from tests.bot.conftest import OPERATOR, TelegramChats, until
from tests.bot.handlers.audit import acts
from tests.bot.handlers.whales import CHAIN, found, found_by

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def olga(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Olga", user_id=OPERATOR)


async def stands(database: Database) -> WhaleSearch:
    search = await latest_search(database, chain=CHAIN)
    assert search is not None
    return search


async def test_a_start_is_stored_and_a_worker_is_asked(
    chats: TelegramChats, database: Database, settings: Settings
) -> None:
    assert "No whale search has run yet" in await chats.ask(OPERATOR, "/scanner")
    answer_text = await chats.ask(OPERATOR, "/scanner start 12.5 90")
    assert answer_text.startswith("Started.")
    assert "Looks for 12.5 SOL or more" in answer_text
    assert "89 min left" in answer_text
    search = await stands(database)
    assert search.min_lamports == 12_500_000_000
    with open_blocking_redis(settings.redis_url.reveal()) as client:
        assert await Queues(client).depth(Queue.WHALE_SEARCH) == 1
    assert "is running already" in await chats.ask(OPERATOR, "/scanner start")
    assert (await stands(database)).search_id == search.search_id
    assert await acts(database) == [
        (OPERATOR, "scanner", "done"),
        (OPERATOR, "scanner start", "done"),
        (OPERATOR, "scanner start", "done"),
    ]


async def test_without_numbers_it_takes_the_usual_ones(chats: TelegramChats, database: Database) -> None:
    answer_text = await chats.ask(OPERATOR, "/scanner START")
    assert "Looks for 100 SOL or more" in answer_text
    assert "29 min left" in answer_text
    assert (await stands(database)).min_lamports == 100 * LAMPORTS


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("start much", "minimum is a number"),
        ("start 0", "minimum is a number"),
        ("start -5", "minimum is a number"),
        ("start NaN", "minimum is a number"),
        ("start 1e999999999", "minimum is a number"),
        ("start 5 soon", "whole number of minutes"),
        ("start 5 0", "whole number of minutes"),
        ("start 5 1441", "whole number of minutes"),
        ("start 5 ²", "whole number of minutes"),
        ("dance", "/scanner start [min SOL] [minutes]"),
    ],
)
async def test_what_cannot_be_used_is_explained(
    chats: TelegramChats, database: Database, words: str, why: str
) -> None:
    assert why in await chats.ask(OPERATOR, f"/scanner {words}")
    assert await latest_search(database, chain=CHAIN) is None


async def test_it_is_refreshed_and_stopped_in_its_place(chats: TelegramChats, database: Database) -> None:
    message = await chats.ask_message(OPERATOR, "/scanner start")
    await database.execute("UPDATE whale_searches SET last_slot = 777, slots_scanned = 5")
    _, text = await chats.press_and_read_edit(OPERATOR, message, "🔄 Refresh")
    assert "Slots 5, the last one 777" in text
    _, text = await chats.press_and_read_edit(OPERATOR, message, "⏹ Stop")
    assert "⏹ stopped" in text
    assert (await stands(database)).status.value == "stopped"
    assert "No whale search is running" in await chats.ask(OPERATOR, "/scanner stop")
    assert "⏹ stopped" in await chats.ask(OPERATOR, "/scanner status")
    noted = [act for _, act, _ in await acts(database)]
    assert noted == ["scanner start", "scanner status", "scanner stop", "scanner stop", "scanner status"]


async def test_everybody_else_is_refused_and_noted(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/scanner start 1")
    group = await chats.group({OPERATOR: "creator"})
    assert "Operators only" in await chats.ask(OPERATOR, "/scanner start 1", MessageTarget(chat_id=group))
    assert await latest_search(database, chain=CHAIN) is None
    assert await acts(database) == [
        (alice.id, "scanner start", "refused"),
        (OPERATOR, "scanner start", "refused"),
    ]


async def test_scenario_87_the_file_holds_everything_found_and_no_formula(
    chats: TelegramChats, database: Database
) -> None:
    assert "No whales found yet" in await chats.ask(OPERATOR, "/scanner csv")
    await found(database, 30, venue="=cmd()")
    seq = chats.telegram.ledger.last
    chats.telegram.people.send(OPERATOR, "/scanner csv")
    entry = await chats.next_entry(OPERATOR, seq)
    assert entry.text == "30 whales, by volume"
    assert entry.message is not None
    document = entry.message.document
    assert document is not None
    assert document.file_name == "whales.csv"
    stored = chats.telegram._state.files.get(document.file_id)
    assert stored is not None
    rows = list(csv.DictReader(io.StringIO(stored.upload.content.decode("utf-8-sig"))))
    assert len(rows) == 30
    assert [row["volume_sol"] for row in rows[:2]] == ["1030.000000000", "1029.000000000"]
    assert {row["venues"] for row in rows} == {"'=cmd()"}


async def test_the_button_sends_the_file_too(chats: TelegramChats, database: Database) -> None:
    await found(database, 1)
    message = await chats.ask_message(OPERATOR, "/scanner start")
    seq = chats.telegram.ledger.last
    await chats.press(OPERATOR, message, "📄 CSV")
    assert (await chats.next_entry(OPERATOR, seq)).text == "1 whale, by volume"


async def test_a_failed_one_goes_on_and_its_message_is_the_card(
    chats: TelegramChats, database: Database
) -> None:
    assert "no whale search to go on with" in await chats.ask(OPERATOR, "/scanner restart")
    first = await chats.ask_message(OPERATOR, "/scanner start")
    await until(lambda: database.fetchval("SELECT card_message_id FROM whale_searches"))
    assert await database.fetchval("SELECT card_message_id FROM whale_searches") == first.message_id
    await database.execute("UPDATE whale_searches SET status = 'failed', last_slot = 777, slots_scanned = 5")
    card = await chats.ask_message(OPERATOR, "/scanner restart 45")
    assert "goes on where it stood" in (card.text or "")
    assert "45 min left" in (card.text or "")
    search = await stands(database)
    assert (search.status.value, search.last_slot) == ("running", 777)
    await until(lambda: _has_card(database, card.message_id or 0))


async def _has_card(database: Database, message_id: int) -> bool:
    return bool(await database.fetchval("SELECT card_message_id = $1 FROM whale_searches", message_id))


async def test_what_one_search_found_is_listed_page_by_page_and_sent(
    chats: TelegramChats, database: Database
) -> None:
    assert "no whale search of this number" in await chats.ask(OPERATOR, "/scanner finds")
    card = await chats.ask_message(OPERATOR, "/scanner start")
    search = await stands(database)
    assert "has found nobody yet" in await chats.ask(OPERATOR, "/scanner finds")
    await found_by(database, search.search_id, 7)
    listed = await chats.ask_message(OPERATOR, f"/scanner finds {search.search_id}")
    assert f"Whales found by search {search.search_id}: 7 · page 1 of 2" in (listed.text or "")
    _, text = await chats.press_and_read_edit(OPERATOR, listed, "▶")
    assert "page 2 of 2" in text
    for ask in ("card", "command"):
        seq = chats.telegram.ledger.last
        if ask == "card":
            await chats.press(OPERATOR, listed, "📄 CSV")
        else:
            chats.telegram.people.send(OPERATOR, f"/scanner csv {search.search_id}")
        assert (await chats.next_entry(OPERATOR, seq)).text == "7 whales, by volume"
    seq = chats.telegram.ledger.last
    await chats.press(OPERATOR, card, "🐋 Its finds")
    assert "page 1 of 2" in ((await chats.next_entry(OPERATOR, seq)).text or "")
    assert "no whale search of this number" in await chats.ask(OPERATOR, "/scanner csv 999")
    assert "no whale search of this number" in await chats.ask(OPERATOR, "/scanner finds x")
