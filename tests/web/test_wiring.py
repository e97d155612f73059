"""The program as it runs: ready when PostgreSQL answers, and gone when it is asked to end."""

import asyncio

import aiohttp
import pytest

from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from web.wiring import run_web

pytestmark = pytest.mark.services


async def test_it_serves_pages_without_telegram_and_ends_in_order(web_settings: Settings) -> None:
    described = dict(web_settings.describe())
    settings = load_settings(
        {
            "BOT_TOKEN": web_settings.bot_token.reveal(),
            "DATABASE_URL": web_settings.database_url.reveal(),
            "REDIS_URL": web_settings.redis_url.reveal(),
            "TELEGRAM_API_URL": "http://127.0.0.1:9",
            "WEB_PORT": described["WEB_PORT"],
            "INSTANCE_ID": "web-2",
        }
    )
    stop = Stop()
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(run_web(settings, stop))
        async with aiohttp.ClientSession() as session:
            assert await first_answer(session, settings.web_address) == 200
        stop.set()


async def first_answer(session: aiohttp.ClientSession, url: str) -> int:
    while True:
        try:
            async with session.get(url) as response:
                return response.status
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.02)
