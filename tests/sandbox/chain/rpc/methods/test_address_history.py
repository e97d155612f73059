"""getTransactionsForAddress, where the chain's provider has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed

pytestmark = pytest.mark.enable_socket
METHOD = "getTransactionsForAddress"
WALLET, OTHER = key(1), key(2)


@pytest.fixture
async def local() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(address_history=True)) as running:
        yield running


@pytest.fixture
async def sent(local: SandboxChain) -> list[str]:
    """Return what concerns the wallet, the oldest first; the last of it names its token account alone."""
    issuer = TokenIssuer(local.chain)
    issuer.open_mint()
    made = [str(local.chain.airdrop(one.pubkey(), 10 * SOL)) for one in (WALLET, OTHER)][:1]
    await local.step()
    made.append(str(local.api.send(signed(local.api, [WALLET], pay(WALLET, key(3).pubkey(), 99 * SOL)))))
    made.append(str(issuer.give(WALLET.pubkey(), 5)))
    issuer.give(OTHER.pubkey(), 100)
    await local.step()
    gift = issuer.move(OTHER, WALLET.pubkey(), 9)
    made.append(str(local.api.send(signed(local.api, [OTHER], gift, version=None))))
    for _ in range(3):
        await local.step()
    return made


async def listed(ask: Ask, filters: dict[str, Any], **more: Any) -> list[str]:
    config = {"commitment": "confirmed", "sortOrder": "asc", "filters": filters} | more
    answer = await ask(METHOD, str(WALLET.pubkey()), config)
    return [row["signature"] for row in answer["result"]["data"]]


async def test_token_accounts_are_listed_where_they_are_asked_for(ask: Ask, sent: list[str]) -> None:
    for accounts in ("all", "balanceChanged"):
        assert await listed(ask, {"tokenAccounts": accounts}) == sent
        assert await listed(ask, {"tokenAccounts": accounts}, sortOrder="desc") == sent[::-1]
    assert await listed(ask, {}) == sent[:3]
    assert await listed(ask, {"status": "failed"}) == sent[1:2]
    assert sent[1] not in await listed(ask, {"status": "succeeded"})


async def test_slots_bound_what_is_listed(ask: Ask, sent: list[str]) -> None:
    config = {"commitment": "confirmed", "sortOrder": "asc", "filters": {"tokenAccounts": "all"}}
    rows = (await ask(METHOD, str(WALLET.pubkey()), config))["result"]["data"]
    first, last = rows[0]["slot"], rows[-1]["slot"]
    assert await listed(ask, {"tokenAccounts": "all", "slot": {"gt": first, "lt": last}}) == sent[1:3]
    assert await listed(ask, {"tokenAccounts": "all", "slot": {"gte": first, "lte": first}}) == sent[:1]


async def test_it_is_paged_to_its_end(ask: Ask, sent: list[str]) -> None:
    found, token = [], None
    while True:
        config = {"commitment": "confirmed", "sortOrder": "asc", "limit": 2, "paginationToken": token}
        config["filters"] = {"tokenAccounts": "all"}
        page = (await ask(METHOD, str(WALLET.pubkey()), config))["result"]
        found += [row["signature"] for row in page["data"]]
        token = page["paginationToken"]
        if token is None:
            break
    assert found == sent


async def test_whole_transactions_come_a_hundred_at_a_time(ask: Ask, sent: list[str]) -> None:
    config = {"commitment": "confirmed", "transactionDetails": "full", "maxSupportedTransactionVersion": 1}
    (newest, *_) = (await ask(METHOD, str(WALLET.pubkey()), config))["result"]["data"]
    assert newest["transaction"]["signatures"] == [sent[2]]
    for limit in (0, 101):
        assert (await ask(METHOD, str(WALLET.pubkey()), config | {"limit": limit}))["error"]["code"] == -32602


@pytest.mark.parametrize("config", [{"commitment": "processed"}, {"paginationToken": "no"}, {"limit": 1001}])
async def test_what_the_provider_does_not_take_is_refused(ask: Ask, config: dict[str, Any]) -> None:
    error = (await ask(METHOD, str(WALLET.pubkey()), {"commitment": "confirmed"} | config))["error"]
    assert error["code"] == -32602


async def test_a_fault_lets_it_leave_out_what_it_should_list(
    ask: Ask, local: SandboxChain, sent: list[str]
) -> None:
    local.faults.add(Fault(fault="omit"))
    assert await listed(ask, {"tokenAccounts": "all"}) == []
    assert await listed(ask, {"tokenAccounts": "all"}) == sent


async def test_a_provider_may_not_have_it() -> None:
    async with SandboxChain(by_hand()) as plain, aiohttp.ClientSession() as session:
        request = {"jsonrpc": "2.0", "id": 1, "method": METHOD, "params": [str(WALLET.pubkey())]}
        async with session.post(plain.rpc_url, json=request) as response:
            assert (await response.json())["error"]["code"] == -32601
