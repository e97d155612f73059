"""The questions that are asked of nodes, against the local chain."""

from collections.abc import AsyncIterator

import pytest

from chain.rpc import RpcPool, open_rpc
from chain.rpc_errors import Broken
from chain.rpc_reads import (
    account,
    accounts,
    balance,
    block,
    blocks_between,
    current_slot,
    genesis_hash,
    signatures_for,
    token_accounts,
    transaction,
)
from chain.transaction import read_transaction
from domain.mints import TOKEN_PROGRAM
from runtime.secret import Secret
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import node, result
from tests.sandbox.chain.wallets import SOL, TokenScene, by_hand, key


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
    signature = str(chain.ground.airdrop(wallet, SOL))
    slot = chain.ground.slot
    assert await transaction(rpc, signature, commitment="confirmed") is None
    for _ in range(3):
        await chain.step()
    raw = await transaction(rpc, signature, commitment="processed")
    assert raw is not None
    assert read_transaction(raw).signature == signature
    assert signature.encode() in bytes(await block(rpc, slot, commitment="processed"))
    assert slot in await blocks_between(rpc, slot - 1, slot + 1, commitment="confirmed")
    assert await current_slot(rpc, commitment="confirmed") >= slot
    assert [seen.signature for seen in await signatures_for(rpc, str(wallet))] == [signature]


async def test_accounts_come_in_batches_in_the_order_of_the_question(
    chain: SandboxChain, rpc: RpcPool
) -> None:
    wallets = [key(number).pubkey() for number in range(1, 251)]
    for wallet in wallets[::50]:
        chain.ground.airdrop(wallet, SOL)
    for _ in range(3):
        await chain.step()
    found = await accounts(rpc, [*map(str, wallets), str(wallets[0])])
    assert list(found) == list(map(str, wallets))
    assert [w for w, a in found.items() if a is not None] == list(map(str, wallets[::50]))
    assert await balance(rpc, str(wallets[0])) == SOL
    only = await account(rpc, str(wallets[0]))
    assert only is not None
    assert only.lamports == SOL
    assert await account(rpc, str(wallets[1])) is None
    assert await genesis_hash(rpc) == str(chain.chain.genesis)


async def test_token_accounts_of_an_owner_are_found(chain: SandboxChain, rpc: RpcPool) -> None:
    scene = TokenScene(chain.chain)
    scene.open_mint()
    scene.give(key(5).pubkey(), 77)
    for _ in range(3):
        await chain.step()
    (found,) = await token_accounts(rpc, str(key(5).pubkey()), program=TOKEN_PROGRAM)
    assert found.pubkey == str(scene.account_of(key(5).pubkey()))
    assert found.account.owner == TOKEN_PROGRAM


async def test_an_answer_of_another_shape_is_broken() -> None:
    async with node(lambda _: result("soon")) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(Broken):
            await current_slot(rpc, commitment="confirmed")
        with pytest.raises(Broken):
            await accounts(rpc, ["a"])
