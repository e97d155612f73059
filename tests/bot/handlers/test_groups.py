"""Groups wait for an admin, channels are managed in private, and members silence a noisy wallet."""

import pytest

from domain.rules.rules import Display
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import AlertSubject, alert_keyboard
from runtime import clock
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.ledger import Entry
from sandbox.telegram.shapes import Button, User
from storage.postgres import Database
from tests.bot.conftest import TOKEN, WHALE, TelegramChats
from tests.bot.handlers.alerts import send_alert

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def added_by_member(chats: TelegramChats, alice: User, bob: User) -> tuple[int, Entry]:
    """A group of Alice's to which Bob, a member, has added the bot; its question to the admins."""
    seq = chats.telegram.ledger.last
    group = chats.telegram.people.add_group("Club", {bob.id: "member", alice.id: "creator"})
    return group, await chats.next_entry(group, seq)


async def pressed_url(chats: TelegramChats, user_id: int, entry: Entry, button: str) -> str:
    people = chats.telegram.people
    answer = await people.press(user_id, entry.message_id or 0, button, chat_id=entry.chat_id)
    return answer.url or ""


async def test_a_group_is_silent_until_an_admin_confirms_in_private(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    group, question = await added_by_member(chats, alice, bob)
    assert "silent here until an admin" in (question.text or "")
    seen = len(chats.texts(group))
    chats.telegram.people.send(bob.id, "/wallets", MessageTarget(chat_id=group))
    assert await pressed_url(chats, bob.id, question, "✅ Confirm in private") == ""
    url = await pressed_url(chats, alice.id, question, "✅ Confirm in private")
    assert len(chats.texts(group)) == seen
    card = await chats.ask_message(alice.id, f"/start {url.partition('start=')[2]}")
    assert "Let Whale Watcher speak in Club?" in (card.text or "")
    seq = chats.telegram.ledger.last
    _, text = await chats.press_and_read_edit(alice.id, card, "✅ Confirm")
    assert "speaks in Club now, within your limits" in text
    assert "posts here what they do" in ((await chats.next_entry(group, seq)).text or "")
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", group) == alice.id
    assert "Following Moby" in await chats.ask(alice.id, f"/watch {WHALE} Moby", MessageTarget(chat_id=group))
    assert "1 of 500 wallets" in await chats.ask(alice.id, "/status")


async def test_an_old_link_gets_a_new_button_and_a_forged_one_nothing(
    chats: TelegramChats, alice: User, bob: User
) -> None:
    group, _ = await added_by_member(chats, alice, bob)
    old = Callbacks(TOKEN).seal(f"g{-group}_{int(clock.unix()) - 400}_")
    card = await chats.ask_message(alice.id, f"/start {old}")
    assert "over 5 minutes old. Here is a new one for Club" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "✅ Confirm")
    assert "speaks in Club now" in text
    assert "Only admins of Club" in await chats.ask(bob.id, f"/start {old}")
    forged = Callbacks("1:other").seal(f"g{-group}_{int(clock.unix())}_")
    assert "Hello, Bob" in await chats.ask(bob.id, f"/start {forged}")


async def noisy(chats: TelegramChats, alice: User, others: list[User], *, is_on: bool) -> tuple[int, Entry]:
    group = await chats.group({alice.id: "creator"} | {one.id: "member" for one in others})
    target = MessageTarget(chat_id=group)
    await chats.ask(alice.id, f"/watch {WHALE} Moby", target)
    if is_on:
        await chats.ask(alice.id, "/settings noise on", target)
    keyboard = alert_keyboard(
        Callbacks(TOKEN), AlertSubject(watch_id=1, mint=None), chat_id=group, display=Display(noise=True)
    )
    return group, await send_alert(chats, group, keyboard)


async def test_three_members_silence_a_wallet_for_a_day_and_an_admin_lifts_it(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    carl, dora = (chats.telegram.people.add_user(name) for name in ("Carl", "Dora"))
    group, alert = await noisy(chats, alice, [bob, carl, dora], is_on=True)
    assert "1 of 3" in await chats.press(bob.id, alert, "🤫 Noise")
    assert "1 of 3" in await chats.press(bob.id, alert, "🤫 Noise")
    assert "2 of 3" in await chats.press(carl.id, alert, "🤫 Noise")
    stranger = chats.telegram.people.add_user("Eve")
    assert "Only members" in await chats.press(stranger.id, alert, "🤫 Noise")
    seq = chats.telegram.ledger.last
    await chats.press(dora.id, alert, "🤫 Noise")
    assert "Moby is muted until" in ((await chats.next_entry(group, seq)).text or "")
    muted = "SELECT muted_until > now() + interval '23 hours' FROM watches"
    assert await database.fetchval(muted)
    await chats.ask(alice.id, "/unmute Moby", MessageTarget(chat_id=group))
    assert not await database.fetchval(muted)


async def test_the_noise_button_does_nothing_where_admins_have_not_switched_it_on(
    chats: TelegramChats, alice: User, bob: User
) -> None:
    _, alert = await noisy(chats, alice, [bob], is_on=False)
    assert "switched this button off" in await chats.press(bob.id, alert, "🤫 Noise")


async def test_a_channel_is_managed_in_private_by_its_admin(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    people = chats.telegram.people
    await chats.ask(alice.id, "/start")
    assert "No channel yet" in await chats.ask(alice.id, "/channel")
    channel = people.add_channel("Whales", {alice.id: "creator"})
    seq = chats.telegram.ledger.last
    people.promote_bot(channel, alice.id)
    assert "Whales is ready" in ((await chats.next_entry(alice.id, seq)).text or "")
    card = await chats.ask_message(alice.id, "/channel")
    _, text = await chats.press_and_read_edit(alice.id, card, "📣 Whales")
    assert "count for Whales from now on" in text
    followed = await chats.ask_message(alice.id, f"/watch {WHALE} Moby")
    assert await database.fetchval("SELECT chat_id FROM watches") == channel
    assert chats.texts(channel) == []
    _, gone = await chats.press_and_read_edit(alice.id, followed, "✖️ Unfollow")
    assert "Unfollowed Moby" in gone
    assert await database.fetchval("SELECT count(*) FROM watches") == 0
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    shared = await chats.ask_message(alice.id, "/share")
    assert "Revoked" in (await chats.press_and_read_edit(alice.id, shared, "🗑 Revoke"))[1]
    assert "private chat again" in await chats.ask(alice.id, "/channel off")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    owners = await database.fetch("SELECT chat_id FROM watches ORDER BY watch_id")
    assert [row["chat_id"] for row in owners] == [channel, alice.id]


async def confirmed_group(chats: TelegramChats, alice: User, bob: User, database: Database) -> int:
    """A group of Alice's on her account, of which Bob is an admin, too."""
    group = await chats.group({alice.id: "creator", bob.id: "administrator"})
    await chats.ask(alice.id, f"/watch {WHALE} Moby", MessageTarget(chat_id=group))
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", group) == alice.id
    return group


def only_button(card: Entry) -> Button:
    assert card.message is not None
    assert card.message.reply_markup is not None
    ((button,),) = card.message.reply_markup.inline_keyboard
    return button


async def taken_over(chats: TelegramChats, person: User, card: Entry) -> str:
    """Return what the person reads who lets their limits count, by the link under a message in the group."""
    asked = await chats.ask_message(
        person.id, f"/start {(only_button(card).url or '').partition('start=')[2]}"
    )
    if "instead of another" not in (asked.text or ""):
        return asked.text or ""
    return (await chats.press_and_read_edit(person.id, asked, "💳 Use my limits"))[1]


async def test_a_group_is_handed_to_another_admin_when_its_payer_leaves(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    group = await confirmed_group(chats, alice, bob, database)
    card = await chats.ask_message(bob.id, "/payer", MessageTarget(chat_id=group))
    assert "The limits of one admin count here: 1 wallet followed" in (card.text or "")
    seq = chats.telegram.ledger.last
    chats.telegram.people.leave(group, alice.id)
    left = await chats.next_entry(group, seq)
    assert "has left" in (left.text or "")
    carol = chats.telegram.people.add_user("Carol", started=True)
    assert "Only admins" in await taken_over(chats, carol, left)
    assert "Your limits count in" in await taken_over(chats, bob, left)
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", group) == bob.id
    assert "0 of 500 wallets" in await chats.ask(alice.id, "/status")
    assert "1 of 500 wallets" in await chats.ask(bob.id, "/status")


async def test_who_gives_a_group_up_silences_it_until_another_admin_confirms(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    group = await confirmed_group(chats, alice, bob, database)
    card = await chats.ask_message(alice.id, "/payer")
    seq = chats.telegram.ledger.last
    _, text = await chats.press_and_read_edit(alice.id, card, only_button(card).text)
    assert "count in no group" in text
    question = await chats.next_entry(group, seq)
    assert "Nobody's limits count here any more" in (question.text or "")
    url = await pressed_url(chats, bob.id, question, "✅ Confirm in private")
    asked = await chats.ask_message(bob.id, f"/start {url.partition('start=')[2]}")
    assert "speaks in" in (await chats.press_and_read_edit(bob.id, asked, "✅ Confirm"))[1]
    assert await database.fetchval("SELECT count(*) FROM watches WHERE chat_id = $1", group) == 1


async def test_an_anonymous_admin_is_known_by_what_he_presses(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    group, question = await added_by_member(chats, alice, bob)
    chats.telegram.people.hide(group, alice.id)
    url = await pressed_url(chats, alice.id, question, "✅ Confirm in private")
    card = await chats.ask_message(alice.id, f"/start {url.partition('start=')[2]}")
    seq = chats.telegram.ledger.last
    await chats.press_and_read_edit(alice.id, card, "✅ Confirm")
    await chats.next_entry(group, seq)
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", group) == alice.id
    target = MessageTarget(chat_id=group)
    assert "Following Moby" in await chats.ask(alice.id, f"/watch {WHALE} Moby", target)


async def test_the_alerts_of_a_group_are_brought_to_the_topic_in_which_that_is_asked(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    group = await chats.group({alice.id: "creator"}, forum=True)
    await chats.ask(alice.id, f"/watch {WHALE} Moby", MessageTarget(chat_id=group))
    topic = chats.telegram.people.add_topic(group, "Whales", alice.id)
    here = MessageTarget(chat_id=group, thread_id=topic)
    card = await chats.ask_message(alice.id, "/topic", here)
    assert "0 wallets alert here, 1 in other topics" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "🧵 Bring all here")
    assert "1 wallet alert here now" in text
    assert await database.fetchval("SELECT topic_id FROM watches") == topic
