"""What benchmarks of the web stand on: servers, instances of the program, chats, and keys for them."""

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import programs
from bench.testbed import servers
from domain.access import KEY_PREFIX, Scope, hash_of
from runtime.embedded.ports import free_port
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from storage.postgres import Database, columns, open_database

CHAIN = "bench"
OPERATOR = 900_001
READY_SECONDS = 30.0
_CHATS = "INSERT INTO chats (chat_id, title) SELECT unnest($1::bigint[]), 'bench' ON CONFLICT DO NOTHING"
_KEYS = """
INSERT INTO api_keys (key_hash, prefix, name, owner_id, chat_id, scopes)
SELECT key_hash, 'ww_bench', 'bench', chat_id, chat_id, $3
FROM unnest($1::bytea[], $2::bigint[]) AS new (key_hash, chat_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebTestbed:
    """Servers, and how instances find them."""

    database: Database
    postgres_url: str
    valkey_url: str

    async def start(self, name: str) -> tuple[programs.Program, str]:
        """An instance that is ready, and its address."""
        port = free_port()
        environment = {
            **os.environ,
            "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
            "TELEGRAM_API_URL": "http://127.0.0.1:9",
            "DATABASE_URL": self.postgres_url,
            "REDIS_URL": self.valkey_url,
            "CHAIN": CHAIN,
            "ADMIN_IDS": str(OPERATOR),
            "LOG_LEVEL": "error",
            "WEB_PORT": str(port),
            "API_REQUESTS_PER_MINUTE": "100000",
            "API_BURST": "10000",
            "INSTANCE_ID": name,
        }
        process = await programs.start_program("web", environment=environment)
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
            while not await _answers(session, url):  # noqa: ASYNC110 - ports raise no events
                await asyncio.sleep(0.05)
        return process, url

    async def keys(self, chat_ids: Sequence[int], scopes: Iterable[Scope] = (Scope.READ,)) -> list[str]:
        """A key for each of these private chats, which are made."""
        await self.database.execute(_CHATS, list(chat_ids))
        found = [KEY_PREFIX + secrets.token_urlsafe(32) for _ in chat_ids]
        rows = [(hash_of(secret), chat_id) for secret, chat_id in zip(found, chat_ids, strict=True)]
        await self.database.execute(_KEYS, *columns(rows, 2), sorted(scopes))
        return found


@asynccontextmanager
async def open_web_testbed() -> AsyncIterator[WebTestbed]:
    """Fresh servers, gone at the end."""
    with tempfile.TemporaryDirectory() as folder:
        async with servers(Path(folder)) as (postgres, valkey):
            database = await open_database(postgres.url)
            try:
                yield WebTestbed(database=database, postgres_url=postgres.url, valkey_url=valkey.url)
            finally:
                await database.close()


async def end(process: programs.Program) -> None:
    """Ask a process to end, and wait for it."""
    if process.returncode is None:
        process.terminate()
        await process.wait()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.ok
    except aiohttp.ClientConnectionError:
        return False
