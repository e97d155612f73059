"""/stats and /health: for operators, in private, in their own words; every act is noted."""

import pytest

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.coordination.instances import beat
from storage.postgres import Database
from storage.redis import open_redis
from tests.bot.conftest import OPERATOR, TelegramChats
from tests.bot.handlers.audit import acts

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_an_operator_sees_counts_and_health(chats: TelegramChats, database: Database) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "Chats 0" in await chats.ask(OPERATOR, "/stats")
    health = await chats.ask(OPERATOR, "/health")
    assert "PostgreSQL: answers" in health
    assert "Telegram: answers" in health
    assert "Chain: nothing has been read yet" in health
    assert await acts(database) == [(OPERATOR, "stats", "done"), (OPERATOR, "health", "done")]


async def test_everybody_else_is_refused_and_noted(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/stats")
    assert await acts(database) == [(alice.id, "stats", "refused")]


async def test_an_operator_is_refused_in_a_group(chats: TelegramChats, database: Database) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    group = await chats.group({OPERATOR: "creator"})
    assert "Operators only" in await chats.ask(OPERATOR, "/stats", MessageTarget(chat_id=group))
    assert await acts(database) == [(OPERATOR, "stats", "refused")]


async def test_an_operator_clears_one_cache_and_only_what_is_in_it(
    chats: TelegramChats, database: Database, valkey_url: str
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    listed = await chats.ask(OPERATOR, "/clearcache")
    assert "• watches: 0% found" in listed
    assert "• balances" in listed
    await chats.ask(OPERATOR, "/wallets")
    async with open_redis(valkey_url) as redis:
        await redis.set("whale:session:1:1", "kept")
        assert "Cleared watches: 1 entries." in await chats.ask(OPERATOR, "/clearcache Watches")
        assert await redis.get("whale:session:1:1") == "kept"
    assert (OPERATOR, "clearcache Watches", "done") in await acts(database)


async def test_nobody_else_clears_a_cache(chats: TelegramChats, alice: User) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/clearcache watches")


async def test_an_operator_sees_what_programs_logged_as_errors(
    chats: TelegramChats, database: Database
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "No errors" in await chats.ask(OPERATOR, "/errors")
    error = {"logger": "scanner.live.live", "line": 7, "text": "a <b>", "first_at": 1.0, "last_at": 9.0}
    for name, count in (("scanner-1", 2), ("scanner-2", 3)):
        await beat(
            database, instance_id=name, program="scanner", detail={"errors": [{**error, "count": count}]}
        )
    await beat(database, instance_id="old-1", program="scanner", detail={"errors": [{"what": "else"}]})
    answer = await chats.ask(OPERATOR, "/errors")
    assert "× 5: a <b> scanner.live.live" in answer


async def test_an_operator_sees_every_limit(chats: TelegramChats) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    answer = await chats.ask(OPERATOR, "/limits")
    assert "Messages a second: " in answer
    assert "⏸" not in answer
