"""Accounts of the sandbox chain, read as any node's."""

from collections.abc import AsyncIterator

import pytest
from solders.pubkey import Pubkey

from chain.rpc.accounts import AccountKind, account_kind, read_accounts, read_balance
from chain.rpc.mints import mint_facts, token_names
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import Undecodable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
SOL = 10**9


@pytest.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    async with LocalSandbox(LocalConfig(slot_seconds=0.02, active=False)) as running:
        yield running


@pytest.fixture
async def rpc(sandbox: LocalSandbox) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(sandbox.chain.rpc_url)]) as pool:
        yield pool


async def confirmed(sandbox: LocalSandbox) -> None:
    for _ in range(4):
        await sandbox.next_block()


async def test_each_kind_of_account_is_recognised(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirmed(sandbox)
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    assert await account_kind(rpc, whale.address) is AccountKind.WALLET
    assert await account_kind(rpc, TOKEN_PROGRAM) is AccountKind.PROGRAM
    assert await account_kind(rpc, str(token.mint)) is AccountKind.MINT
    assert await account_kind(rpc, NOBODY) is AccountKind.ABSENT
    extended = next(token for token in sandbox.simulation.tokens if str(token.program) == TOKEN_2022_PROGRAM)
    assert await account_kind(rpc, str(extended.mint)) is AccountKind.MINT


async def test_a_balance_is_all_that_the_owner_holds(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    deed = sandbox.simulation.buy(whale, token, SOL)
    await confirmed(sandbox)
    facts = await read_balance(rpc, whale.address)
    amounts = {holding.mint: holding.raw for holding in facts.holdings}
    assert amounts[str(token.mint)] >= deed.received[0].raw
    assert facts.lamports == sandbox.chain.api.balance(Pubkey.from_string(whale.address))


async def test_an_address_without_account_holds_nothing(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    facts = await read_balance(rpc, NOBODY)
    assert (facts.lamports, facts.holdings) == (0, ())


async def test_more_than_a_hundred_accounts_are_asked_for_in_parts(
    sandbox: LocalSandbox, rpc: RpcPool
) -> None:
    await confirmed(sandbox)
    mints = [str(token.mint) for token in sandbox.simulation.tokens]
    assert set(await read_accounts(rpc, [NOBODY] * 150 + mints)) == set(mints)


async def test_mints_say_their_names_and_powers(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirmed(sandbox)
    plans = {plan.symbol: plan for plan in sandbox.simulation.config.tokens}
    for token in sandbox.simulation.tokens:
        facts, plan = await mint_facts(rpc, str(token.mint)), plans[token.symbol]
        assert (facts.symbol, facts.decimals) == (token.symbol.strip(), token.decimals)
        assert (facts.mint_authority is not None) == plan.mintable
        assert (facts.freeze_authority is not None) == plan.freezable
        assert (facts.permanent_delegate is not None) == plan.seizable


async def test_what_is_no_mint_is_said_or_left_out(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirmed(sandbox)
    whale = sandbox.simulation.whales[0].address
    with pytest.raises(Undecodable, match="not owned by a token program"):
        await mint_facts(rpc, whale)
    with pytest.raises(Undecodable, match="no account"):
        await mint_facts(rpc, NOBODY)
    assert await token_names(rpc, [whale, NOBODY]) == []
