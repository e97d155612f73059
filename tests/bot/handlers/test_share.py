"""/share and the link that it makes, as others open it."""

import pytest

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.ledger import Entry
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats, until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def shared(chats: TelegramChats, alice: User, words: str = "/share") -> tuple[Entry, str]:
    """Alice shares two wallets: the message, and the parameter of its link."""
    await chats.ask(alice.id, f"/watch {WHALE} toly.sol")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Dick")
    card = await chats.ask_message(alice.id, words)
    return card, (card.text or "").partition("start=")[2].split("\n")[0]


async def test_a_list_is_shared_with_a_picture_and_followed_by_another(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    seq = chats.telegram.ledger.last
    card, parameter = await shared(chats, alice)
    assert "2 wallets shared" in (card.text or "")
    picture = await chats.telegram.ledger.wait_for(
        lambda entry: entry.message is not None and bool(entry.message.photo), seq=seq
    )
    assert picture.text == "2 wallets: scan to follow"
    offer = await chats.ask_message(bob.id, f"/start {parameter}")
    assert (offer.text or "").startswith("🔗 Somebody shares 2 wallets")
    assert "Alice" not in (offer.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(bob.id, offer, "📥 Follow all 2")

    report = await chats.telegram.ledger.wait_for(
        lambda entry: entry.kind == "edit" and "Following 2 new wallets" in (entry.text or ""), seq=seq
    )
    assert "toly․sol" in (report.text or "")
    assert await database.fetchval("SELECT count(*) FROM watches WHERE chat_id = $1", bob.id) == 2


async def test_a_name_that_looks_like_a_table_loses_no_wallet(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} ;)")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} {{,}} Dick")
    card = await chats.ask_message(alice.id, "/share")
    parameter = (card.text or "").partition("start=")[2].split("\n")[0]
    offer = await chats.ask_message(bob.id, f"/start {parameter}")
    seq = chats.telegram.ledger.last
    await chats.press(bob.id, offer, "📥 Follow all 2")
    await chats.telegram.ledger.wait_for(
        lambda entry: entry.kind == "edit" and "Following 2 new wallets" in (entry.text or ""), seq=seq
    )
    labels = "SELECT label FROM watches WHERE chat_id = $1 ORDER BY label"
    theirs, mine = [await database.fetch(labels, one) for one in (bob.id, alice.id)]
    assert (len(theirs), theirs) == (2, mine)


async def test_the_name_is_seen_only_if_its_owner_agrees_and_a_revoked_list_is_gone(
    chats: TelegramChats, alice: User, bob: User
) -> None:
    card, parameter = await shared(chats, alice)
    _, text = await chats.press_and_read_edit(alice.id, card, "👤 Show my name")
    assert "Readers see your name" in text
    assert "Alice shares 2 wallets" in await chats.ask(bob.id, f"/start {parameter}")
    _, text = await chats.press_and_read_edit(alice.id, card, "🗑 Revoke")
    assert "Revoked" in text
    assert "no longer shared" in await chats.ask(bob.id, f"/start {parameter}")


async def test_in_a_group_another_admin_revokes_and_a_member_does_not(
    chats: TelegramChats, alice: User, bob: User
) -> None:
    carl = chats.telegram.people.add_user("Carl")
    group = await chats.group({alice.id: "creator", bob.id: "administrator", carl.id: "member"})
    target = MessageTarget(chat_id=group)
    await chats.ask(alice.id, f"/watch {WHALE} Moby", target)
    card = await chats.ask_message(alice.id, "/share", target)
    assert "Only admins" in await chats.press(carl.id, card, "🗑 Revoke")
    assert "Revoked" in (await chats.press_and_read_edit(bob.id, card, "🗑 Revoke"))[1]


async def test_a_tag_is_shared_alone(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Dick")
    await chats.ask(alice.id, "/tag Dick kol")
    assert "No wallet is tagged #nemo" in await chats.ask(alice.id, "/share #nemo")
    assert "1 wallet shared" in await chats.ask(alice.id, "/share #kol")


async def test_links_offer_a_wallet_and_open_a_token(
    chats: TelegramChats, bob: User, database: Database
) -> None:
    offer = await chats.ask_message(bob.id, f"/start w{WHALE}")
    assert "What would you like to do?" in (offer.text or "")
    assert await database.fetchval("SELECT count(*) FROM watches") == 0
    await chats.ask(bob.id, f"/start t{WHALE}")
    await until(lambda: database.fetchval("SELECT kind = 'token' FROM questions"))
    assert "Hello, Bob" in await chats.ask(bob.id, "/start referral")
