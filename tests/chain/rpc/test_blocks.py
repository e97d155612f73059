"""The questions that are asked of nodes, against the local chain."""

from collections.abc import AsyncIterator

import pytest

from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import (
    block,
    blocks_between,
    current_slot,
    genesis_hash,
    transaction,
)
from chain.rpc.errors import UnusableAnswer
from chain.rpc.pool import RpcPool, open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import node, result
from tests.sandbox.chain.wallets import SOL, by_hand, key

pytestmark = pytest.mark.enable_socket


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand()) as running:
        yield running


@pytest.fixture
async def rpc(chain: SandboxChain) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(chain.rpc_url)]) as opened:
        yield opened


async def test_blocks_and_transactions_come_back_undecoded(chain: SandboxChain, rpc: RpcPool) -> None:
    wallet = key(1).pubkey()
    signature = str(chain.api.airdrop(wallet, SOL))
    slot = chain.api.slot
    assert await transaction(rpc, signature, commitment="confirmed") is None
    for _ in range(3):
        await chain.step()
    raw = await transaction(rpc, signature, commitment="processed")
    assert raw is not None
    assert read_transaction(raw).signature == signature
    assert signature.encode() in bytes(await block(rpc, slot, commitment="processed"))
    assert slot in await blocks_between(rpc, slot - 1, slot + 1, commitment="confirmed")
    assert await current_slot(rpc, commitment="confirmed") >= slot
    assert await genesis_hash(rpc) == str(chain.chain.genesis)


async def test_an_answer_of_another_shape_is_broken() -> None:
    async with node(lambda _: result("soon")) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(UnusableAnswer):
            await current_slot(rpc, commitment="confirmed")
