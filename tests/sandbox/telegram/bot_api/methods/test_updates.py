"""Fetching updates by long polling, and the quarrels Telegram has with bots that do it wrong."""

import asyncio

import aiohttp
import pytest
from telegram.error import BadRequest, Conflict

from sandbox.telegram import SandboxTelegram, TelegramConfig
from tests.sandbox.telegram.stage import TOKEN, Stage, client

pytestmark = pytest.mark.enable_socket


async def test_updates_come_until_they_are_confirmed(stage: Stage) -> None:
    people = stage.telegram.people
    people.send(stage.alice.id, "/start payload")
    people.send(stage.alice.id, "two")
    first, second = await stage.bot.get_updates()
    assert await stage.bot.get_updates() == (first, second)
    assert first.message is not None
    assert first.message.text == "/start payload"
    assert [one.type for one in first.message.entities] == ["bot_command"]
    assert second.update_id == first.update_id + 1
    assert await stage.bot.get_updates(offset=second.update_id) == (second,)
    assert await stage.bot.get_updates(offset=second.update_id + 1) == ()


async def test_a_negative_offset_forgets_all_but_the_newest(stage: Stage) -> None:
    for text in ("1", "2", "3"):
        stage.telegram.people.send(stage.alice.id, text)
    [newest] = await stage.bot.get_updates(offset=-1)
    assert newest.message is not None
    assert newest.message.text == "3"
    assert await stage.bot.get_updates(limit=1) == (newest,)


async def test_a_long_poll_ends_with_the_first_update(stage: Stage) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(stage.bot.get_updates(timeout=20))
        await asyncio.sleep(0.05)
        assert not poll.done()
        stage.telegram.people.send(stage.alice.id, "at last")
    assert len(poll.result()) == 1


async def test_a_second_poller_ends_the_first(stage: Stage) -> None:
    second = client(stage.telegram)
    async with second, asyncio.TaskGroup() as tasks:
        first = tasks.create_task(_outcome(stage))
        await asyncio.sleep(0.05)
        stage_second = tasks.create_task(second.get_updates(timeout=20))
        await first
        stage.telegram.people.send(stage.alice.id, "x")
    assert isinstance(first.result(), Conflict)
    assert "terminated by other getUpdates request" in str(first.result())
    assert len(stage_second.result()) == 1


async def _outcome(stage: Stage) -> object:
    try:
        return await stage.bot.get_updates(timeout=20)
    except Conflict as refused:
        return refused


async def test_polling_and_a_webhook_exclude_each_other(stage: Stage) -> None:
    await stage.bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await stage.bot.get_updates()
    assert await stage.bot.delete_webhook()
    assert (await stage.bot.get_webhook_info()).url == ""
    assert await stage.bot.get_updates() == ()


async def test_the_kinds_asked_for_stick(stage: Stage) -> None:
    await stage.bot.get_updates(allowed_updates=["my_chat_member"])
    stage.telegram.people.send(stage.alice.id, "unheard")
    stage.telegram.people.block(stage.alice.id)
    [update] = await stage.bot.get_updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    await stage.bot.get_updates(allowed_updates=[])
    stage.telegram.people.unblock(stage.alice.id)
    stage.telegram.people.send(stage.alice.id, "heard")
    assert len(await stage.bot.get_updates()) == 3


@pytest.mark.parametrize(
    ("url", "secret", "complaint"),
    [
        ("ftp://example.com", None, "Bad webhook: an https url must be provided for webhook"),
        ("http://", None, "Bad webhook: invalid webhook url specified"),
        ("http://169.254.169.254/latest", None, "Bad webhook: 169.254.169.254 is another machine"),
        ("http://10.0.0.7/x", None, "Bad webhook: 10.0.0.7 is another machine"),
        ("http://[fd00::1]/x", None, "Bad webhook: fd00::1 is another machine"),
        ("http://metadata/x", None, "Bad webhook: metadata is another machine"),
        ("http://127.0.0.1.evil.example/x", None, "Bad webhook: 127.0.0.1.evil.example is another machine"),
        ("http://127.0.0.1@evil.example/x", None, "Bad webhook: evil.example is another machine"),
        ("http://127.0.0.1:9/x", "not allowed!", "Secret token contains unallowed characters"),
        ("http://127.0.0.1:9/x", "x" * 257, "Secret token is too long"),
    ],
)
async def test_a_bad_webhook_is_refused(stage: Stage, url: str, secret: str | None, complaint: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await stage.bot.set_webhook(url, secret_token=secret)


async def test_setting_the_same_webhook_twice_is_noticed(stage: Stage, http: aiohttp.ClientSession) -> None:
    said = []
    for _ in range(2):
        url = f"{stage.telegram.url}/bot{TOKEN}/setWebhook?url=http://127.0.0.1:9/x"
        async with http.post(url) as response:
            said.append((await response.json())["description"])
    assert said == ["Webhook was set", "Webhook is already set"]


@pytest.mark.parametrize("url", ["http://localhost:9/x", "http://127.8.8.8:9/x", "http://[::1]:9/x"])
async def test_a_webhook_may_be_on_this_machine(stage: Stage, url: str) -> None:
    assert await stage.bot.set_webhook(url)


async def test_a_webhook_may_be_on_a_host_that_is_listed() -> None:
    config = TelegramConfig(tokens=(TOKEN,), webhook_hosts=frozenset({"nginx"}))
    async with SandboxTelegram(config) as telegram, client(telegram) as bot:
        assert await bot.set_webhook("https://nginx:9/telegram")
        with pytest.raises(BadRequest, match="another machine"):
            await bot.set_webhook("https://other:9/telegram")
