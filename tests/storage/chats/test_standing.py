"""Whether a chat is open, and why nothing is sent there."""

from dataclasses import replace

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import close_chat, hold_chat, saw_chat
from storage.chats.standing import chat_standing, is_open
from storage.postgres import Database
from tests.storage.sample_data import ALICE, follow

pytestmark = pytest.mark.services
GROUP = Chat(chat_id=-55, kind=ChatKind.GROUP, title="Whales")


async def test_a_held_chat_says_why_since_when_and_when_it_is_tried_again(database: Database) -> None:
    await follow(database, ALICE)
    assert await chat_standing(database, ALICE) is None
    await hold_chat(database, ALICE, "no right to write")
    suspended = await chat_standing(database, ALICE)
    assert suspended is not None
    assert suspended.reason == "no right to write"
    assert suspended.next_try_at is not None
    await hold_chat(database, ALICE, "no right to write")
    again = await chat_standing(database, ALICE)
    assert again is not None
    assert again.since == suspended.since


async def test_a_chat_is_open_that_is_known_as_it_is_and_not_closed(database: Database) -> None:
    assert not await is_open(database, GROUP)
    await saw_chat(database, GROUP)
    assert await is_open(database, GROUP)
    assert not await is_open(database, replace(GROUP, title="Minnows")), "its new title is to be stored"
    await hold_chat(database, GROUP.chat_id, "no right to write")
    assert await is_open(database, GROUP), "what is only put off goes on by itself"
    await close_chat(database, GROUP.chat_id, "removed")
    assert not await is_open(database, GROUP)
