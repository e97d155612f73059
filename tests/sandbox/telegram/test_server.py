"""The server as a whole: what it starts with, several side by side, and its end."""

import asyncio

import aiohttp
import pytest

from sandbox.telegram import (
    SandboxTelegram,
    SeedGroup,
    SeedUser,
    TelegramConfig,
)
from tests.sandbox.telegram.stage import TOKEN, client

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
    async with client(telegram) as bot, asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=20))
        async with asyncio.timeout(5):
            while telegram.people.bot.update_queue._poll is None:  # noqa: ASYNC110 - a poll raises no event
                await asyncio.sleep(0.01)
            await telegram.stop()
    assert poll.result() == ()


ELSEWHERE = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "evil.example"},
)
CHANGES = (
    ("POST", f"/bot{TOKEN}/setWebhook?url=http://127.0.0.1:9/x"),
    ("POST", f"/bot{TOKEN}/sendMessage?chat_id=500000001&text=hi"),
    ("POST", "/sandbox/users"),
    ("POST", "/sandbox/send"),
    ("POST", "/sandbox/limits"),
    ("POST", "/faults"),
    ("DELETE", "/faults"),
)


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_no_page_of_another_site_changes_anything(headers: dict[str, str]) -> None:
    config = TelegramConfig(tokens=(TOKEN,))
    async with SandboxTelegram(config) as telegram, aiohttp.ClientSession(telegram.url) as http:
        before = telegram.ledger.last, len(telegram.known_users()), telegram.people.bot.pusher
        for method, path in CHANGES:
            body = {"name": "Eve"}
            async with http.request(method, path, json=body, headers=headers) as response:
                assert response.status == 403, path
        assert before == (telegram.ledger.last, len(telegram.known_users()), telegram.people.bot.pusher)


async def test_nothing_is_read_by_a_name_that_is_not_ours() -> None:
    async with SandboxTelegram() as telegram, aiohttp.ClientSession(telegram.url) as http:
        for path in ("/", "/ledger", "/sandbox/state", "/events", "/faults", f"/bot{TOKEN}/getMe"):
            async with http.get(path, headers={"Host": "rebound.evil.example"}) as response:
                assert response.status == 403, path


async def test_a_get_changes_nothing() -> None:
    config = TelegramConfig(tokens=(TOKEN,))
    async with SandboxTelegram(config) as telegram, aiohttp.ClientSession(telegram.url) as http:
        before = telegram.ledger.last, len(telegram.known_users())
        for method, path in CHANGES:
            if method == "POST":
                async with http.get(path) as response:
                    assert path == "/faults" or response.status in (404, 405), path
        async with http.get(f"/bot{TOKEN}/getUpdates?offset=-1") as response:
            assert response.status == 405
        async with http.get(f"/bot{TOKEN}/getMe") as response:
            assert response.status == 200
        assert before == (telegram.ledger.last, len(telegram.known_users()))
        assert telegram.people.bot.pusher is None
        assert telegram.faults.active() == []


async def test_a_form_drives_nobody() -> None:
    async with SandboxTelegram() as telegram, aiohttp.ClientSession(telegram.url) as http:
        for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
            headers = {"Content-Type": kind}
            async with http.post("/sandbox/users", data=b'{"name": "Eve"}', headers=headers) as response:
                assert response.status == 415
        assert "Eve" not in [user.first_name for user in telegram.known_users()]


async def test_its_own_page_and_its_bot_are_let_in() -> None:
    config = TelegramConfig(tokens=(TOKEN,))
    async with SandboxTelegram(config) as telegram, aiohttp.ClientSession(telegram.url) as http:
        page = {"Origin": telegram.url, "Sec-Fetch-Site": "same-origin"}
        async with http.post("/sandbox/users", json={"name": "Eve"}, headers=page) as response:
            assert (await response.json())["ok"]
        async with http.post(f"/bot{TOKEN}/getMe", data={"a": "b"}) as response:
            assert response.status == 200
