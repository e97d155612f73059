"""Accounts of the sandbox chain, read as any node's."""

import pytest

from chain.rpc.accounts import AccountKind, account_kind, read_accounts
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import NodeUnreadable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalSandbox
from tests.chain.nodes import confirm, node, result

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


async def test_each_kind_of_account_is_recognised(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    assert await account_kind(rpc, whale.address) is AccountKind.WALLET
    assert await account_kind(rpc, TOKEN_PROGRAM) is AccountKind.PROGRAM
    assert await account_kind(rpc, str(token.mint)) is AccountKind.MINT
    assert await account_kind(rpc, NOBODY) is AccountKind.ABSENT
    extended = next(token for token in sandbox.simulation.tokens if str(token.program) == TOKEN_2022_PROGRAM)
    assert await account_kind(rpc, str(extended.mint)) is AccountKind.MINT


async def test_more_than_a_hundred_accounts_are_asked_for_in_parts(
    sandbox: LocalSandbox, rpc: RpcPool
) -> None:
    await confirm(sandbox)
    mints = [str(token.mint) for token in sandbox.simulation.tokens]
    assert set(await read_accounts(rpc, [NOBODY] * 150 + mints)) == set(mints)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "value", ["x", [], None, {"context": {"slot": -1}, "value": []}, {"context": {"slot": 2}, "value": [5]}]
)
async def test_an_answer_that_cannot_be_read_is_asked_of_another_and_else_said_at_once(value: object) -> None:
    good = {"context": {"slot": 9}, "value": [None]}
    async with (
        node(lambda _: result(value)) as bad,
        node(lambda _: result(good)) as honest,
        open_rpc([Secret(bad), Secret(honest)]) as rpc,
        open_rpc([Secret(bad)]) as alone,
    ):
        assert await read_accounts(rpc, ["a"]) == {}
        with pytest.raises(NodeUnreadable):
            await read_accounts(alone, ["a"])
