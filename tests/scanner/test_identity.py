"""One name, one chain."""

import pytest

from chain.rpc import open_rpc
from domain.errors import Misconfigured
from runtime.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.identity import check_chain
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.services


async def test_the_chain_of_the_first_start_is_the_one_it_stays(database: Database) -> None:
    async with SandboxChain(by_hand(seed=1)) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await check_chain(rpc, database, chain="solana")
        await check_chain(rpc, database, chain="solana")
    async with SandboxChain(by_hand(seed=2)) as other, open_rpc([Secret(other.rpc_url)]) as rpc:
        with pytest.raises(Misconfigured, match="CHAIN=solana"):
            await check_chain(rpc, database, chain="solana")
        await check_chain(rpc, database, chain="x1")
