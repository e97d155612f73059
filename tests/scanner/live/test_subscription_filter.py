"""The filter of the streams, as it changes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from chain.rpc.blocks import block
from chain.rpc.config import PoolConfig
from chain.rpc.pool import RpcPool, open_rpc
from chain.stream.source import SubscriptionFilter
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.live.subscription_filter import SubscriptionFilterBuilder, round_robin
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.chain.nodes import node, of_version
from tests.sandbox.chain.wallets import TokenIssuer, by_hand, key
from tests.scanner.world import ALICE, CHAIN, follow

pytestmark = pytest.mark.services

WALLET = str(key(1).pubkey())
OTHER = str(key(2).pubkey())


def test_each_list_gives_one_after_the_other_until_there_is_no_more_room() -> None:
    lists = [["a1", "a2", "a3"], [], ["b1"], ["c1", "c2"]]
    assert round_robin(lists, 100) == ("a1", "b1", "c1", "a2", "c2", "a3")
    assert round_robin(lists, 4) == ("a1", "b1", "c1", "a2")
    assert round_robin(lists, -1) == ()


class Case:
    def __init__(
        self, builder: SubscriptionFilterBuilder, watchlist: Watchlist, rpc: RpcPool, account: str
    ) -> None:
        self.builder = builder
        self.watchlist = watchlist
        self.rpc = rpc
        self.account = account

    @property
    def current(self) -> SubscriptionFilter:
        return self.builder.subscription_filter

    async def until(self, *accounts: str, version: int = 1) -> None:
        async with asyncio.timeout(10):
            while (self.current.accounts, self.current.version) != (accounts, version):
                await self.builder.changed(self.current)


@asynccontextmanager
async def building(
    database: Database, *, limit: int = 100, by_address: bool = False, others: Sequence[str] = ()
) -> AsyncIterator[Case]:
    """A wallet with a token account on a node, and a filter that is kept true.

    Args:
        database: where it is followed.
        limit: of accounts in the filter.
        by_address: each address is subscribed to.
        others: addresses of further nodes, which are asked only where the first one is avoided.
    """
    alone = PoolConfig(hedge_seconds=0)
    async with (
        SandboxChain(by_hand()) as chain,
        open_rpc([Secret(url) for url in (chain.rpc_url, *others)], alone) as rpc,
    ):
        tokens = TokenIssuer(chain.chain)
        tokens.open_mint()
        tokens.give(key(1).pubkey(), 5)
        for _ in range(3):
            await chain.step()
        await follow(database, WALLET)
        watchlist = Watchlist(database, chain=CHAIN)
        await watchlist.reload()
        builder = SubscriptionFilterBuilder(
            watchlist,
            TokenAccounts(rpc, commitment="confirmed"),
            rpc,
            limit=limit,
            by_address=lambda: by_address,
        )
        case = Case(builder, watchlist, rpc, str(tokens.account_of(key(1).pubkey())))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(builder.follow_watchlist()),
                group.create_task(builder.follow_accounts()),
            ]
            yield case
            for task in tasks:
                task.cancel()


async def test_token_accounts_are_named_where_each_address_is_subscribed_to_and_leave_with_the_wallet(
    database: Database,
) -> None:
    async with building(database, by_address=True) as case:
        await case.until(case.account)
        assert case.current.wallets == {WALLET}
        await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WALLET)
        await case.watchlist.reload()
        await case.until()
        assert case.current.wallets == frozenset()


async def test_nobody_asks_for_token_accounts_where_they_are_of_no_use(database: Database) -> None:
    # the wallet takes all the room there is
    async with building(database, limit=1, by_address=True) as case:
        await follow(database, OTHER)
        before = case.current
        await case.watchlist.reload()
        await case.builder.changed(before)
        assert case.current.wallets == {WALLET, OTHER}
        statistics = case.rpc.statistics()
        assert [line.split(", ")[1] for line in statistics.values()] == ["0 asked"]


async def test_a_newer_version_of_transactions_is_asked_for(database: Database) -> None:
    async with node(of_version(2)) as newer, building(database, others=[newer]) as case:
        await block(case.rpc, 5, commitment="confirmed", avoid=case.rpc.names[:1])
        await case.until(version=2)
