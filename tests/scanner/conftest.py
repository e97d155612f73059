"""A fast chain and a database for each test of the scanner."""

from collections.abc import AsyncIterator

import pytest

from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from storage.postgres import Database, open_database


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, max_size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(ChainConfig(slot_seconds=0.05)) as running:
        yield running
