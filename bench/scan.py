"""How fast security scans are: from nodes, from the cache, and from the update to the card in the chat.

PostgreSQL, Valkey, the bot and a node that takes 50 ms for an answer are processes of their own on this
machine. The last line is JSON.
"""

import asyncio
import itertools
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import uvloop

from bench import balances
from bench.figures import Figures, print_figures
from bench.scan_node import NODE_SECONDS, mint_of, serve
from bench.webhook import SECRET, open_testbed
from bot.intake.webhook import SECRET_HEADER
from chain.rpc.pool import open_rpc
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from messaging.telegram.texts.scan import CardTimes, scan_card
from runtime.clock import now
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from sandbox.telegram import SandboxTelegram
from sandbox.telegram.ledger import Entry
from storage.caches import Caches
from storage.postgres import open_database
from storage.redis import open_redis
from workers.cached_facts import open_cached_facts
from workers.process import Context
from workers.token_scans import token_scan

COLD, CACHED, CARDS, WARM_CARDS = 40, 3_000, 200, 50
AT_ONCE = 3
"""Scans of one worker beside each other."""
MAX_REQUESTS, MAX_CARD_MS, MIN_RATIO = 30, 10.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    context: Context
    telegram: SandboxTelegram
    hook: str


def main() -> int:
    """Measure and print; 1 if a promise is not kept."""
    figures = uvloop.run(_measure())
    seconds, requests = balances.measure()
    figures |= {"balance_wallets": balances.WALLETS, "balance_requests": requests, "balance_seconds": seconds}
    kept = (
        figures["requests_a_scan"] <= MAX_REQUESTS
        and figures["card_cached_p50_ms"] < MAX_CARD_MS
        and figures["cold_to_cached_ratio"] >= MIN_RATIO
        and requests <= balances.MAX_REQUESTS
        and seconds < balances.MAX_SECONDS
    )
    print_figures("scan", figures)
    return int(not kept)


async def _measure() -> Figures:
    async with _stand() as stand:
        figures = await _cold(stand.context) | await _cached(stand.context)
        figures["card_cached_p50_ms"] = await _cards(stand)
    figures["cold_to_cached_ratio"] = figures["cold_p50_ms"] / figures["card_cached_p50_ms"]
    return figures


@asynccontextmanager
async def _stand() -> AsyncIterator[_Stand]:
    near, far = multiprocessing.Pipe()
    node = multiprocessing.Process(target=serve, args=(far,), daemon=True)
    node.start()
    url = near.recv()
    try:
        async with AsyncExitStack() as stack:
            telegram, environment = await stack.enter_async_context(open_testbed())
            environment |= {"RPC_URLS": url, "CHAIN": "bench"}
            context = await _context(stack, environment)
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", env={**os.environ, **environment}
            )
            stack.push_async_callback(bot.wait)
            stack.callback(bot.terminate)
            yield _Stand(context=context, telegram=telegram, hook=environment["WEBHOOK_URL"])
    finally:
        node.terminate()
        node.join()


async def _context(stack: AsyncExitStack, environment: dict[str, str]) -> Context:
    """Return what a worker of scans works with."""
    settings = load_settings(environment)
    database = await open_database(settings.database_url.reveal())
    stack.push_async_callback(database.close)
    client = open_redis(settings.cache_url.reveal(), text=False)
    stack.push_async_callback(client.aclose)
    telegram = Methods(SANDBOX_BOT_TOKEN.reveal(), settings.telegram_api_url)
    await telegram.open()
    stack.push_async_callback(telegram.close)
    rpc = await stack.enter_async_context(open_rpc([Secret(environment["RPC_URLS"])]))
    return Context(
        settings=settings,
        owner="bench",
        database=database,
        telegram=telegram,
        cached=open_cached_facts(Caches(client), database, chain=settings.chain),
        callbacks=Callbacks(SANDBOX_BOT_TOKEN.reveal()),
        rpc=rpc,
    )


async def _cold(context: Context) -> Figures:
    """Scans of tokens that nobody has asked for."""
    numbers = itertools.count()
    seconds: list[float] = []
    before = await _asked(context)

    async def some() -> None:
        for _ in range(COLD // AT_ONCE):
            begun = time.perf_counter()
            await token_scan(context, mint_of(next(numbers)))
            seconds.append(time.perf_counter() - begun)

    processor = time.process_time()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    processor = time.process_time() - processor
    requests = (await _asked(context) - before - 1) / len(seconds)
    return {
        "node_ms": NODE_SECONDS * 1000,
        "requests_a_scan": requests,
        "cold_p50_ms": statistics.median(seconds) * 1000,
        "cold_per_second_and_core": len(seconds) / processor,
    }


async def _asked(context: Context) -> int:
    return int(bytes(await context.nodes.call("getRequests")))


async def _cached(context: Context) -> Figures:
    """Return what everybody who asks after the first one gets, the text of the card included."""

    async def card() -> None:
        reading = await token_scan(context, mint_of(0))
        times = CardTimes(read_at=reading.read_at, now=now())
        scan_card(reading.scan, chain=context.settings.chain, times=times, news=reading.news)

    processor, seconds = time.process_time(), await _median_seconds(card, CACHED)
    processor = time.process_time() - processor
    return {"cached_p50_ms": seconds * 1000, "cached_per_second_and_core": CACHED / processor}


async def _median_seconds(work: Callable[[], Awaitable[None]], times: int) -> float:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


async def _cards(stand: _Stand) -> float:
    """Milliseconds from the moment an update began to be stored to the call with its card, at half of them.

    The call may come before the webhook's answer is here, so PostgreSQL's own time of the update counts.
    """
    people = iter(stand.telegram.people.add_users(CARDS + WARM_CARDS))
    called: list[float] = []
    heard = asyncio.Event()

    def note(entry: Entry) -> None:
        if entry.kind == "message":  # at its start the bot also says its commands
            called.append(time.time())
            heard.set()

    stand.telegram.ledger.listen(note)
    async with aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as session:
        for number in range(CARDS + WARM_CARDS):
            heard.clear()
            await _post(session, stand.hook, number + 1, next(people))
            async with asyncio.timeout(30):
                await heard.wait()
    rows = await stand.context.database.fetch(
        "SELECT extract(epoch FROM received_at)::float8 AS at FROM updates ORDER BY update_id"
    )
    waits = [call - row["at"] for call, row in zip(called, rows, strict=True)]
    return float(statistics.median(waits[WARM_CARDS:])) * 1000


async def _post(session: aiohttp.ClientSession, hook: str, update_id: int, user: int) -> None:
    """Ask for the card of the first token; repeatedly until the bot listens."""
    person = {"id": user, "is_bot": False, "first_name": "Anna"}
    update = {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": int(time.time()),
            "from": person,
            "chat": {"id": user, "type": "private", "first_name": "Anna"},
            "text": f"/scan {mint_of(0)}",
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        },
    }
    for _ in range(300):
        try:
            async with session.post(hook, json=update) as answer:
                if answer.ok:
                    return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise AssertionError("the bot does not listen")


if __name__ == "__main__":
    sys.exit(main())
