"""What streams are to hear of, as it changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chain.rpc.pool import RpcPool, open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.live.subscription_filter import SubscriptionFilterBuilder, by_turns
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.sandbox.chain.wallets import TokenIssuer, by_hand, key
from tests.scanner.world import ALICE, CHAIN, follow

pytestmark = pytest.mark.services

WALLET = str(key(1).pubkey())
OTHER = str(key(2).pubkey())


def test_each_has_its_turn_until_there_is_no_more_room() -> None:
    lists = [["a1", "a2", "a3"], [], ["b1"], ["c1", "c2"]]
    assert by_turns(lists, 100) == ("a1", "b1", "c1", "a2", "c2", "a3")
    assert by_turns(lists, 4) == ("a1", "b1", "c1", "a2")
    assert by_turns(lists, -1) == ()


class Scene:
    def __init__(
        self, wishes: SubscriptionFilterBuilder, watched: Watchlist, rpc: RpcPool, account: str
    ) -> None:
        self.wishes = wishes
        self.watched = watched
        self.rpc = rpc
        self.account = account

    async def until(self, *accounts: str, version: int = 1) -> None:
        async with asyncio.timeout(10):
            while (self.wishes.subscription_filter.accounts, self.wishes.subscription_filter.version) != (
                accounts,
                version,
            ):
                await self.wishes.changed(self.wishes.subscription_filter)


@asynccontextmanager
async def wishing(database: Database, *, most: int = 100) -> AsyncIterator[Scene]:
    """A wallet with a token account on a node, and a wish that is kept."""
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        tokens = TokenIssuer(chain.chain)
        tokens.open_mint()
        tokens.give(key(1).pubkey(), 5)
        for _ in range(3):
            await chain.step()
        await follow(database, WALLET)
        watched = Watchlist(database, chain=CHAIN)
        await watched.reload()
        wishes = SubscriptionFilterBuilder(
            watched, TokenAccounts(rpc, commitment="confirmed"), rpc, most=most
        )
        scene = Scene(wishes, watched, rpc, str(tokens.account_of(key(1).pubkey())))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(wishes.follow()), group.create_task(wishes.keep())]
            yield scene
            for task in tasks:
                task.cancel()


async def test_token_accounts_are_wished_for_where_each_address_is_subscribed_to_and_leave_with_the_wallet(
    database: Database,
) -> None:
    async with wishing(database) as scene:
        scene.wishes.by_address = lambda: True
        await scene.until(scene.account)
        assert scene.wishes.subscription_filter.wallets == {WALLET}
        await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WALLET)
        await scene.watched.reload()
        await scene.until()
        assert scene.wishes.subscription_filter.wallets == frozenset()


async def test_nobody_asks_for_token_accounts_where_they_are_of_no_use(database: Database) -> None:
    async with wishing(database, most=1) as scene:
        scene.wishes.by_address = lambda: True  # yet the wallet takes all the room there is
        await follow(database, OTHER)
        subscription_filter = scene.wishes.subscription_filter
        await scene.watched.reload()
        await scene.wishes.changed(subscription_filter)
        assert scene.wishes.subscription_filter.wallets == {WALLET, OTHER}
        asked = scene.rpc.statistics()
        assert [told.split(", ")[1] for told in asked.values()] == ["0 asked"]


async def test_a_newer_version_of_transactions_is_wished_for(database: Database) -> None:
    async with wishing(database) as scene:
        scene.rpc.allow_version(2)
        await scene.until(version=2)
