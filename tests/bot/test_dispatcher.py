"""From update to answer: chats that come and go, floods, late answers, foreign buttons."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from bot.intake.webhook import SECRET_HEADER
from bot.permissions import Throttle
from domain.chats import ChatTarget
from messaging.telegram.callbacks import Callbacks
from runtime import clock
from runtime.settings.settings import Settings
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.faults import Fault, FaultKind
from storage.chats.cached_chats import CachedChats
from storage.chats.entrances import Entrance
from storage.postgres import Database
from tests.bot.conftest import SECRET, TOKEN, WHALE, TelegramChats, until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def is_closed(database: Database, chat_id: int, reason: str | None) -> bool:
    found = await database.fetchval("SELECT closed_reason FROM chats WHERE chat_id = $1", chat_id)
    return bool(found == reason)


async def handled(database: Database) -> None:
    """Wait until all that has come is handled."""
    finished = "SELECT bool_and(state IN ('done', 'failed', 'limited')) FROM updates"
    await until(lambda: database.fetchval(finished))


PostUpdates = Callable[..., Awaitable[None]]


@pytest.fixture
async def post(settings: Settings) -> AsyncIterator[PostUpdates]:
    """Posts updates to the bot all at once, as Telegram might."""
    headers = {SECRET_HEADER: SECRET}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def one(update: dict[str, object]) -> None:
            async with session.post(settings.webhook_url, json=update) as answer:
                assert answer.status == 200

        async def all_of_them(*updates: dict[str, object]) -> None:
            await asyncio.gather(*map(one, updates))

        yield all_of_them


async def test_a_block_closes_the_chat_and_an_unblock_opens_it(
    chats: TelegramChats, database: Database
) -> None:
    alice = chats.telegram.people.add_user("Alice").id
    await chats.ask(alice, "/start")
    chats.telegram.people.block(alice)
    await until(lambda: is_closed(database, alice, "blocked"))
    chats.telegram.people.unblock(alice)
    await until(lambda: is_closed(database, alice, None))


async def test_a_group_that_throws_the_bot_out_is_closed(chats: TelegramChats, database: Database) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = await chats.group({ann: "creator"})
    chats.telegram.people.kick_bot(group, ann)
    await until(lambda: is_closed(database, group, "removed"))


async def test_a_group_that_moves_keeps_its_watches(chats: TelegramChats, database: Database) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    seq = chats.telegram.ledger.last
    group = chats.telegram.people.add_group("Club", {ann: "creator"}, kind="group")
    await chats.next_entry(group, seq)
    await chats.ask(ann, f"/watch {WHALE} Moby", MessageTarget(chat_id=group))
    moved = chats.telegram.people.migrate(group)
    await until(lambda: database.fetchval("SELECT true FROM watches WHERE chat_id = $1", moved))
    assert "Moby" in await chats.ask(ann, "/wallets", MessageTarget(chat_id=moved))


async def test_commands_for_other_bots_and_talk_in_groups_are_left_alone(
    chats: TelegramChats, database: Database
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = await chats.group({ann: "creator"})
    chats.telegram.people.promote_bot(group, ann)
    for words in ("/help@another_bot", "good morning", "/whatever", WHALE):
        chats.telegram.people.send(ann, words, MessageTarget(chat_id=group))
    assert "Commands" in await chats.ask(ann, "/help@whale_watcher_bot", MessageTarget(chat_id=group))
    await handled(database)
    assert len(chats.texts(group)) == 2


async def warned(chats: TelegramChats, chat_id: int) -> bool:
    return any("Too many messages" in text for text in chats.texts(chat_id))


async def test_g86_a_person_who_floods_is_warned_once_and_others_are_answered(
    chats: TelegramChats, database: Database, post: PostUpdates
) -> None:
    alice, bob = chats.telegram.people.add_users(2)
    floods = [callback_query(1_000 + number, alice, "x") for number in range(60)]
    floods += [message(1_100 + number, alice, "/help") for number in range(3)]
    await post(*floods)
    assert "Commands" in await chats.ask(bob, "/help")
    await handled(database)
    await until(lambda: warned(chats, alice))
    assert sum("Too many messages" in text for text in chats.texts(alice)) == 1
    assert len(chats.texts(alice)) < 4


def message(update_id: int, user_id: int, text: str, *, age: float = 0) -> dict[str, object]:
    person = {"id": user_id, "is_bot": False, "first_name": "A"}
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": int(clock.unix() - age),
            "chat": {"id": user_id, "type": "private", "first_name": "A"},
            "from": person,
            "text": text,
        },
    }


def callback_query(update_id: int, user_id: int, data: str) -> dict[str, object]:
    about = message(update_id, user_id, "old")["message"]
    person = {"id": user_id, "is_bot": False, "first_name": "A"}
    return {
        "update_id": update_id,
        "callback_query": {
            "id": "4711",
            "from": person,
            "message": about,
            "chat_instance": "1",
            "data": data,
        },
    }


async def test_e71_an_answer_long_after_its_question_says_so(
    chats: TelegramChats, database: Database, post: PostUpdates
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    seq = chats.telegram.ledger.last
    await post(message(77, alice, "/help", age=3_700))
    assert "Sorry for the late answer" in ((await chats.next_entry(alice, seq)).text or "")


@pytest.mark.parametrize("data", ["", "x", "cmute:1:3600AAAAAAAAAAAA", "\u202e\x00", "ü" * 64])
async def test_a_forged_callback_query_does_nothing(
    chats: TelegramChats, database: Database, post: PostUpdates, data: str
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    await post(callback_query(5, alice, data))
    await handled(database)
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 5") == "done"
    assert chats.texts(alice) == []


async def test_a_verb_of_another_version_is_called_old(
    chats: TelegramChats, database: Database, post: PostUpdates
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    await post(callback_query(5, alice, Callbacks(TOKEN).write("teleport", 1, chat_id=alice)))
    await handled(database)
    assert await database.fetchval("SELECT state FROM updates WHERE update_id = 5") == "done"


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 9},
        {"update_id": 9, "poll": {"id": "1"}},
        {"update_id": 9, "message": {"text": "no chat"}},
        {"update_id": 9, "message": {"message_id": 1, "chat": {"id": "seven"}}},
        {"update_id": 9, "callback_query": {"id": "1", "from": {"id": 5}, "inline_message_id": "x"}},
    ],
)
async def test_an_update_without_a_message_or_chat_is_kept_and_done(
    database: Database, post: PostUpdates, update: dict[str, object]
) -> None:
    await post(update)
    await handled(database)
    row = await database.fetchrow("SELECT chat_id, state FROM updates")
    assert row is not None
    assert (row["chat_id"], row["state"]) == (0, "done")


async def test_a_message_of_ten_thousand_characters_is_answered(
    chats: TelegramChats, database: Database, post: PostUpdates
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    seq = chats.telegram.ledger.last
    await post(message(5, alice, "/watch " + "A" * 10_000))
    assert "is not a Solana address" in ((await chats.next_entry(alice, seq)).text or "")


async def test_a_null_character_loses_nothing(
    chats: TelegramChats, database: Database, post: PostUpdates
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    await post(message(5, alice, "/watch \x00"))
    await handled(database)
    assert "\\u0000" in str(await database.fetchval("SELECT payload->>'unreadable' FROM updates"))
    assert "Commands" in await chats.ask(alice, "/help")


async def test_a_button_whose_edit_telegram_refuses_is_handled_later(
    chats: TelegramChats, database: Database
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    followed = await chats.ask_message(alice, f"/watch {WHALE} Moby")
    chats.telegram.faults.add(Fault(fault=FaultKind.FLOOD, method="editMessageText", retry_after=6))
    await chats.press(alice, followed, "✖️ Unfollow")
    await until(
        lambda: database.fetchval("SELECT true FROM updates WHERE lease_owner IS NULL AND state = 'working'")
    )
    assert await database.fetchval("SELECT attempts FROM updates ORDER BY update_id DESC LIMIT 1") == 0


async def test_a_question_whose_answer_nobody_can_read_holds_up_nobody(
    chats: TelegramChats, database: Database
) -> None:
    ann, bob = chats.telegram.people.add_users(2)
    group = await chats.group({ann: "creator", bob: "member"}, forum=True)
    topic = chats.telegram.people.add_topic(group, "Scans", ann)
    chats.telegram.faults.add(
        Fault(
            fault=FaultKind.ERROR,
            code=400,
            description="Bad Request: not enough rights to send text messages to the chat",
            chat_id=group,
            method="sendMessage",
        )
    )
    chats.telegram.people.send(ann, f"/scan {WHALE}", MessageTarget(chat_id=group, thread_id=topic))
    assert await chats.ask(bob, "/help", MessageTarget(chat_id=group)) != ""
    await handled(database)
    assert await database.fetchval("SELECT count(*) FROM questions") == 0


async def test_a_question_in_a_topic_that_is_gone_is_answered_in_general(
    chats: TelegramChats, database: Database
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = await chats.group({ann: "creator"}, forum=True)
    chats.telegram.faults.add(
        Fault(
            fault=FaultKind.ERROR,
            code=400,
            description="Bad Request: message thread not found",
            chat_id=group,
            method="sendMessage",
        )
    )
    topic = chats.telegram.people.add_topic(group, "Scans", ann)
    seq = chats.telegram.ledger.last
    chats.telegram.people.send(ann, f"/scan {WHALE}", MessageTarget(chat_id=group, thread_id=topic))
    entry = await chats.next_entry(group, seq)
    await handled(database)
    assert entry.message is not None
    assert entry.message.message_thread_id is None
    assert await database.fetchval("SELECT message_id FROM questions") == entry.message_id


async def test_any_message_opens_a_chat_that_was_closed_or_held_and_status_says_why(
    chats: TelegramChats, database: Database
) -> None:
    alice = chats.telegram.people.add_user("Alice").id
    await chats.ask(alice, "/start")
    await handled(database)
    await database.execute("UPDATE chats SET closed_at = now(), closed_reason = 'chat not found'")
    assert "closed since" in await chats.ask(alice, "/status")
    await handled(database)
    assert await is_closed(database, alice, None)
    await database.execute(
        "UPDATE chats SET suspended_at = now(), suspended_until = now(), suspended_reason = 'no right'"
    )
    assert "alerts wait since" in await chats.ask(alice, "/status")
    await handled(database)
    assert "This chat: " not in await chats.ask(alice, "/status")


async def test_the_settings_of_a_chat_are_asked_for_with_its_session(
    chats: TelegramChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    are_asked = asyncio.Event()
    read, enter = CachedChats.read_ahead, Throttle.enter

    def noted(self: CachedChats, chat_id: int) -> None:
        read(self, chat_id)
        are_asked.set()

    async def after_that(self: Throttle, target: ChatTarget, user_id: int) -> Entrance:
        await are_asked.wait()
        return await enter(self, target, user_id)

    monkeypatch.setattr(CachedChats, "read_ahead", noted)
    monkeypatch.setattr(Throttle, "enter", after_that)
    (alice,) = chats.telegram.people.add_users(1)
    async with asyncio.timeout(10):
        assert "Commands" in await chats.ask(alice, "/help")
