"""What addresses of the sandbox chain, and of nodes that answer as the test says, hold."""

from typing import Any, cast

import msgspec
import pytest
from aiohttp import web
from solders.pubkey import Pubkey

from chain.rpc.balances import STAKE_PROGRAM, read_balance, read_sol, read_staked, read_token_accounts
from chain.rpc.pool import RpcPool, open_rpc
from domain.activity.amounts import SolReading
from domain.errors import NodeUnavailable
from domain.security.mints import TOKEN_2022_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalSandbox
from tests.chain.nodes import confirm, counting, error, node, result

NOBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
SOL = 10**9


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


async def test_a_scaled_holding_is_written_as_wallets_show_it() -> None:
    def entry(raw: str, displayed_raw: str) -> dict[str, object]:
        amount = {"amount": raw, "decimals": 8, "uiAmountString": displayed_raw}
        return {"account": {"data": {"parsed": {"info": {"mint": NOBODY, "tokenAmount": amount}}}}}

    class Node:
        names = ("node",)

        async def call(self, method: str, params: list[object], **_: object) -> msgspec.Raw:
            if method == "getProgramAccounts":
                return msgspec.Raw(b"[]")
            if method == "getAccountInfo":
                return msgspec.Raw(b'{"context":{"slot":9},"value":null}')
            newer = TOKEN_2022_PROGRAM in str(params)
            entries = [entry("100000000", "10"), entry("50000000", "5")] if newer else []
            return msgspec.Raw(msgspec.json.encode({"value": entries}))

    (holding,) = (await read_balance(cast("RpcPool", Node()), "owner")).holdings
    assert (holding.raw, holding.displayed_raw) == (150_000_000, 1_500_000_000)


async def test_the_sandbox_lists_no_stake_accounts_so_staked_sol_is_unknown(rpc: RpcPool) -> None:
    assert (await read_balance(rpc, NOBODY)).staked is None


async def test_the_sol_of_many_is_read_in_hundreds(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    whale = sandbox.simulation.whales[0].address
    found = await read_sol(rpc, [str(Pubkey(bytes([0, number]) * 16)) for number in range(1, 231)] + [whale])
    assert len(found) == 231
    assert found[whale].lamports == sandbox.chain.api.balance(Pubkey.from_string(whale))
    assert sum(one.lamports > 0 for one in found.values()) == 1


@pytest.mark.enable_socket
async def test_so_many_addresses_cost_a_hundredth_of_requests() -> None:
    def answer(request: dict[str, Any]) -> web.Response:
        accounts = [{"lamports": 5} for _ in request["params"][0]]
        return result({"context": {"slot": 9}, "value": accounts})

    async with counting(answer) as (url, asked), open_rpc([Secret(url)]) as rpc:
        found = await read_sol(rpc, [f"address{number}" for number in range(1_001)])
    assert len(asked) == 11
    assert set(found.values()) == {SolReading(lamports=5, slot=9)}


@pytest.mark.enable_socket
async def test_one_part_that_nobody_answers_fails_the_whole_reading() -> None:
    def answer(request: dict[str, Any]) -> web.Response:
        if "address0" in request["params"][0]:
            return error(-32601)
        return result({"context": {"slot": 9}, "value": [None for _ in request["params"][0]]})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(NodeUnavailable):
            await read_sol(rpc, [f"address{number}" for number in range(250)])


@pytest.mark.enable_socket
async def test_staked_sol_is_all_that_the_owner_may_withdraw() -> None:
    async with (
        counting(lambda _: result([{"account": {"lamports": 7}}, {"account": {"lamports": 8}}])) as (
            url,
            asked,
        ),
        open_rpc([Secret(url)]) as rpc,
    ):
        assert await read_staked(rpc, NOBODY) == 15
    program, config = asked[0]["params"]
    assert program == STAKE_PROGRAM
    assert config["filters"] == [{"memcmp": {"offset": 44, "bytes": NOBODY}}]
    assert config["dataSlice"] == {"offset": 0, "length": 0}


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "answer", [error(-32601), error(-32602), result("nonsense"), result([{"account": 5}])]
)
async def test_a_node_that_does_not_list_stake_accounts_leaves_staked_sol_unknown(
    answer: web.Response,
) -> None:
    body = answer.body

    def same(_: dict[str, Any]) -> web.Response:
        return web.Response(body=body)

    async with node(same) as url, open_rpc([Secret(url)]) as rpc:
        assert await read_staked(rpc, NOBODY) is None


async def test_who_else_has_power_over_a_token_account_is_read() -> None:
    info = {
        "mint": NOBODY,
        "tokenAmount": {"amount": "9", "decimals": 0, "uiAmountString": "9"},
        "delegate": STAKE_PROGRAM,
        "delegatedAmount": {"amount": "4"},
        "closeAuthority": TOKEN_2022_PROGRAM,
        "state": "frozen",
    }

    class Node:
        names = ("node",)

        async def call(self, _: str, params: list[object], **__: object) -> msgspec.Raw:
            listed = [{"pubkey": "account", "account": {"data": {"parsed": {"info": info}}}}]
            value = listed if TOKEN_2022_PROGRAM in str(params) else []
            return msgspec.Raw(msgspec.json.encode({"value": value}))

    (account,) = await read_token_accounts(cast("RpcPool", Node()), "owner")
    assert (account.address, account.holding.raw, account.holding.frozen) == ("account", 9, True)
    assert (account.delegate, account.delegated) == (STAKE_PROGRAM, 4)
    assert account.close_authority == TOKEN_2022_PROGRAM
