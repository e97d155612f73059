"""Subscribe requests are refused as a node refuses them."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import ClientConnection, connect

from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import V1, call
from tests.sandbox.chain.wallets import by_hand, key

pytestmark = pytest.mark.enable_socket


async def test_logs_of_two_addresses_are_refused(stream: ClientConnection) -> None:
    two = [str(key(1).pubkey()), str(key(2).pubkey())]
    answer = await call(stream, "logsSubscribe", {"mentions": two})
    assert answer["error"] == {"code": -32602, "message": "Invalid Request: Only 1 address supported"}


async def test_blocks_are_not_sent_where_that_is_switched_off() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as running, connect(running.ws_url) as stream:
        assert (await call(stream, "blockSubscribe", "all"))["error"]["code"] == -32601


async def test_helius_takes_fifty_thousand_addresses_and_no_more(stream: ClientConnection) -> None:
    addresses = [str(key(1).pubkey())] * 50_000
    options = {"transactionDetails": "signatures"}
    accepted = await call(stream, "transactionSubscribe", {"accountInclude": addresses}, options)
    assert isinstance(accepted["result"], int)
    refused = await call(
        stream, "transactionSubscribe", {"accountInclude": [*addresses, addresses[0]]}, options
    )
    assert refused["error"]["code"] == -32602


async def test_full_details_need_the_highest_known_version(stream: ClientConnection) -> None:
    refused = await call(stream, "transactionSubscribe", {}, {"transactionDetails": "full"})
    assert refused["error"]["code"] == -32602
    assert "maxSupportedTransactionVersion" in refused["error"]["message"]


async def test_a_plain_node_knows_no_transaction_subscribe() -> None:
    agave = SandboxChain(by_hand(provider="agave"))
    async with agave, connect(agave.ws_url) as stream:
        assert (await call(stream, "transactionSubscribe", {}, V1))["error"]["code"] == -32601


async def test_an_unknown_way_to_match_token_accounts_is_refused(stream: ClientConnection) -> None:
    answer = await call(stream, "transactionSubscribe", {"tokenAccounts": "some"}, V1)
    assert answer["error"] == {
        "code": -32602,
        "message": "Invalid tokenAccounts value 'some', expected one of: none, balanceChanged, all",
    }
