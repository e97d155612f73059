"""A chain with people and tokens, and a pool that asks it."""

from collections.abc import AsyncIterator

import pytest

from chain.rpc.pool import RpcPool, open_rpc
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as running:
        yield running


@pytest.fixture
async def rpc(sandbox: LocalSandbox) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(sandbox.chain.rpc_url)]) as pool:
        yield pool
