"""/rules and its buttons: settings edited in place."""

from decimal import Decimal

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import Kind
from domain.rules.rules import Rules
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.chats.rules import read_rules
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.storage.sample_data import purchase, settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def rules_of_watch(database: Database) -> Rules:
    return read_rules(await database.fetchval("SELECT rules FROM watches"))


async def test_rules_are_shown_and_changed_in_place(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    card = await chats.ask_message(alice.id, "/rules Moby")
    assert "Rules for Moby" in (card.text or "")
    assert "Minimum: none" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "$1K")
    assert "Minimum: $1,000" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "✅ Sell")
    assert "Muted types: sell" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "⬜ First buys only")
    assert "First buys only: on" in text
    rules = await rules_of_watch(database)
    assert (rules.min_usd, rules.kinds_off, rules.first_buy_only) == (
        Decimal(1000),
        frozenset({Kind.SELL}),
        True,
    )
    _, text = await chats.press_and_read_edit(alice.id, card, "Reset")
    assert "Rules for Moby were reset." in text
    assert "Minimum: none" in text
    assert await rules_of_watch(database) == Rules()
    _, text = await chats.press_and_read_edit(alice.id, card, "↩️ Undo reset")
    assert "Undone" in text
    assert await rules_of_watch(database) == rules


async def test_rules_for_all_wallets_are_written_and_a_wallet_departs_from_them(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Rules for all wallets" in await chats.ask(alice.id, "/rules off sell")
    assert "Minimum: $2,500" in await chats.ask(alice.id, "/rules min 2.5k")
    answer_text = await chats.ask(alice.id, "/rules Moby off buy")
    assert "Minimum: $2,500" in answer_text
    assert "Muted types: buy, sell" in answer_text
    settings = await settings_of(database, alice.id)
    assert (settings.rules.min_usd, settings.rules.kinds_off) == (Decimal(2500), frozenset({Kind.SELL}))


async def test_tokens_are_listed_and_excluded(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert f"Never these tokens: {WHALE[:2]}" not in await chats.ask(alice.id, "/rules Moby never SOL")
    mint = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
    answer_text = await chats.ask(alice.id, f"/rules Moby only {mint}")
    assert f"Only these tokens: {mint}" in answer_text
    assert "Never these tokens: SOL" in answer_text
    assert "tokens:" not in await chats.ask(alice.id, "/rules Moby any")


async def test_a_text_that_is_no_rule_gets_an_explanation(chats: TelegramChats, alice: User) -> None:
    assert "“be nice” is no rule and no wallet" in await chats.ask(alice.id, "/rules be nice")
    assert "Write a dollar amount" in await chats.ask(alice.id, "/rules min much")
    assert "no such type of alert" in await chats.ask(alice.id, "/rules off party")


async def test_in_a_group_only_admins_change_rules(chats: TelegramChats, alice: User, bob: User) -> None:
    group = await chats.group({alice.id: "creator", bob.id: "member"})
    assert "Only admins" in await chats.ask(bob.id, "/rules min 5", MessageTarget(chat_id=group))
    card = await chats.ask_message(alice.id, "/rules min 5", MessageTarget(chat_id=group))
    assert "Minimum: $5" in (card.text or "")
    assert "Only admins" in await chats.press(bob.id, card, "Reset")


async def test_in_a_group_everybody_may_look_at_rules_and_hours(
    chats: TelegramChats, alice: User, bob: User
) -> None:
    target = MessageTarget(chat_id=await chats.group({alice.id: "creator", bob.id: "member"}))
    for command, title in (("/rules", "Rules for all wallets"), ("/quiet", "Delivery settings")):
        card = await chats.ask_message(bob.id, command, target)
        assert title in (card.text or "")
        assert card.message is not None
        assert card.message.reply_markup is None
        message = (await chats.ask_message(alice.id, command, target)).message
        assert message is not None
        assert message.reply_markup is not None
    assert "Only admins" in await chats.ask(bob.id, "/quiet off", target)


async def test_in_a_topic_it_says_what_counts_for_all_of_them(chats: TelegramChats, alice: User) -> None:
    group = await chats.group({alice.id: "creator"}, forum=True)
    topic = chats.telegram.people.add_topic(group, "Alerts", alice.id)
    for command in ("/rules", "/quiet"):
        note = "This counts for all topics of the group."
        assert note in await chats.ask(alice.id, command, MessageTarget(chat_id=group, thread_id=topic))
        assert note not in await chats.ask(alice.id, command)


async def test_several_rules_stand_in_one_line_and_contradictions_are_pointed_out(
    chats: TelegramChats, alice: User
) -> None:
    assert "Minimum: $1,000 · maximum: $50,000" in await chats.ask(alice.id, "/rules min 1000 max 50k")
    assert "⚠️ The minimum is above the maximum" in await chats.ask(alice.id, "/rules max 10")


async def test_tokens_are_named_by_symbol(chats: TelegramChats, alice: User) -> None:
    wif = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
    assert f"Only these tokens: {wif}" in await chats.ask(alice.id, "/rules only WIF")
    assert "“NOPE” is no token seen in this chat" in await chats.ask(alice.id, "/rules never NOPE")


async def test_an_unknown_name_is_said_to_be_unknown(chats: TelegramChats, alice: User) -> None:
    assert "“Nobody” is no rule and no wallet" in await chats.ask(alice.id, "/rules Nobody min 5")


async def test_one_of_two_namesakes_is_chosen_and_the_rule_kept(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/rules Moby min 1000")
    assert choice.text == "Several wallets are called Moby. Which one?"
    _, text = await chats.press_and_read_edit(alice.id, choice, "Moby So11…1112")
    assert "Rules for Moby So11…1112" in text
    assert "Minimum: $1,000" in text
    assert await database.fetchval("SELECT count(*) FROM watches WHERE rules <> '{}'") == 1


async def test_the_rules_of_a_wallet_that_is_gone_are_gone(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    card = await chats.ask_message(alice.id, "/rules Moby")
    await chats.ask(alice.id, "/unwatch Moby")
    assert "no longer followed here" in await chats.press(alice.id, card, "$1K")


async def test_e73_a_button_pressed_twice_changes_nothing_twice(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    card = await chats.ask_message(alice.id, "/rules Moby")
    await chats.press_and_read_edit(alice.id, card, "$1K")
    first = await rules_of_watch(database)
    await chats.press(alice.id, card, "• $1K •")
    assert await rules_of_watch(database) == first


async def test_last_week_is_rehearsed_and_a_button_takes_the_quieter_variant(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Last week" not in await chats.ask(alice.id, "/rules")
    trade = msgspec.json.encode(structs.replace(purchase(), wallet=WHALE)).decode()
    for usd, number in ((50, 30), (9_000, 4)):
        await database.execute(
            "INSERT INTO alerts (chain, wallet_id, subject, sort, payload, market, block_time, fanned_out_at)"
            " SELECT chain, wallet_id, address, 'buy', $1::jsonb, jsonb_build_object('usd', $2::text), now(),"
            " now() FROM wallets, generate_series(1, $3)",
            trade,
            str(usd),
            number,
        )
    card = await chats.ask_message(alice.id, "/rules")
    assert "Last week: 34 alerts. With a minimum of $100: 4." in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "🤫 At least $100: 4 a week")
    assert "Minimum: $100" in text
    assert "Last week: 4 alerts." in text
