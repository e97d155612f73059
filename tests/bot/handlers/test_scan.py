"""/scan: a placeholder at once, and a question that a worker answers in its place."""

import pytest

from domain.jobs import Queue
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import scan_mint
from runtime.clock import now
from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from storage.caches import Caches
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis, open_redis
from storage.scans.cached import SCANS, ScanReading
from tests.bot.conftest import WHALE, TelegramChats

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
