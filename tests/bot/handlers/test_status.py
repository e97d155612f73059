"""/status."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_what_is_not_known_is_called_unknown(chats: TelegramChats, alice: User) -> None:
    answer_text = await chats.ask(alice.id, "/status")
    assert "Chain: unknown" in answer_text
    assert "no alert in the last hour" in answer_text
    assert "follows 0 wallets" in answer_text


async def test_it_tells_how_far_the_chain_is_read(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 4711)")
    answer_text = await chats.ask(alice.id, "/status")
    assert "🟢 Chain: live (slot 4,711" in answer_text
    assert "follows 1 wallet" in answer_text
    await database.execute("UPDATE cursors SET updated_at = now() - interval '35 seconds'")
    assert "🟢 Chain: live (slot 4,711, 35 s ago" in await chats.ask(alice.id, "/status"), (
        "between two passes"
    )


async def test_it_tells_how_much_of_the_limits_is_used(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    limits = (await chats.ask(alice.id, "/status")).splitlines()[-1]
    assert limits.startswith("📏 Limits: 1 of 500 wallets · 0 of 300 alerts this hour · 90 days of history")
