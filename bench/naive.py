"""The fan-out as many bots do it: one RQ job per message, python-telegram-bot's own HTTP. Only to compare."""

import asyncio
import functools
import os
import sys

from rq import Queue
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.telegram import SandboxTelegram
from storage.redis import open_blocking_redis

QUEUE = "naive"


def send(token: str, api_url: str, chat_id: int, text: str) -> None:
    """The job: one message."""
    loop, bot = _kept(token, api_url)
    loop.run_until_complete(bot.send_message(chat_id, text, parse_mode="HTML"))


@functools.cache
def _kept(token: str, api_url: str) -> tuple[asyncio.AbstractEventLoop, Bot]:
    """One loop and one client, kept from job to job: the best that can be said for this way."""
    loop = asyncio.new_event_loop()
    bot = Bot(token, base_url=f"{api_url}/bot", request=HTTPXRequest())
    loop.run_until_complete(bot.initialize())
    return loop, bot


async def one_job_per_message(telegram: SandboxTelegram, environment: dict[str, str], count: int) -> float:
    """Messages a second of one worker that keeps its process between jobs, the fastest of RQ's."""
    people = telegram.people.add_users(count)
    for chat_id in people:
        telegram.people.send(chat_id, "/start")
    since = telegram.ledger.last
    await asyncio.to_thread(_enqueue, environment, people)
    url = environment["REDIS_URL"]
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rq.cli",
        "worker",
        QUEUE,
        "--url",
        url,
        "--burst",
        "--quiet",
        "--worker-class",
        "rq.SimpleWorker",
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    await worker.wait()
    times = [entry.at_ms / 1000 for entry in telegram.ledger.since(since, kind="message")]
    assert len(times) == count
    return (count - 1) / (times[-1] - times[0])


def _enqueue(environment: dict[str, str], people: list[int]) -> None:
    token, api_url = environment["BOT_TOKEN"], environment["TELEGRAM_API_URL"]
    with open_blocking_redis(environment["REDIS_URL"]) as client:
        queue = Queue(QUEUE, connection=client)
        for chat_id in people:
            queue.enqueue(send, token, api_url, chat_id, "🟢 <b>Toly-2</b> bought 38.4K WIF for 84.2 SOL")
