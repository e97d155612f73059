"""What stands at an address, asked of the sandbox chain, and of nobody."""

from collections.abc import AsyncIterator

import pytest

from bot.services.accounts import Account, NodeAccounts, NoNode
from chain.rpc.accounts import AccountKind
from chain.rpc.pool import RpcPool, open_rpc
from domain.security.mints import TOKEN_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox
from tests.bot.conftest import WHALE, free_port


@pytest.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as running:
        yield running


@pytest.fixture
async def rpc(sandbox: LocalSandbox) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(sandbox.chain.rpc_url)]) as pool:
        yield pool


async def test_wallets_programs_and_mints_are_distinguished(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    for _ in range(4):
        await sandbox.next_block()
    accounts = NodeAccounts(rpc=rpc)
    whale, mint = sandbox.simulation.whales[0].address, str(sandbox.simulation.tokens[0].mint)
    assert await accounts.kind(whale) == Account(kind=AccountKind.WALLET)
    assert await accounts.kind(TOKEN_PROGRAM) == Account(kind=AccountKind.PROGRAM)
    assert await accounts.kind(mint) == Account(kind=AccountKind.MINT)


async def test_of_a_token_account_the_owner_is_named(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    sandbox.simulation.buy(whale, token, 10**9)
    for _ in range(4):
        await sandbox.next_block()
    answer = await rpc.call(
        "getTokenAccountsByOwner",
        [whale.address, {"mint": str(token.mint)}, {"encoding": "base64", "commitment": "processed"}],
    )
    token_account = bytes(answer).decode().split('"pubkey":"')[1].split('"')[0]
    found = await NodeAccounts(rpc=rpc).kind(token_account)
    assert found == Account(kind=AccountKind.TOKEN_ACCOUNT, owner=whale.address)


async def test_without_an_answer_it_is_unknown_within_two_seconds() -> None:
    async with open_rpc([Secret(f"http://127.0.0.1:{free_port()}")]) as nowhere:
        assert (await NodeAccounts(rpc=nowhere).kind(WHALE)).kind is None
    assert (await NoNode().kind(WHALE)).kind is None
