"""The server as a whole: what it starts with, several side by side, and its end."""

import asyncio

import aiohttp
import pytest
from telegram import Bot

from sandbox.telegram import (
    SandboxTelegram,
    SeedGroup,
    SeedUser,
    TelegramConfig,
)
from tests.sandbox.telegram.stage import TOKEN

pytestmark = pytest.mark.enable_socket


async def test_it_starts_with_those_who_are_seeded() -> None:
    config = TelegramConfig(
        users=(SeedUser(name="Ann", started=True), SeedUser(name="Ben")),
        groups=(SeedGroup(title="Desk", members=("Ann", "Ben"), admins=("Ben",), topics=("Alerts",)),),
    )
    async with SandboxTelegram(config) as telegram:
        assert [user.first_name for user in telegram.known_users()] == ["Ann", "Ben"]
        [group] = telegram.known_groups()
        assert (group.title, group.is_forum) == ("Desk", True)
        ann, ben = telegram.known_users()
        room = telegram.people.room_of(group.id)
        assert room.standings == {ben.id: "creator", ann.id: "member"}
        assert [topic.name for topic in room.topics.values()] == ["Alerts"]
        assert telegram.people.bot.update_queue.pending_count() == 0


async def test_several_run_side_by_side() -> None:
    async with SandboxTelegram() as one, SandboxTelegram() as other:
        assert one.url != other.url


async def test_a_taken_port_is_said_and_nothing_is_left_behind() -> None:
    async with SandboxTelegram() as first:
        port = int(first.url.rpartition(":")[2])
        second = SandboxTelegram(TelegramConfig(port=port))
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
        await second.stop()


async def test_it_stops_at_once_with_readers_and_waiters_and_can_be_stopped_twice() -> None:
    telegram = SandboxTelegram()
    await telegram.start()
    async with aiohttp.ClientSession() as http:
        stream = await http.get(f"{telegram.url}/events")
        await stream.content.readany()
        async with asyncio.timeout(3):
            await telegram.stop()
            await telegram.stop()
        stream.close()


async def test_stopping_answers_who_waits() -> None:
    telegram = SandboxTelegram(TelegramConfig(tokens=(TOKEN,)))
    await telegram.start()
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot, asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=20))
        async with asyncio.timeout(5):
            while telegram.people.bot.update_queue._poll is None:  # noqa: ASYNC110 - a poll raises no event
                await asyncio.sleep(0.01)
            await telegram.stop()
    assert poll.result() == ()
