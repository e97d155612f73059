"""The token accounts of a wallet, and what they hold, a hundred in one request."""

from typing import Any

import pytest
from aiohttp import web

from chain.rpc.errors import UnusableAnswer
from chain.rpc.owned_accounts import token_account_states, token_accounts
from chain.rpc.pool import open_rpc
from domain.errors import NodeUnavailable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from runtime.settings.secret import Secret
from tests.chain.nodes import error, node, result

pytestmark = pytest.mark.enable_socket


async def test_token_accounts_of_both_programs_are_listed() -> None:
    a, b, c = (name * 40 for name in "abc")
    accounts = {TOKEN_PROGRAM: [a, b], TOKEN_2022_PROGRAM: [c]}

    def answer(request: dict[str, Any]) -> web.Response:
        found = accounts[request["params"][1]["programId"]]
        return result({"context": {"slot": 5}, "value": [{"pubkey": one} for one in found]})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        assert sorted(await token_accounts(rpc, "owner", commitment="confirmed")) == [a, b, c]


async def test_states_are_read_a_hundred_at_a_time_and_are_equal_while_they_hold_the_same() -> None:
    asked: list[int] = []

    def answer(request: dict[str, Any]) -> web.Response:
        names, config = request["params"]
        assert config["minContextSlot"] == 7
        asked.append(len(names))
        values = [None if name == "closed" else {"lamports": 5, "data": ["AQ==", "base64"]} for name in names]
        return result({"context": {"slot": 7}, "value": values})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        names = [*(f"account {number}" for number in range(149)), "closed"]
        states = await token_account_states(rpc, names, upto=7, commitment="confirmed")
    assert asked == [100, 50]
    assert len(set(states)) == 2
    assert states[-1] is None


async def test_a_node_that_has_not_come_so_far_says_nothing_of_states() -> None:
    async with node(lambda _: error(-32016, "Minimum context slot has not been reached")) as url:  # noqa: SIM117
        async with open_rpc([Secret(url)]) as rpc:
            with pytest.raises(NodeUnavailable):
                await token_account_states(rpc, ["a"], upto=7, commitment="confirmed")


async def test_states_of_another_number_are_broken() -> None:
    async with node(lambda _: result({"context": {"slot": 7}, "value": []})) as url:  # noqa: SIM117
        async with open_rpc([Secret(url)]) as rpc:
            with pytest.raises(UnusableAnswer):
                await token_account_states(rpc, ["a"], upto=7, commitment="confirmed")
