"""/scan: a placeholder at once, and a question that a worker answers in its place."""

import pytest

from domain.jobs import Queue
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import scan_mint
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from runtime.clock import now
from runtime.settings.settings import Settings
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.caches import Caches
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis, open_redis
from storage.scans.cached import SCANS, ScanReading
from tests.bot.conftest import TOKEN, WHALE, TelegramChats
from tests.bot.handlers.alerts import send_alert

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_question_names_the_message_that_waits(
    chats: TelegramChats, alice: User, database: Database, settings: Settings
) -> None:
    waiting = await chats.ask_message(alice.id, f"/scan {WHALE}")
    assert "Scanning" in (waiting.text or "")
    # The question is stored right after; the next answer comes when it is.
    await chats.ask(alice.id, "/cancel")
    row = await database.fetchrow("SELECT * FROM questions")
    assert row is not None
    assert (row["kind"], row["message_id"], row["subject"]) == ("security-scan", waiting.message_id, WHALE)
    with open_blocking_redis(settings.redis_url.reveal()) as client:
        assert await Queues(client).depth(Queue("security-scan")) == 1


async def test_without_a_subject_it_asks(chats: TelegramChats, alice: User) -> None:
    assert "Which token" in await chats.ask(alice.id, "/scan")
    assert "is not a Solana address" in await chats.ask(alice.id, "what?")
    assert "Scanning" in await chats.ask(alice.id, WHALE)


async def test_the_button_asks_the_same(chats: TelegramChats, alice: User, database: Database) -> None:
    offered = await chats.ask_message(alice.id, WHALE)
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, offered, "🛡 Scan")
    assert "Scanning" in ((await chats.next_entry(alice.id, seq)).text or "")
    assert "Shown just now" in await chats.press(alice.id, offered, "🛡 Scan")
    await chats.ask(alice.id, "/cancel")
    assert [row["kind"] for row in await database.fetch("SELECT kind FROM questions")] == ["security-scan"]
    assert sum("Scanning" in text for text in chats.texts(alice.id)) == 1


async def test_what_was_scanned_within_minutes_is_answered_at_once(
    chats: TelegramChats, alice: User, database: Database, settings: Settings
) -> None:
    mint = MintFacts(
        address="DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263",
        program=TOKEN_PROGRAM,
        decimals=5,
        supply=1,
        mint_authority=None,
        freeze_authority=None,
    )
    client = open_redis(settings.cache_url.reveal(), text=False)
    try:
        cache = Caches(client).open(SCANS)
        await cache.set(mint.address, ScanReading(scan=scan_mint(mint), read_at=now()))
    finally:
        await client.aclose()
    assert "grade C" in await chats.ask(alice.id, f"/scan {mint.address}")
    assert await database.fetchval("SELECT count(*) FROM questions") == 0


async def test_in_a_group_that_wants_it_only_who_pressed_sees_the_scan(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    group = await chats.group({alice.id: "creator", bob.id: "member"})
    await chats.ask(alice.id, "/settings ephemeral on", MessageTarget(chat_id=group))
    offered = await chats.ask_message(
        alice.id, f"/scan@whale_watcher_bot {WHALE}", MessageTarget(chat_id=group)
    )
    assert offered.message is not None
    assert offered.message.receiver_user is None, "a command is answered to all"
    keyboard = alert_keyboard(Callbacks(TOKEN), AlertSubject(watch_id=1, mint=WHALE), chat_id=group)
    alert = await send_alert(chats, group, keyboard)
    ids = []
    for person in (bob, alice):
        seq = chats.telegram.ledger.last
        await chats.press(person.id, alert, "🛡 Scan")
        waiting = await chats.next_entry(group, seq)
        assert waiting.message is not None
        assert waiting.message.receiver_user == person, "each sees their own"
        ids.append(waiting.message.ephemeral_message_id)
    await chats.ask(alice.id, "/cancel")
    rows = await database.fetch("SELECT receiver_id, message_id FROM questions ORDER BY question_id")
    assert [row["receiver_id"] for row in rows] == [0, bob.id, alice.id]
    assert [row["message_id"] for row in rows[1:]] == ids
