"""/rename and the button Name it."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_renames_by_name_and_by_address(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Old name")
    assert "is now called Moby Dick" in await town.ask(alice.id, "/rename Old name Moby Dick")
    assert "is now called Ahab" in await town.ask(alice.id, f"/rename {WHALE} Ahab")
    assert "no wallet called" in await town.ask(alice.id, "/rename Nobody Somebody")


async def test_the_button_asks_for_the_name(town: Town, alice: User) -> None:
    followed = await town.asked(alice.id, f"/watch {WHALE}")
    seq = town.telegram.ledger.last
    await town.press(alice.id, followed, "✏️ Name it")
    assert "What shall I call" in ((await town.said(alice.id, seq)).text or "")
    assert "up to 32 characters" in await town.ask(alice.id, "n" * 33)
    assert "is now called Moby" in await town.ask(alice.id, "Moby")


async def test_without_wallets_there_is_nothing_to_rename(town: Town, alice: User) -> None:
    assert "You follow no wallet yet" in await town.ask(alice.id, "/rename Moby")
