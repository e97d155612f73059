"""/import, and files that people send."""

import json

import pytest

from sandbox.telegram.chats.files import Upload
from sandbox.telegram.chats.people import PRIVATE_CHAT, MessageTarget
from sandbox.telegram.shapes import User
from services.wallet_lists import MAX_FILE_BYTES
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.services.wallets import addresses

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def send_file(
    chats: TelegramChats, user_id: int, name: str, content: bytes, target: MessageTarget = PRIVATE_CHAT
) -> tuple[str, str]:
    """Send a file; the bot's first words, and what takes their place."""
    seq = chats.telegram.ledger.last
    caption = "" if target == PRIVATE_CHAT else "/import"
    upload = Upload(name=name, mime="text/plain", content=content)
    chats.telegram.people.send_document(user_id, upload, caption=caption, target=target)
    chat_id = target.chat_id or user_id
    first = await chats.next_entry(chat_id, seq)
    return first.text or "", (await chats.next_entry(chat_id, seq, "edit")).text or ""


async def test_lines_are_imported_with_a_report(chats: TelegramChats, alice: User) -> None:
    seq = chats.telegram.ledger.last
    text = await chats.ask(alice.id, f"/import\n{WHALE},toly.sol\n{OTHER_WHALE} ansem.eth")
    assert text == "📥 Importing 2 wallets…"
    report = (await chats.next_entry(alice.id, seq, "edit")).text or ""
    assert report.startswith("✅ Following 2 new wallets.\n· toly․sol\n· ansem․eth")


async def test_a_file_of_five_hundred_is_imported(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    content = json.dumps([{"address": one, "name": f"W{i}"} for i, one in enumerate(addresses(500))])
    reading, report = await send_file(chats, alice.id, "wallets.json", content.encode())
    assert reading == "📥 Reading the file…"
    assert report.startswith("✅ Following 500 new wallets.")
    assert "· and 490 more" in report
    assert await database.fetchval("SELECT count(*) FROM watches") == 500
    assert (
        "Already following 500 wallets" in (await send_file(chats, alice.id, "w.json", content.encode()))[1]
    )


async def test_without_a_list_the_next_message_or_file_is_taken_for_it(
    chats: TelegramChats, alice: User
) -> None:
    assert "Send the list" in await chats.ask(alice.id, "/import")
    assert "No Solana address" in await chats.ask(alice.id, "nothing here")
    _, report = await send_file(chats, alice.id, "no ending", f"{WHALE},Moby".encode())
    assert "Following 1 new wallet." in report


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"\0\1\2", "not a text"),
        ("a.json", b"[1,", "JSON is broken"),
        ("a.txt", b"hello", "No Solana address"),
        ("a.csv", "\n".join(addresses(501)).encode(), "Import up to 500 at a time"),
    ],
)
async def test_what_cannot_be_read_is_explained(
    chats: TelegramChats, alice: User, name: str, content: bytes, why: str
) -> None:
    assert why in (await send_file(chats, alice.id, name, content))[1]


async def test_a_large_file_is_not_even_asked_for(chats: TelegramChats, alice: User) -> None:
    seq = chats.telegram.ledger.last
    upload = Upload(name="a.csv", mime="text/csv", content=b"x" * (MAX_FILE_BYTES + 1))
    chats.telegram.people.send_document(alice.id, upload)
    assert "too large" in ((await chats.next_entry(alice.id, seq)).text or "")


async def test_in_a_group_only_admins_import(chats: TelegramChats, alice: User, bob: User) -> None:
    group = await chats.group({alice.id: "creator", bob.id: "member"})
    target = MessageTarget(chat_id=group)
    seq = chats.telegram.ledger.last
    upload = Upload(name="a.csv", mime="text/csv", content=f"{WHALE},Moby".encode())
    chats.telegram.people.send_document(bob.id, upload, caption="/import", target=target)
    assert "Only admins" in ((await chats.next_entry(group, seq)).text or "")
    assert "Following 1 new" in (await send_file(chats, alice.id, "a.csv", f"{WHALE},M".encode(), target))[1]
