"""/web and /apikey: links and keys for the caller, in private alone."""

import re

import pytest

from bot.handlers.web import RequestedKey, parse_requested_key
from domain.access import Scope
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_a_link_signs_in_who_asked_and_stands_behind_a_hash_sign(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    entry = await chats.ask_message(alice.id, "/web")
    assert re.search(r"/signin#[A-Za-z0-9_-]{43}", str(entry.message))
    assert await database.fetchval("SELECT user_id FROM sign_in_tokens") == alice.id


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_a_key_is_shown_once_listed_and_deleted(chats: TelegramChats, alice: User) -> None:
    made = await chats.ask(alice.id, "/apikey new my script write 30d")
    (secret,) = re.findall(r"ww_[A-Za-z0-9_-]{43}", made)
    listed = await chats.ask(alice.id, "/apikey")
    assert secret not in listed
    assert secret[:9] in listed
    assert "my script · read, write · until" in listed
    number = re.search(r"(\d+)\. ", listed)
    assert number is not None
    assert "is deleted" in await chats.ask(alice.id, f"/apikey delete {number[1]}")
    assert "You have no API key" in await chats.ask(alice.id, "/apikey")


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_the_key_that_comes_near_the_limit_says_so(chats: TelegramChats, alice: User) -> None:
    for _ in range(2):
        assert (await chats.ask(alice.id, "/apikey new one")).endswith("delete this message.")
    assert (await chats.ask(alice.id, "/apikey new third")).endswith("\n📏 3 of 3 API keys used.")


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_nothing_secret_is_said_where_others_read_it(chats: TelegramChats, alice: User) -> None:
    group = await chats.group({alice.id: "creator"})
    for command in ("/web", "/apikey new x"):
        assert "private chat" in await chats.ask(alice.id, command, MessageTarget(chat_id=group))


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_a_key_for_a_group_needs_the_rights_it_is_for(chats: TelegramChats, alice: User) -> None:
    (bob,) = chats.telegram.people.add_users(1)
    group = await chats.group({alice.id: "creator", bob: "member"})
    await chats.ask(alice.id, "/start", MessageTarget(chat_id=group))
    assert "ww_" in await chats.ask(alice.id, f"/apikey new all of us write {group}")
    assert "ww_" in await chats.ask(bob, f"/apikey new reader {group}")
    assert "Only admins" in await chats.ask(bob, f"/apikey new writer write {group}")
    assert "Only operators" in await chats.ask(bob, "/apikey new boss admin")
    assert "not in this chat" in await chats.ask(bob, "/apikey new other -1009999999999")


@pytest.mark.parametrize(
    ("words", "requested"),
    [
        ("", RequestedKey()),
        ("my script", RequestedKey(name="my script")),
        ("a write 7d", RequestedKey(name="a", scopes=frozenset({Scope.READ, Scope.WRITE}), days=7)),
        ("-1001234567890 read", RequestedKey(group=-1001234567890)),
    ],
)
def test_words_that_are_no_scope_time_or_group_are_the_name(words: str, requested: RequestedKey) -> None:
    assert parse_requested_key(words.split()) == requested
