"""/unwatch and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_unfollows_by_address_and_by_name(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    assert "I no longer follow Moby" in await town.ask(alice.id, "/unwatch moby")
    assert "You follow no wallet yet" in await town.ask(alice.id, f"/unwatch {WHALE}")


async def test_without_a_name_it_offers_buttons_and_a_second_tap_changes_nothing(
    town: Town, alice: User
) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    choice = await town.asked(alice.id, "/unwatch")
    seq = town.telegram.ledger.last
    assert await town.press(alice.id, choice, "Moby") == ""
    edited = await town.said(alice.id, seq, "edit")
    assert "I no longer follow Moby" in (edited.text or "")


async def test_an_unknown_name_is_told(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    assert "no wallet called “Ahab”" in await town.ask(alice.id, "/unwatch Ahab")
