"""What benchmarks and soaks of the delivery stand on: servers, a Telegram, workers, and what wallets do."""

import asyncio
import os
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bench import programs
from bench.delivery_verdict import AcceptedMessage, StoredDelivery, Verdict, judge
from bench.testbed import servers
from domain.activity.activity import SOL, Activity, Kind, Leg
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from sandbox.telegram import FloodLimits, SandboxTelegram, TelegramConfig
from storage.postgres import Database, open_database
from storage.redis import open_redis

CHAIN = "solana"
READY_SECONDS = 120.0
OPEN = """
SELECT (SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL)
     + (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'retry', 'sending'))
"""
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


UNDECIDED = """
SELECT count(*) FROM alerts
WHERE NOT EXISTS (SELECT FROM deliveries WHERE deliveries.alert_id = alerts.alert_id)
  AND coalesce(payload->>'slot', '') <> '0'
"""
DELIVERED = """
SELECT chat_id, (payload->>'slot')::bigint AS slot, message_id, ambiguous_sends, state FROM alerts
JOIN deliveries USING (alert_id) WHERE alerts.kind = 'activity' AND payload->>'slot' <> '0'
"""
"""All but the canary, which stands in no slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTestbed:
    """What runs, and how workers find it."""

    telegram: SandboxTelegram
    database: Database
    redis: Redis
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    environment: dict[str, str]

    async def start(
        self, program: str, *, name: str, settings: Mapping[str, str] | None = None, quiet: bool = False
    ) -> programs.Program:
        """`python -m workers PROGRAM`, the bot, or a module of this package, in a process of its own.

        Args:
            program: a worker, `bot`, or `bench.` and a module.
            name: of the instance.
            settings: beyond those of the town.
            quiet: whether what it says is dropped.
        """
        is_module = program == "bot" or program.startswith("bench.")
        command = [program] if is_module else ["workers", program]
        environment = {**os.environ, **self.environment, **(settings or {}), "INSTANCE_ID": name}
        errors = DEVNULL if quiet else None
        return await programs.start_program(*command, environment=environment, errors=errors)

    async def until_sent(self, seconds: float) -> None:
        """Wait until nothing is left to be decided or sent; TimeoutError when that takes longer."""
        async with asyncio.timeout(seconds):
            while await self.database.fetchval(OPEN):  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.2)

    async def verdict(self) -> Verdict:
        """Compare what was stored with what arrived."""
        rows = [StoredDelivery(**row) for row in await self.database.fetch(DELIVERED)]
        messages = [
            AcceptedMessage(entry.chat_id, entry.message_id, entry.text or "")
            for entry in self.telegram.ledger.messages()
            if entry.chat_id is not None and entry.message_id is not None
        ]
        return judge(rows, messages, undecided=int(await self.database.fetchval(UNDECIDED)))

    async def until_ready(self, count: int) -> None:
        """Wait until so many workers have said that they live."""
        async with asyncio.timeout(READY_SECONDS):
            while await self.database.fetchval("SELECT count(*) FROM instances") < count:  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.02)


@asynccontextmanager
async def open_testbed(**settings: str) -> AsyncIterator[DeliveryTestbed]:
    """Fresh servers and a Telegram without limits, gone at the end."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres, valkey = await stack.enter_async_context(servers(folder))
        config = TelegramConfig(limits=FloodLimits(enabled=False))
        telegram = await stack.enter_async_context(SandboxTelegram(config))
        database = await open_database(postgres.url)
        stack.push_async_callback(database.close)
        redis = open_redis(valkey.url)
        stack.push_async_callback(redis.aclose)
        environment = {
            "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "CHAIN": CHAIN,
            "LOG_LEVEL": "warning",
            **settings,
        }
        yield DeliveryTestbed(
            telegram=telegram,
            database=database,
            redis=redis,
            postgres=postgres,
            valkey=valkey,
            environment=environment,
        )


def trade(number: int, wallet: str, kind: Kind = Kind.BUY) -> Activity:
    """Return what the wallet did in slot `number`, just now."""
    sol = Leg(mint=SOL, raw=84_200_000_000, decimals=9)
    token = Leg(mint=MINT, raw=38_410_250_000, decimals=6)
    paid, received = (token, sol) if kind is Kind.SELL else (sol, token)
    return Activity(
        chain=CHAIN,
        signature=f"signature-{number}",
        slot=number,
        block_time=int(time.time()),
        wallet=wallet,
        kind=kind,
        paid=(paid,),
        received=(received,),
        venue="Jupiter",
    )
