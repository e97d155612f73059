"""What stands at an address, asked of the sandbox chain, and of nobody."""

from collections.abc import AsyncIterator, Sequence

import pytest

from chain.rpc.accounts import AccountKind
from chain.rpc.pool import RpcPool, open_rpc
from domain.security.mints import TOKEN_PROGRAM
from runtime.settings.secret import Secret
from sandbox.local import LocalConfig, LocalSandbox
from services.accounts import ACCOUNTS, Account, CachedAccounts, NodeAccounts, NoNode
from storage.caches import Caches
from storage.redis import open_redis
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


class Counting:
    """A node's answers, and how often it was asked."""

    def __init__(self, answer: Account) -> None:
        self.answer = answer
        self.asked = 0

    async def kind(self, address: str) -> Account:
        self.asked += 1
        return self.answer

    async def kinds(self, addresses: Sequence[str]) -> dict[str, Account]:
        return {address: await self.kind(address) for address in addresses}


@pytest.mark.services
@pytest.mark.parametrize(
    ("answer", "times"),
    [
        (Account(kind=AccountKind.WALLET), 1),
        (Account(kind=AccountKind.TOKEN_ACCOUNT, owner=WHALE), 1),
        (Account(kind=AccountKind.TOKEN_ACCOUNT), 3),  # a list does not tell the owners
        (Account(kind=None), 3),  # no node answered
    ],
)
async def test_what_is_known_of_an_address_is_not_asked_again(
    valkey_url: str, answer: Account, times: int
) -> None:
    client, reader = open_redis(valkey_url, text=False), Counting(answer)
    caches = Caches(client)
    accounts = CachedAccounts(reader=reader, cache=caches.open(ACCOUNTS))
    assert await accounts.kinds([WHALE]) == {WHALE: answer}
    assert await accounts.kind(WHALE) == answer
    assert await accounts.kind(WHALE) == answer
    assert reader.asked == times
    await caches.forget(ACCOUNTS.name, [WHALE])  # it acts
    await accounts.kind(WHALE)
    assert reader.asked == times + 1
    await client.aclose()
