"""A thousand open pages of a thousand chats, fifty alerts a second: time from commit to page, and memory.

Then one of two instances is killed: its pages continue at the other one, with nothing lost and nothing twice.
The last line is JSON; the exit code is 1 when a limit is missed.
"""

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp
import msgspec
import psutil

from bench.figures import print_figures
from bench.web_testbed import CHAIN, WebTestbed, end, open_web_testbed
from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import rules_of
from domain.rules.decisions import Decision
from domain.rules.rules import Watch
from storage.coordination.wake_ups import wake
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.ingest.activities import Batch, store
from storage.keys import DELIVERIES_CHANNEL
from storage.redis import open_redis

PAGES, RATE, SECONDS = 1_000, 50, 30.0
MAX_P99_SECONDS = 0.25
MAX_MIB = 300
_MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


@dataclass(slots=True, kw_only=True)
class Pages:
    """What the pages have seen."""

    committed: dict[str, float] = field(default_factory=dict)
    """By signature: when its alert was committed."""
    seconds: list[float] = field(default_factory=list)
    copies: Counter[str] = field(default_factory=Counter)

    def saw(self, signature: str) -> None:
        """A page has an alert."""
        self.copies[signature] += 1
        if signature in self.committed:
            self.seconds.append(time.monotonic() - self.committed[signature])

    @property
    def missing(self) -> int:
        """Alerts that no page has."""
        return sum(self.copies[signature] == 0 for signature in self.committed)

    @property
    def doubled(self) -> int:
        """Copies beyond the first."""
        return sum(max(0, count - 1) for count in self.copies.values())


async def page(session: aiohttp.ClientSession, urls: list[str], key: str, pages: Pages, start: int) -> None:
    """One open page: when its instance is gone, it continues at the next one."""
    cursor, attempt = "", start
    while True:
        headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": cursor} if cursor else {})
        try:
            async with session.get(f"{urls[attempt % len(urls)]}/api/v1/feed", headers=headers) as response:
                while block := (await response.content.readuntil(b"\n\n")).decode():
                    lines = dict(line.split(": ", 1) for line in block.strip().split("\n") if ": " in line)
                    cursor = lines.get("id", cursor)
                    if "data" in lines:
                        pages.saw(msgspec.json.decode(lines["data"])["signature"])
        except (aiohttp.ClientError, asyncio.IncompleteReadError):
            attempt += 1
            await asyncio.sleep(0.2)


def _decide(watch: Watch, alert: Alert) -> Decision:
    return rules_of(alert.event).decide(
        watch,
        alert.event,
        seen_at=alert.created_at,
        now=alert.now,
        facts=alert.facts,
        reverted=alert.reverted,
    )


def _purchase(number: int, wallet: str) -> Activity:
    return Activity(
        chain=CHAIN,
        signature=f"{number:088}",
        slot=100 + number,
        block_time=int(time.time()),
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
        received=(Leg(mint=_MINT, raw=10**9, decimals=5),),
    )


async def act(testbed: WebTestbed, pages: Pages, wallets: list[str], *, first: int, seconds: float) -> int:
    """Wallets trade at the rate, each for its own chat; the number after the last one."""
    client = open_redis(testbed.valkey_url)
    number, began = first, time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        due = first + int(passed * RATE)
        new = range(number, due)
        if new:
            trades = [_purchase(one, wallets[one % len(wallets)]) for one in new]
            await store(testbed.database, Batch(chain=CHAIN, activities=trades))
            while await fan_out_next(testbed.database, _decide) is not None:
                continue
            pages.committed |= {trade.signature: time.monotonic() for trade in trades}
            await wake(client, DELIVERIES_CHANNEL)
        number = due
        await asyncio.sleep(0.02)
    await client.aclose()
    return number


async def measure(count: int = PAGES, seconds: float = SECONDS) -> dict[str, float]:
    """Open the pages, let wallets trade, kill an instance; the figures."""
    async with open_web_testbed() as testbed:
        chats = list(range(1, count + 1))
        keys = await testbed.keys(chats)
        wallets = await _follow(testbed, chats)
        first, first_url = await testbed.start("web-1")
        second, second_url = await testbed.start("web-2")
        pages, connector = Pages(), aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            asyncio.TaskGroup() as tasks,
        ):
            urls = [first_url, second_url]
            opened = [tasks.create_task(page(session, urls, key, pages, 0)) for key in keys]
            await asyncio.sleep(max(3.0, count / 200))
            after = await act(testbed, pages, wallets, first=0, seconds=seconds)
            await _wait_for_pages(pages)
            quiet, mib = list(pages.seconds), psutil.Process(first.pid).memory_info().rss / 2**20
            acting = tasks.create_task(act(testbed, pages, wallets, first=after, seconds=seconds / 3))
            await asyncio.sleep(seconds / 6)
            first.kill()
            await acting
            await _wait_for_pages(pages)
            for one in opened:
                one.cancel()
        await asyncio.gather(end(first), end(second))
    return {
        "pages": count,
        "alerts": len(pages.committed),
        "missing": pages.missing,
        "doubled": pages.doubled,
        "p50_ms": _percentile(quiet, 0.5) * 1_000,
        "p99_ms": _percentile(quiet, 0.99) * 1_000,
        "mib": mib,
    }


async def _follow(testbed: WebTestbed, chats: list[int]) -> list[str]:
    """Each chat follows a wallet of its own."""
    wallets = [f"wallet-{chat:037}" for chat in chats]
    await testbed.database.execute(
        "INSERT INTO wallets (chain, address) SELECT $1, unnest($2::text[])", CHAIN, wallets
    )
    await testbed.database.execute(
        "INSERT INTO watches (chat_id, wallet_id) SELECT chat_id, wallet_id"
        " FROM unnest($1::bigint[], $2::text[]) AS new (chat_id, address) JOIN wallets USING (address)",
        chats,
        wallets,
    )
    return wallets


async def _wait_for_pages(pages: Pages, seconds: float = 10.0) -> None:
    """Wait until every page has what it is to have, or no longer."""
    end_at = time.monotonic() + seconds
    while pages.missing and time.monotonic() < end_at:  # noqa: ASYNC110 - pages raise no events
        await asyncio.sleep(0.05)


def _percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def main() -> int:
    """Measure and print."""
    figures = asyncio.run(measure())
    print_figures("open-pages", figures)
    is_good = (
        not figures["missing"]
        and not figures["doubled"]
        and figures["p99_ms"] < MAX_P99_SECONDS * 1_000
        and figures["mib"] < MAX_MIB
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
