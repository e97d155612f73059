"""/status."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_what_is_not_known_is_called_unknown(town: Town, alice: User) -> None:
    told = await town.ask(alice.id, "/status")
    assert "Chain: unknown" in told
    assert "Delay of messages: unknown" in told
    assert "follows 0 wallets" in told


async def test_it_tells_how_far_the_chain_is_read(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ('solana', 'blocks', 4711)")
    told = await town.ask(alice.id, "/status")
    assert "🟢 Chain: read up to slot 4,711" in told
    assert "follows 1 wallet" in told
