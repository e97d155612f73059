"""/instances: for operators."""

import pytest

from sandbox.telegram.shapes import User
from storage.coordination.instances import beat
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_an_operator_sees_each_process_and_silent_wallets(
    chats: TelegramChats, database: Database, alice: User
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    detail: dict[str, object] = {
        "mode": "leader",
        "assignment": "stands by",
        "wallets": 3,
        "streams": {"node.example": "live (logs)"},
        "nodes": {"node.example": "3/10 in use"},
    }
    await beat(database, instance_id="scanner-9", program="scanner", detail=detail)
    text = await chats.ask(OPERATOR, "/instances")
    assert "scanner-9" in text
    assert "leader, stands by · 3 wallets" in text
    assert "node node.example: 3/10 in use" in text
    assert "ilent" not in text
    assert "No followed wallet is silent for 60 min" in await chats.ask(OPERATOR, "/instances 60")
    assert "ilent for" not in await chats.ask(OPERATOR, "/instances soon")


async def test_collectors_and_processors_are_listed_apart(
    chats: TelegramChats, database: Database, alice: User
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    collector = {"stage": "collect", "mode": "leader", "assignment": "works", "queue": "3 batches wait"}
    await beat(database, instance_id="scanner-1", program="scanner", detail={**collector})
    processor = {"stage": "process", "assignment": "8 of 16 partitions"}
    await beat(database, instance_id="scanner-2", program="scanner", detail={**processor})
    text = await chats.ask(OPERATOR, "/instances")
    assert "collect, leader, works, 3 batches wait" in text
    assert "process, 8 of 16 partitions" in text


async def test_nobody_else_sees_them(chats: TelegramChats, alice: User) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/instances")
