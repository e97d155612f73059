"""A whale on a local chain, a chat that follows it, and a scanner between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web
from solders.keypair import Keypair

from domain.chats import Chat, ChatKind
from domain.rules.rules import Watch
from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from sandbox.chain.faults import Faults
from sandbox.chain.rpc.dispatcher import RpcDispatcher
from sandbox.chain.rpc.http import HttpEndpoint
from sandbox.chain.server import SandboxChain
from scanner.wiring import scan
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.coordination.wake_ups import wake
from storage.keys import WATCHES_CHANNEL
from storage.postgres import Database
from storage.redis import open_redis
from tests.sandbox.chain.wallets import SOL, key, pay, signed

CHAIN = "sandbox"
ALICE = 1001
PATIENCE_SECONDS = 40.0


async def follow(database: Database, wallet: str, chain: str = CHAIN, *, chat_id: int = ALICE) -> None:
    await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=f"chat {chat_id}"))
    watch = Watch(
        watch_id=0,
        chat_id=chat_id,
        topic_id=0,
        chain=chain,
        wallet=wallet,
        label="",
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    await add_watch(database, watch, created_by=chat_id)


async def follow_all(database: Database, wallets: Iterable[str]) -> None:
    for wallet in sorted(wallets):
        await follow(database, wallet)


async def follow_and_say_so(database: Database, wallet: str, valkey_url: str) -> None:
    await follow(database, wallet)
    client = open_redis(valkey_url)
    await wake(client, WATCHES_CHANNEL)
    await client.aclose()


class Whale:
    """Somebody with money who gives it away, a different amount each time."""

    def __init__(self, chain: SandboxChain, number: int = 1) -> None:
        self.keys = key(number)
        self.address = str(self.keys.pubkey())
        self.done: list[str] = []
        self._chain = chain
        self._other: Keypair = key(1_000 + number)
        self.funded = str(chain.api.airdrop(self.keys.pubkey(), 1_000_000 * SOL))

    @property
    def landed(self) -> list[str]:
        """What of it the chain knows: all, but for what died with a fork."""
        return sorted(signature for signature in self.done if self._chain.chain.known(signature))

    def trade(self, times: int = 1) -> list[str]:
        made = []
        for _ in range(times):
            lamports = SOL + len(self.done)
            payment = pay(self.keys, self._other.pubkey(), lamports)
            transaction = signed(self._chain.api, [self.keys], payment)
            made.append(str(self._chain.api.send(transaction)))
            self.done.append(made[-1])
        return made


def settings_for(
    rpc_urls: Iterable[str], ws_urls: Iterable[str], *, database: str, redis: str, **more: str
) -> Settings:
    return load_settings(environment(rpc_urls, ws_urls, database=database, redis=redis, **more))


def environment(
    rpc_urls: Iterable[str], ws_urls: Iterable[str], *, database: str, redis: str, **more: str
) -> dict[str, str]:
    """Of a scanner that reads blocks, unless a test says something else.

    For so few wallets RECONCILE=auto would make lists every half a minute. That is too seldom for tests that
    let streams lose something, or that wait until the cursor has come to a slot.
    """
    return {
        "CHAIN": CHAIN,
        "RPC_URLS": ",".join(rpc_urls),
        "WS_URLS": ",".join(ws_urls),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "INSTANCE_ID": "scanner-1",
        "RECONCILE": "blocks",
        **more,
    }


@asynccontextmanager
async def scanning(settings: Settings) -> AsyncIterator[None]:
    """A scanner as it is wired, in this process."""
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(scan(settings, stop))
        try:
            yield
        finally:
            stop.set()


async def stored(database: Database, whale: Whale) -> list[str]:
    """Signatures of what is stored of the whale, but for its funding."""
    rows = await database.fetch("SELECT signature FROM activities WHERE wallet = $1", whale.address)
    return sorted(row["signature"] for row in rows if row["signature"] != whale.funded)


async def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return when the condition (which may be a coroutine function) holds."""
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if asyncio.iscoroutine(holds):
                holds = await holds
            if holds:
                return
            await asyncio.sleep(0.02)


async def until_stored(database: Database, whale: Whale) -> None:
    """Return when all that the whale did is stored; fail if it is stored twice or something else is."""

    async def all_there() -> bool:
        return set(whale.landed) <= set(await stored(database, whale))

    await until(all_there)
    assert await stored(database, whale) == whale.landed


async def until_cursor(database: Database, slot: int) -> None:
    """Return when the reconciliation has come to this slot."""

    async def there() -> bool:
        reached = await database.fetchval("SELECT max(slot) FROM cursors")
        return reached is not None and reached >= slot

    await until(there)


@asynccontextmanager
async def second_node(chain: SandboxChain, faults: Faults) -> AsyncIterator[str]:
    """Another node of the same chain, with faults of its own; its address."""

    async def no_step() -> int:
        return 0

    side = HttpEndpoint(RpcDispatcher(chain.chain, chain.config, faults), faults, no_step)
    runner = web.AppRunner(side.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
