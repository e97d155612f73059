"""Without Redis: no conversations, but every command in one line, and nothing is lost."""

import asyncio
from dataclasses import dataclass, replace
from typing import cast

import msgspec
import pytest

from bot.connections import open_servers
from bot.dialog.responder import NotAccepted, Responder
from bot.wiring import make_dispatcher
from domain.chats import ChatTarget
from runtime import clock
from runtime.settings.settings import Settings
from storage.chats.update_leases import UpdateLease
from storage.postgres import Database
from storage.redis import open_redis
from tests.bot.conftest import WHALE, Make, TelegramChats, free_port, running

pytestmark = pytest.mark.services


async def test_without_redis_one_line_must_do(
    chats: TelegramChats, make_settings: Make, database: Database
) -> None:
    alice, bob, ann = chats.telegram.people.add_users(3)
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    async with running(make_settings(REDIS_URL=nowhere)):
        assert "in one line: /watch ADDRESS name" in await chats.ask(alice, "/watch")
        assert "Following Moby" in await chats.ask(bob, f"/watch {WHALE} Moby")
        assert "Scanning" in await chats.ask(ann, f"/scan {WHALE}")
    assert await database.fetchval("SELECT state FROM questions") == "open"


@pytest.mark.usefixtures("bot")
async def test_b25_a_question_that_redis_forgot_is_started_again_with_a_friendly_word(
    chats: TelegramChats, valkey_url: str
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    assert "address" in (await chats.ask(alice, "/watch")).lower()
    client = open_redis(valkey_url)
    await client.flushall()
    await client.aclose()
    assert "please start again with the command" in await chats.ask(alice, "Moby")
    assert "✅ Following" in await chats.ask(alice, f"/watch {WHALE} Moby")


@dataclass(slots=True)
class SentTexts:
    """Sends replies, unless Telegram takes none at present."""

    sent: list[str]
    takes: bool = True

    async def send(self, target: ChatTarget, text: str, *_: object, **__: object) -> int:
        del target
        if not self.takes:
            raise NotAccepted("the chat has had enough for now", retry_after=1.0)
        self.sent.append(text)
        return len(self.sent)


async def test_an_answer_whose_reply_was_not_accepted_is_handled_again_as_an_answer(
    settings: Settings,
) -> None:
    async with open_servers(settings) as servers:
        await servers.bot.initialize()
        responder = SentTexts([])
        dispatcher = replace(make_dispatcher(settings, servers), responder=cast("Responder", responder))
        await dispatcher.handle_update(message(1, "/watch"))
        responder.takes = False
        with pytest.raises(NotAccepted):
            await dispatcher.handle_update(message(2, f"{WHALE} Moby"))
        responder.takes = True
        await dispatcher.handle_update(message(2, f"{WHALE} Moby"))
        assert "Already following <b>Moby</b>" in responder.sent[-1]
        await dispatcher.handle_update(message(3, "Moby"))
        assert "Not understood" in responder.sent[-1]


async def test_an_answer_is_not_lost_where_two_instances_handle_the_same_person(settings: Settings) -> None:
    async with open_servers(settings) as one, open_servers(settings) as other:
        await asyncio.gather(one.bot.initialize(), other.bot.initialize())
        responder = SentTexts([])
        dispatchers = [
            replace(make_dispatcher(settings, servers), responder=cast("Responder", responder))
            for servers in (one, other)
        ]
        await dispatchers[0].handle_update(message(1, "/watch"))
        await dispatchers[1].handle_update(message(2, f"{WHALE} Moby"))
        await dispatchers[1].handle_update(message(3, "/scan"))
        stale = await one.sessions.load(5, 5)
        await dispatchers[0].handle_update(message(4, WHALE))
        assert "Scanning" in responder.sent[-1]
        assert not await one.sessions.end(stale)


def message(update_id: int, text: str) -> UpdateLease:
    person = {"id": 5, "first_name": "Ann"}
    chat = {"id": 5, "type": "private"}
    written = {"message_id": update_id, "date": int(clock.unix()), "chat": chat, "from": person, "text": text}
    payload = msgspec.json.encode({"update_id": update_id, "message": written}).decode()
    return UpdateLease(update_id=update_id, chat_id=5, payload=payload, attempts=1)
