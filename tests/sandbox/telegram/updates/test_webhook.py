"""Pushing updates: order, retries, secrets, limits of connections, and what a bot may answer."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
import pytest
from aiohttp import web
from telegram import Update

from sandbox.telegram import Fault, FaultKind, SandboxTelegram, TelegramConfig
from tests.sandbox.telegram.stage import TOKEN, Stage, client

pytestmark = pytest.mark.enable_socket
Answer = Callable[[int], Awaitable[web.Response]]


async def fine(_attempt: int) -> web.Response:
    return web.Response()


@dataclass(slots=True)
class Hook:
    """A real HTTP server that notes what it is sent."""

    url: str = ""
    answer: Answer = fine
    seen: list[tuple[float, dict[str, str], Update]] = field(default_factory=list)
    in_flight: int = 0
    max_in_flight: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        update = Update.de_json(msgspec.json.decode(await request.read()))
        assert update is not None
        self.seen.append((asyncio.get_running_loop().time(), dict(request.headers), update))
        self.news.set()
        try:
            return await self.answer(len(self.seen))
        finally:
            self.in_flight -= 1

    def texts(self) -> list[str | None]:
        return [update.message.text for _, _, update in self.seen if update.message]

    async def until(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.seen) < number:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    noted = Hook()
    runner = web.ServerRunner(web.Server(noted.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    noted.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield noted
    await runner.cleanup()


async def until_pushed(telegram: SandboxTelegram, stage: Stage) -> None:
    async with asyncio.timeout(5):
        while (await stage.bot.get_webhook_info()).pending_update_count:  # noqa: ASYNC110 - asks over HTTP
            await asyncio.sleep(0.005)


async def test_it_pushes_with_the_secret_and_reports_itself(stage: Stage, hook: Hook) -> None:
    await stage.bot.set_webhook(
        hook.url, secret_token="s3cret", max_connections=7, allowed_updates=["message"]
    )
    stage.telegram.people.send(stage.alice.id, "/start")
    await hook.until(1)
    assert hook.seen[0][1]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    assert hook.texts() == ["/start"]
    await until_pushed(stage.telegram, stage)
    info = await stage.bot.get_webhook_info()
    assert (info.url, info.max_connections, info.ip_address) == (hook.url, 7, "127.0.0.1")
    assert info.allowed_updates == ("message",)
    assert info.last_error_date is None


async def test_one_chat_gets_one_update_at_a_time_in_order(stage: Stage, hook: Hook) -> None:
    gate = asyncio.Event()

    async def wait(_attempt: int) -> web.Response:
        await gate.wait()
        return web.Response()

    await stage.bot.set_webhook(hook.url)
    stage.telegram.people.send(stage.alice.id, "warm up")
    await hook.until(1)
    hook.answer = wait
    for text in ("one", "two", "three"):
        stage.telegram.people.send(stage.alice.id, text)
    others = stage.telegram.people.add_users(5)
    for user_id in others:
        stage.telegram.people.send(user_id, "other")
    await hook.until(7)
    assert hook.texts().count("other") == 5
    assert "one" in hook.texts()
    assert "two" not in hook.texts()
    gate.set()
    await hook.until(9)
    assert [text for text in hook.texts() if text != "other"] == ["warm up", "one", "two", "three"]


async def test_no_more_connections_are_opened_than_allowed(stage: Stage, hook: Hook) -> None:
    async def slow(_attempt: int) -> web.Response:
        await asyncio.sleep(0.01)
        return web.Response()

    hook.answer = slow
    await stage.bot.set_webhook(hook.url, max_connections=3)
    for user_id in stage.telegram.people.add_users(20):
        stage.telegram.people.send(user_id, "hello")
    await hook.until(20)
    assert hook.max_in_flight <= 3


async def test_a_refused_update_comes_again_at_once_and_then_ever_later(stage: Stage, hook: Hook) -> None:
    async def at_last(attempt: int) -> web.Response:
        return web.Response(status=200 if attempt == 5 else 500)

    hook.answer = at_last
    await stage.bot.set_webhook(hook.url)
    stage.telegram.people.send(stage.alice.id, "again")
    await hook.until(5)
    at = [seen[0] for seen in hook.seen]
    pauses = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert pauses[0] < pauses[3]
    for pause, min_pause in zip(pauses[1:], (0.04, 0.08, 0.16), strict=True):
        assert pause >= min_pause * 0.95
    await until_pushed(stage.telegram, stage)
    info = await stage.bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    assert {seen[2].update_id for seen in hook.seen} == {hook.seen[0][2].update_id}


async def test_after_an_outage_one_connection_feels_its_way(stage: Stage, hook: Hook) -> None:
    async def down(_attempt: int) -> web.Response:
        await asyncio.sleep(0.005)
        return web.Response(status=502)

    hook.answer = down
    await stage.bot.set_webhook(hook.url)
    users = stage.telegram.people.add_users(8)
    stage.telegram.people.send(users[0], "hello")
    await hook.until(2)
    hook.max_in_flight = 0
    for user_id in users[1:]:
        stage.telegram.people.send(user_id, "hello")
    await hook.until(8)
    assert hook.max_in_flight == 1
    hook.answer = fine
    await until_pushed(stage.telegram, stage)


async def test_an_answer_of_410_for_long_closes_the_webhook(hook: Hook) -> None:
    async def gone(_attempt: int) -> web.Response:
        return web.Response(status=410)

    hook.answer = gone
    config = TelegramConfig(tokens=(TOKEN,), webhook_retry_base=1e-6)
    async with SandboxTelegram(config) as telegram, client(telegram) as bot:
        await bot.set_webhook(hook.url)
        telegram.people.send(telegram.people.add_user("Alice").id, "hello")
        async with asyncio.timeout(5):
            while (await bot.get_webhook_info()).url:  # noqa: ASYNC110 - asks over HTTP
                await asyncio.sleep(0.01)
        assert len(await bot.get_updates()) == 1


async def test_retry_after_is_honoured(stage: Stage, hook: Hook) -> None:
    async def once_busy(attempt: int) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "1"}) if attempt == 1 else web.Response()

    hook.answer = once_busy
    await stage.bot.set_webhook(hook.url)
    stage.telegram.people.send(stage.alice.id, "later")
    await hook.until(2)
    assert hook.seen[1][0] - hook.seen[0][0] >= 0.95


async def test_a_refused_connection_is_reported_and_tried_again(stage: Stage, hook: Hook) -> None:
    await stage.bot.set_webhook("http://127.0.0.1:9/nobody")
    stage.telegram.people.send(stage.alice.id, "hello?")
    async with asyncio.timeout(5):
        while not (info := await stage.bot.get_webhook_info()).last_error_message:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    assert info.last_error_message == "Connection refused"
    assert info.pending_update_count == 1
    await stage.bot.set_webhook(hook.url)
    await hook.until(1)
    assert hook.texts() == ["hello?"]


async def test_a_method_in_the_answer_is_carried_out(stage: Stage, hook: Hook) -> None:
    async def reply(_attempt: int) -> web.Response:
        body = {"method": "sendMessage", "chat_id": stage.alice.id, "text": "from the answer"}
        return web.json_response(body)

    hook.answer = reply
    await stage.bot.set_webhook(hook.url)
    stage.telegram.people.send(stage.alice.id, "/start")
    entry = await stage.telegram.ledger.wait_for(lambda one: one.kind == "message", seconds=5)
    assert entry.text == "from the answer"


async def test_pending_updates_can_be_dropped(stage: Stage, hook: Hook) -> None:
    stage.telegram.people.send(stage.alice.id, "old")
    await stage.bot.set_webhook(hook.url, drop_pending_updates=True)
    stage.telegram.people.send(stage.alice.id, "new")
    await hook.until(1)
    assert hook.texts() == ["new"]


async def test_updates_are_duplicated_side_by_side_on_demand(stage: Stage, hook: Hook) -> None:
    await stage.bot.set_webhook(hook.url)
    stage.telegram.people.send(stage.alice.id, "warm up")
    await hook.until(1)
    gate = asyncio.Event()

    async def wait(_attempt: int) -> web.Response:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await gate.wait()
        return web.Response()

    hook.answer = wait
    stage.telegram.faults.add(Fault(fault=FaultKind.DUPLICATE_UPDATE))
    stage.telegram.people.send(stage.alice.id, "twice")
    await hook.until(3)
    assert hook.in_flight == 2
    gate.set()
    assert hook.seen[1][2].update_id == hook.seen[2][2].update_id


async def test_updates_overtake_and_tarry_on_demand(stage: Stage, hook: Hook) -> None:
    await stage.bot.set_webhook(hook.url)
    stage.telegram.faults.add(Fault(fault=FaultKind.REORDER_UPDATE, seconds=0.1))
    stage.telegram.people.send(stage.alice.id, "first")
    stage.telegram.people.send(stage.alice.id, "second")
    await hook.until(2)
    assert hook.texts() == ["second", "first"]
    stage.telegram.faults.add(Fault(fault=FaultKind.DELAY_UPDATE, seconds=0.1))
    stage.telegram.people.send(stage.alice.id, "third")
    stage.telegram.people.send(stage.alice.id, "fourth")
    await hook.until(4)
    assert hook.texts()[2:] == ["third", "fourth"]
    assert hook.seen[2][0] - hook.seen[1][0] >= 0.09
