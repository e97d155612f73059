"""What benchmarks stand on: servers started here; those of the scanner, also wallets by the thousand."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from solders.pubkey import Pubkey

from bench import programs
from domain.chats import Chat, ChatKind
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
from storage.chats.chats import saw_chat
from storage.migrate import apply_migrations
from storage.postgres import Database, open_database

CHAIN = "bench"
CHAT = 1
ROOT = Path(__file__).parents[1]

FOLLOW_ALL = """
WITH added AS (
    INSERT INTO wallets (chain, address) SELECT $1, unnest($2::text[])
    ON CONFLICT DO NOTHING RETURNING wallet_id
)
INSERT INTO watches (chat_id, wallet_id) SELECT $3, wallet_id FROM added
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerTestbed:
    """PostgreSQL and Valkey, as `make run` starts them."""

    database: Database
    postgres_url: str
    valkey_url: str
    folder: Path

    async def follow(self, wallets: Sequence[str]) -> None:
        """One chat follows all of these."""
        await saw_chat(self.database, Chat(chat_id=CHAT, kind=ChatKind.PRIVATE, title="Bench"))
        for start in range(0, len(wallets), 10_000):
            await self.database.execute(FOLLOW_ALL, CHAIN, wallets[start : start + 10_000], CHAT)

    def environment(self, rpc_urls: Iterable[str], ws_urls: Iterable[str], **more: str) -> dict[str, str]:
        """Of a scanner here. It reads blocks: passes by lists would move the cursor twice a minute only."""
        return {
            "CHAIN": CHAIN,
            "RPC_URLS": ",".join(rpc_urls),
            "WS_URLS": ",".join(ws_urls),
            "DATABASE_URL": self.postgres_url,
            "REDIS_URL": self.valkey_url,
            "LOG_LEVEL": "warning",
            "RECONCILE": "blocks",
            **more,
        }


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[tuple[EmbeddedPostgres, EmbeddedValkey]]:
    """PostgreSQL with all migrations, and Valkey; stopped at the end."""
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    try:
        await asyncio.gather(postgres.start(), valkey.start())
        await asyncio.to_thread(apply_migrations, postgres.url)
        yield postgres, valkey
    finally:
        await asyncio.gather(postgres.stop(), valkey.stop())


@asynccontextmanager
async def open_testbed() -> AsyncIterator[ScannerTestbed]:
    """Fresh servers, gone at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with servers(folder) as (postgres, valkey):
            database = await open_database(postgres.url)
            try:
                yield ScannerTestbed(
                    database=database, postgres_url=postgres.url, valkey_url=valkey.url, folder=folder
                )
            finally:
                await database.close()


@asynccontextmanager
async def scanner(environment: dict[str, str], folder: Path) -> AsyncIterator[psutil.Process]:
    """`python -m scanner` in a process of its own, ended at the end."""
    process = await programs.start_program(
        "scanner",
        environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        folder=folder,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def peak_mib(pid: int | str = "self") -> float:
    """The most memory that a process took; 0: it has ended. `getrusage` may say that of its parent."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)  # none: it ended, and nobody has asked for its exit code
    return int(found[1]) / 1024 if found else 0.0


def strangers(count: int) -> list[str]:
    """Addresses that occur nowhere."""
    return [str(Pubkey(os.urandom(32))) for _ in range(count)]


def cpu_seconds(process: psutil.Process) -> float:
    """Return what the process has used of a core so far."""
    times = process.cpu_times()
    return float(times.user + times.system)
