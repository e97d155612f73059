"""Two real bots behind the real nginx: whoever answers knows what the other was told, and none is missed."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from runtime.embedded.ports import free_ports
from tests.e2e.programs import Servers, running
from tests.e2e.system import RunningSystem, enter, opened
from tests.nginx import SECRET, nginx_before

pytestmark = [pytest.mark.e2e, pytest.mark.services]

BOTS = ("bot-1", "bot-2")
PEOPLE = 12
ORDINARY = ("/start", "/watch {address} Moby", "/wallets")


@asynccontextmanager
async def two_bots(servers: Servers, folder: Path) -> AsyncIterator[tuple[RunningSystem, str, list[str]]]:
    """Both bots take what the sandbox Telegram posts to nginx; the address of nginx, and of each bot."""
    webhooks, monitors = free_ports(2), free_ports(2)
    async with opened(servers, folder) as system:
        settings = {"WEBHOOK_URL": "https://bot.example.org/hook", "WEBHOOK_SECRET": SECRET}
        with nginx_before(webhooks, folder / "nginx", monitors=monitors, settings=settings) as url:
            settings["WEBHOOK_URL"] = f"{url}/hook"
            children = [
                system.programs.make(name, of="bot", PORT=str(webhook), METRICS_PORT=str(monitor), **settings)
                for name, webhook, monitor in zip(BOTS, webhooks, monitors, strict=True)
            ]
            async with running(system.programs, children):
                addresses = [f"http://127.0.0.1:{port}" for port in webhooks]
                await asyncio.gather(*map(_ready, addresses))
                yield system, url, addresses


async def test_any_bot_answers_anybody_in_order_though_one_is_killed(
    servers: Servers, tmp_path: Path
) -> None:
    async with two_bots(servers, tmp_path) as (system, url, _):
        whale = system.sandbox.simulation.whales[0].address
        since, people = system.driver.last_seq, enter(system.driver, PEOPLE)
        for command, person in itertools.product(ORDINARY, people):
            system.sandbox.telegram.people.send(person.user_id, command.format(address=whale))
        await system.until_received(PEOPLE, since=since)
        dead = await system.programs.kill("bot-1")
        await _ready(url)  # the other one can work
        await system.programs.again("bot-1", dead)
        await system.until_handled(PEOPLE * len(ORDINARY))
        for person in people:
            answers = [sent.text for sent in system.driver.messages(since) if sent.chat_id == person.user_id]
            assert "Moby" in answers[-1]
        handlers = await system.database.fetch("SELECT DISTINCT instance_id FROM instances")
        assert {row["instance_id"] for row in handlers} >= {"bot-1-1", "bot-2-1"}


async def test_scenario_90_bots_that_are_replaced_one_by_one_lose_and_repeat_nothing(
    servers: Servers, tmp_path: Path
) -> None:
    async with two_bots(servers, tmp_path) as (system, url, addresses):
        since, people = system.driver.last_seq, enter(system.driver, PEOPLE)
        for number, (name, address) in enumerate(zip(BOTS, addresses, strict=True)):
            before = system.programs.pid(name)
            os.kill(before, signal.SIGTERM)
            for person in people:
                system.sandbox.telegram.people.send(person.user_id, f"/unknown{number}")
            await system.programs.again(name, before)
            await _ready(address)
        await system.until_handled(len(BOTS) * PEOPLE)
        for person in people:
            answers = [sent.text for sent in system.driver.messages(since) if sent.chat_id == person.user_id]
            assert len(answers) == len(BOTS)
            assert all(f"/unknown{number}" in answer for number, answer in enumerate(answers))
        await _ready(url)


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(20):
        while True:
            try:
                async with session.get(f"{url}/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.6)  # nginx limits how often a stranger may ask
