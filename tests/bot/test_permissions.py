"""Who may ask: in groups only admins settle what is followed, checked at the act.
How much one person may ask for.
"""

import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.permissions import Throttle
from domain.errors import TelegramUnavailable
from domain.rate_limits import RequestShares
from sandbox.telegram.chats.people import MessageTarget
from storage.coordination.limits import Limits
from storage.postgres import Database
from storage.redis import open_redis
from tests.bot.conftest import WHALE, TelegramChats, free_port, until

SHARES = RequestShares(burst=10, per_minute=30)


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_only_admins_of_a_group_change_what_is_followed(
    chats: TelegramChats, database: Database
) -> None:
    ann, bob = chats.telegram.people.add_users(2)
    group = await chats.group({ann: "creator", bob: "member"})
    assert "Only admins" in await chats.ask(bob, f"/watch {WHALE}", MessageTarget(chat_id=group))
    followed = await chats.ask_message(ann, f"/watch {WHALE} Moby", MessageTarget(chat_id=group))
    assert "Following Moby" in (followed.text or "")
    assert "Only admins" in await chats.press(bob, followed, "✖️ Unfollow")
    assert await database.fetchval("SELECT count(*) FROM watches WHERE chat_id = $1", group) == 1
    _, text = await chats.press_and_read_edit(ann, followed, "✖️ Unfollow")
    assert "Unfollowed Moby" in text


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_a_topic_follows_for_itself_and_is_answered_in_itself(
    chats: TelegramChats, database: Database
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = await chats.group({ann: "creator"}, forum=True)
    topic = chats.telegram.people.add_topic(group, "Alerts", ann)
    followed = await chats.ask_message(ann, f"/watch {WHALE}", MessageTarget(chat_id=group, thread_id=topic))
    assert followed.thread_id == topic
    assert await database.fetchval("SELECT topic_id FROM watches") == topic
    assert "You follow no wallet yet" in await chats.ask(ann, "/wallets", MessageTarget(chat_id=group))


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_in_a_group_the_answer_to_a_question_is_a_reply(chats: TelegramChats) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    group = await chats.group({ann: "creator"})
    question = await chats.ask_message(ann, "/watch", MessageTarget(chat_id=group))
    target = MessageTarget(chat_id=group, reply_to=question.message_id)
    assert "✅ Following" in await chats.ask(ann, WHALE, target)


OLD = """
INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, received_at)
SELECT number, $1, $1, true, jsonb_set($3::jsonb, '{update_id}', to_jsonb(number)),
    now() - interval '2 minutes'
FROM generate_series(1, $2::bigint) AS number
"""


@pytest.mark.services
@pytest.mark.usefixtures("bot")
async def test_what_waited_for_an_outage_to_end_takes_nothing_of_what_may_be_asked_now(
    chats: TelegramChats, database: Database
) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    await database.execute(OLD, ann, RequestShares().burst + 10, json.dumps(pressed(ann)))
    await until(lambda: database.fetchval("SELECT bool_and(state = 'done') FROM updates"))
    assert "Commands" in await chats.ask(ann, "/help")


def pressed(user_id: int) -> dict[str, object]:
    person, chat = {"id": user_id, "is_bot": False, "first_name": "A"}, {"id": user_id, "type": "private"}
    old = {"message_id": 1, "date": 1, "chat": chat}
    return {"update_id": 1, "callback_query": {"id": "4711", "from": person, "message": old, "data": "x"}}


@pytest.fixture
async def throttle(valkey_url: str) -> AsyncIterator[Throttle]:
    client = open_redis(valkey_url)
    yield Throttle(limits=Limits(client), shares=SHARES)
    await client.aclose()


@pytest.mark.services
async def test_after_a_burst_a_person_waits_and_others_do_not(throttle: Throttle) -> None:
    admitted = [await throttle.admits(5) for _ in range(SHARES.burst + 10)]
    assert admitted[: SHARES.burst] == [True] * SHARES.burst
    assert not all(admitted)
    assert await throttle.admits(6)


@pytest.mark.services
async def test_a_person_is_warned_once(throttle: Throttle) -> None:
    said: list[int] = []
    for number in range(3):
        await throttle.warn(5, partial(note, said, number))
    assert said == [0]


@pytest.mark.services
async def test_a_warning_that_telegram_did_not_take_is_said_the_next_time(throttle: Throttle) -> None:
    said: list[int] = []

    async def fail() -> None:
        raise TelegramUnavailable("away")

    with pytest.raises(TelegramUnavailable):
        await throttle.warn(5, fail)
    for number in range(2):
        await throttle.warn(5, partial(note, said, number))
    assert said == [0]


async def note(said: list[int], number: int) -> None:
    said.append(number)


@pytest.mark.services
async def test_without_redis_everybody_is_admitted() -> None:
    client = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    throttle = Throttle(limits=Limits(client), shares=SHARES)
    assert all([await throttle.admits(5) for _ in range(2 * SHARES.burst)])
    said: list[int] = []
    await throttle.warn(5, partial(note, said, 1), needs_count=True)
    await throttle.warn(5, partial(note, said, 2))
    assert said == [2], "only what something else bounds"
    await client.aclose()
