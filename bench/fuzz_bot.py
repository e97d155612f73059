"""What attacks on the bot stand on: a real bot with its webhook, and how to see that it goes on as before."""

import asyncio
import io
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psutil

from bench.delivery_testbed import DeliveryTestbed, open_testbed
from bench.programs import Program
from bench.webhook import SECRET, free_port
from bot.intake.webhook import SECRET_HEADER

OPERATOR = 500_900_001
"""In ADMIN_IDS; no attack may act as this person."""
MAX_MIB = 300
ANSWER_SECONDS = 10.0
OPEN = "SELECT count(*) FROM updates WHERE state IN ('new', 'working')"


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzedBot:
    """A bot that is attacked through its webhook."""

    testbed: DeliveryTestbed
    process: Program
    http: aiohttp.ClientSession
    url: str
    bystander: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000_000))
    """Ids of updates that nobody else uses."""

    async def post(self, body: bytes, **headers: str) -> int:
        """Post as Telegram does; the HTTP status."""
        known = {SECRET_HEADER: SECRET, "Content-Type": "application/json"} | headers
        async with self.http.post(self.url, data=io.BytesIO(body), headers=known) as response:
            await response.read()
            return response.status

    async def fault(self) -> str:
        """Return what is wrong with the bot now; empty: it answers a bystander in time, and has not grown."""
        if self.process.returncode is not None:
            return f"the bot ended with code {self.process.returncode}"
        if not await self._answers():
            return f"a bystander was not answered within {ANSWER_SECONDS:g} s"
        mib = psutil.Process(self.process.pid).memory_info().rss / 2**20
        return "" if mib < MAX_MIB else f"the bot takes {mib:.0f} MiB"

    async def drained(self, seconds: float) -> bool:
        """Return whether all that was stored is handled within this time."""
        end = time.monotonic() + seconds
        while await self.testbed.database.fetchval(OPEN):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.1)
        return True

    async def _answers(self) -> bool:
        ledger = self.testbed.telegram.ledger
        before = ledger.last
        self.testbed.telegram.people.send(self.bystander, "/help")
        found = await ledger.wait(before, seconds=ANSWER_SECONDS, chat_id=self.bystander, kind="message")
        return bool(found)


@asynccontextmanager
async def fuzzed_bot(**settings: str) -> AsyncIterator[FuzzedBot]:
    """Servers, a Telegram and a bot, gone at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    own = {"PORT": str(port), "WEBHOOK_URL": url, "WEBHOOK_SECRET": SECRET, "ADMIN_IDS": str(OPERATOR)}
    quiet = {"LOG_LEVEL": "error", "TELEGRAM_RATE": "1000"}
    async with open_testbed(**quiet, **own, **settings) as testbed, aiohttp.ClientSession() as http:
        [bystander] = testbed.telegram.people.add_users(1)
        process = await testbed.start("bot", name="bot-1", quiet=True)
        try:
            await testbed.until_ready(1)
            yield FuzzedBot(testbed=testbed, process=process, http=http, url=url, bystander=bystander)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def person(user_id: int, **changes: Any) -> dict[str, Any]:
    """A user as updates carry one."""
    return {"id": user_id, "is_bot": False, "first_name": "Mallory", **changes}


def message(number: int, user_id: int, text: str, **changes: Any) -> dict[str, Any]:
    """A message in a private chat."""
    length = len(text.partition(" ")[0])
    entities = [{"type": "bot_command", "offset": 0, "length": length}] if text.startswith("/") else []
    return {
        "message_id": number % 2**31,
        "date": int(time.time()),
        "chat": {"id": user_id, "type": "private", "first_name": "Mallory"},
        "from": person(user_id),
        "text": text,
        "entities": entities,
        **changes,
    }
