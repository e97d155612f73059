"""Mints of the sandbox chain, read as any node's."""

import pytest

from chain.rpc.mints import mint_facts, token_names
from chain.rpc.pool import RpcPool
from domain.errors import Undecodable
from sandbox.local import LocalSandbox
from tests.chain.nodes import confirm

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


async def test_mints_say_their_names_and_powers(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    plans = {plan.symbol: plan for plan in sandbox.simulation.config.tokens}
    for token in sandbox.simulation.tokens:
        facts, plan = await mint_facts(rpc, str(token.mint)), plans[token.symbol]
        assert (facts.symbol, facts.decimals) == (token.symbol.strip(), token.decimals)
        assert (facts.mint_authority is not None) == plan.mintable
        assert (facts.freeze_authority is not None) == plan.freezable
        assert (facts.permanent_delegate is not None) == plan.seizable


async def test_what_is_no_mint_raises_or_is_left_out(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    whale = sandbox.simulation.whales[0].address
    with pytest.raises(Undecodable, match="not owned by a token program"):
        await mint_facts(rpc, whale)
    with pytest.raises(Undecodable, match="no account"):
        await mint_facts(rpc, NOBODY)
    assert await token_names(rpc, [whale, NOBODY]) == []


async def test_the_names_of_many_mints_are_read_at_once(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    tokens = {str(token.mint): token for token in sandbox.simulation.tokens}
    names = await token_names(rpc, [*tokens, NOBODY])
    assert {name.mint: name.decimals for name in names} == {
        mint: token.decimals for mint, token in tokens.items()
    }
