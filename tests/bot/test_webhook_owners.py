"""Owners of webhooks are checked each minute, until the stop."""

import asyncio
from typing import cast

import pytest

import bot.webhook_owners as module
from bot.webhook_owners import watch_owners
from runtime.processes.lifecycle import Stop
from services.webhooks import WebhookStore


class Webhooks:
    """Stops when it has checked twice."""

    def __init__(self, stop: Stop) -> None:
        self.checked = 0
        self._stop = stop

    async def check_owners(self, is_admin: object) -> None:
        del is_admin
        self.checked += 1
        if self.checked == 2:
            self._stop.set()


async def test_owners_are_checked_again_and_again_until_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.001)
    stop = Stop()
    webhooks = Webhooks(stop)

    async def is_admin(chat_id: int, user_id: int) -> bool:
        return chat_id < user_id

    async with asyncio.timeout(5):
        await watch_owners(cast("WebhookStore", webhooks), is_admin, stop)
    assert webhooks.checked == 2
