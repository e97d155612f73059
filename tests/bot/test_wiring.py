"""The bot as it is put together: one way of intake, chosen by the settings."""

import subprocess
import sys

import pytest

from bench.compose_file import ROOT
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.bot.conftest import Make, TelegramChats, running, until

pytestmark = pytest.mark.services


@pytest.mark.parametrize("intake", ["webhook", "polling"])
async def test_updates_come_by_the_way_that_the_settings_choose(
    chats: TelegramChats, make_settings: Make, database: Database, intake: str
) -> None:
    settings = make_settings() if intake == "webhook" else make_settings(WEBHOOK_URL="")
    (alice,) = chats.telegram.people.add_users(1)
    async with running(settings):
        assert "Commands" in await chats.ask(alice, "/help")
        await until(lambda: instances(database))
        (instance,) = await instances(database)
        assert instance.detail["updates"] == intake
    assert await instances(database) == []


async def test_two_instances_share_the_chats(
    chats: TelegramChats, make_settings: Make, database: Database
) -> None:
    users = chats.telegram.people.add_users(4)
    async with running(make_settings(WEBHOOK_URL="")), running(make_settings(WEBHOOK_URL="")):
        for user in users:
            await chats.ask(user, "/help")
        await until(lambda: database.fetchval("SELECT count(*) = 2 FROM instances"))
    assert [len(chats.texts(user)) for user in users] == [1] * len(users)


def test_a_bot_starts_without_the_libraries_that_few_of_its_commands_need() -> None:
    few = {"solders", "segno"}  # together 20 MiB of each instance
    words = f"import sys, bot.wiring; print(*{few} & set(sys.modules))"
    printed = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.split() == []
