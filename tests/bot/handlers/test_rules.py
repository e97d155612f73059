"""/rules and its buttons: settings edited in place."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from domain.rules.rules import Rules
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.chats.rules import read_rules, settings_of
from storage.postgres import Database
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def rules_of_watch(database: Database) -> Rules:
    return read_rules(await database.fetchval("SELECT rules FROM watches"))


async def test_rules_are_shown_and_changed_in_place(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    card = await town.asked(alice.id, "/rules Moby")
    assert "Rules for Moby" in (card.text or "")
    assert "Minimum: none" in (card.text or "")
    _, text = await town.press_and_see(alice.id, card, "$1K")
    assert "Minimum: $1,000" in text
    _, text = await town.press_and_see(alice.id, card, "✅ sell")
    assert "Not told: sell" in text
    _, text = await town.press_and_see(alice.id, card, "⬜ first buys only")
    assert "first buy of a token: yes" in text
    rules = await rules_of_watch(database)
    assert (rules.min_usd, rules.kinds_off, rules.first_buy_only) == (
        Decimal(1000),
        frozenset({Kind.SELL}),
        True,
    )
    _, text = await town.press_and_see(alice.id, card, "Reset")
    assert "Minimum: none" in text
    assert await rules_of_watch(database) == Rules()


async def test_rules_for_all_wallets_are_written_and_a_wallet_departs_from_them(
    town: Town, alice: User, database: Database
) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Rules for all wallets" in await town.ask(alice.id, "/rules off sell")
    assert "Minimum: $2,500" in await town.ask(alice.id, "/rules min 2.5k")
    told = await town.ask(alice.id, "/rules Moby off buy")
    assert "Minimum: $2,500" in told
    assert "Not told: buy, sell" in told
    settings = await settings_of(database, alice.id)
    assert (settings.rules.min_usd, settings.rules.kinds_off) == (Decimal(2500), frozenset({Kind.SELL}))


async def test_tokens_are_listed_and_excluded(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    assert f"Never these tokens: {WHALE[:2]}" not in await town.ask(alice.id, "/rules Moby never SOL")
    mint = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
    told = await town.ask(alice.id, f"/rules Moby only {mint}")
    assert f"Only these tokens: {mint}" in told
    assert "Never these tokens: SOL" in told
    assert "tokens:" not in await town.ask(alice.id, "/rules Moby any")


async def test_what_is_no_rule_is_told(town: Town, alice: User) -> None:
    assert "I did not understand that rule" in await town.ask(alice.id, "/rules be nice")
    assert "no amount" in await town.ask(alice.id, "/rules min much")
    assert "do not know this kind" in await town.ask(alice.id, "/rules off party")


async def test_in_a_group_only_admins_change_rules(town: Town, alice: User, bob: User) -> None:
    group = await town.group({alice.id: "creator", bob.id: "member"})
    assert "Only admins" in await town.ask(bob.id, "/rules min 5", MessageTarget(chat_id=group))
    card = await town.asked(alice.id, "/rules min 5", MessageTarget(chat_id=group))
    assert "Minimum: $5" in (card.text or "")
    assert "Only admins" in await town.press(bob.id, card, "Reset")


async def test_the_rules_of_a_wallet_that_is_gone_are_gone(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    card = await town.asked(alice.id, "/rules Moby")
    await town.ask(alice.id, "/unwatch Moby")
    assert "not followed here any more" in await town.press(alice.id, card, "$1K")


async def test_e73_a_double_tap_changes_nothing_twice(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    card = await town.asked(alice.id, "/rules Moby")
    await town.press_and_see(alice.id, card, "$1K")
    first = await rules_of_watch(database)
    await town.press(alice.id, card, "• $1K •")
    assert await rules_of_watch(database) == first
