"""Calls of the Bot API and of the control interface, and what the bot hears."""

from __future__ import annotations

from typing import Any

import aiohttp
from telegram import Update

from tests.sandbox.telegram.stage import Stage


async def heard(stage: Stage) -> tuple[Update, ...]:
    updates = await stage.bot.get_updates()
    if updates:
        await stage.bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def post(http: aiohttp.ClientSession, stage: Stage, path: str, **body: Any) -> dict[str, Any]:
    async with http.post(stage.telegram.url + path, json=body) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def call(
    http: aiohttp.ClientSession, stage: Stage, path: str, **request: Any
) -> tuple[int, dict[str, Any]]:
    async with http.post(f"{stage.telegram.url}/bot{path}", **request) as response:
        return response.status, await response.json()
