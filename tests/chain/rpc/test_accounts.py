"""Accounts of the sandbox chain, read as any node's."""

from typing import cast

import msgspec
import pytest
from solders.pubkey import Pubkey

from chain.rpc.accounts import AccountKind, account_kind, read_accounts, read_balance
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import NodeUnreadable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalSandbox
from tests.chain.nodes import confirm, node, result

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
SOL = 10**9


async def test_each_kind_of_account_is_recognised(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    assert await account_kind(rpc, whale.address) is AccountKind.WALLET
    assert await account_kind(rpc, TOKEN_PROGRAM) is AccountKind.PROGRAM
    assert await account_kind(rpc, str(token.mint)) is AccountKind.MINT
    assert await account_kind(rpc, NOBODY) is AccountKind.ABSENT
    extended = next(token for token in sandbox.simulation.tokens if str(token.program) == TOKEN_2022_PROGRAM)
    assert await account_kind(rpc, str(extended.mint)) is AccountKind.MINT


async def test_a_balance_is_all_that_the_owner_holds(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    whale, token = sandbox.simulation.whales[0], sandbox.simulation.tokens[1]
    purchase = sandbox.simulation.buy(whale, token, SOL)
    await confirm(sandbox)
    facts = await read_balance(rpc, whale.address)
    amounts = {holding.mint: holding.raw for holding in facts.holdings}
    assert amounts[str(token.mint)] >= purchase.received[0].raw
    assert facts.lamports == sandbox.chain.api.balance(Pubkey.from_string(whale.address))


async def test_an_address_without_account_holds_nothing(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    facts = await read_balance(rpc, NOBODY)
    assert (facts.lamports, facts.holdings) == (0, ())


async def test_more_than_a_hundred_accounts_are_asked_for_in_parts(
    sandbox: LocalSandbox, rpc: RpcPool
) -> None:
    await confirm(sandbox)
    mints = [str(token.mint) for token in sandbox.simulation.tokens]
    assert set(await read_accounts(rpc, [NOBODY] * 150 + mints)) == set(mints)


async def test_a_scaled_holding_is_written_as_wallets_show_it() -> None:
    def entry(raw: str, displayed_raw: str) -> dict[str, object]:
        amount = {"amount": raw, "decimals": 8, "uiAmountString": displayed_raw}
        return {"account": {"data": {"parsed": {"info": {"mint": NOBODY, "tokenAmount": amount}}}}}

    class Node:
        names = ("node",)

        async def call(self, method: str, params: list[object], *, avoid: list[str]) -> msgspec.Raw:
            assert avoid == []
            if method == "getAccountInfo":
                return msgspec.Raw(b'{"context":{"slot":9},"value":null}')
            newer = TOKEN_2022_PROGRAM in str(params)
            entries = [entry("100000000", "10"), entry("50000000", "5")] if newer else []
            return msgspec.Raw(msgspec.json.encode({"value": entries}))

    (holding,) = (await read_balance(cast("RpcPool", Node()), "owner")).holdings
    assert (holding.raw, holding.displayed_raw) == (150_000_000, 1_500_000_000)


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
