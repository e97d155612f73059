"""The SOL of followed wallets in turn, and the large changes that wait for an explanation."""

import pytest

from domain.activity.amounts import SolReading
from storage.chats.watches import remove_watch
from storage.postgres import Database
from storage.scans.sol_readings import (
    SolChange,
    decide_change,
    next_wallets,
    open_changes,
    save_readings,
)
from tests.storage.sample_data import CHAIN, follow

pytestmark = pytest.mark.services


async def next_addresses(database: Database, limit: int = 10) -> list[str]:
    return [one.address for one in await next_wallets(database, chain=CHAIN, limit=limit)]


async def test_the_wallet_that_was_read_longest_ago_is_next_and_one_that_nobody_follows_never(
    database: Database,
) -> None:
    for wallet in ("a", "b", "c"):
        await follow(database, 1, wallet=wallet)
    first, second, _ = await next_wallets(database, chain=CHAIN, limit=10)
    await save_readings(database, {first.wallet_id: SolReading(lamports=5, slot=1)}, [])
    assert await next_addresses(database) == ["b", "c", "a"]
    await save_readings(database, {second.wallet_id: SolReading(lamports=5, slot=1)}, [])
    assert await next_addresses(database, limit=2) == ["c", "a"]
    await remove_watch(database, chat_id=1, topic_id=0, chain=CHAIN, wallet="c")
    assert await next_addresses(database) == ["a", "b"]


async def test_a_reading_of_an_earlier_slot_changes_nothing(database: Database) -> None:
    await follow(database, 1, wallet="a")
    (wallet,) = await next_wallets(database, chain=CHAIN, limit=1)
    assert wallet.before is None
    for lamports, slot in ((5, 10), (7, 9)):
        await save_readings(database, {wallet.wallet_id: SolReading(lamports=lamports, slot=slot)}, [])
    (wallet,) = await next_wallets(database, chain=CHAIN, limit=1)
    assert wallet.before == SolReading(lamports=5, slot=10)


async def test_a_change_waits_for_the_feed_and_is_decided_once(database: Database) -> None:
    await follow(database, 1, wallet="a")
    (wallet,) = await next_wallets(database, chain=CHAIN, limit=1)
    change = SolChange(
        wallet_id=wallet.wallet_id,
        address="a",
        before=SolReading(lamports=5, slot=10),
        after=SolReading(lamports=90, slot=20),
    )
    await save_readings(database, {wallet.wallet_id: change.after}, [change, change])
    assert await open_changes(database, chain=CHAIN, upto=19) == []
    assert await open_changes(database, chain=CHAIN, upto=20) == [change]
    assert await decide_change(database, change, "explained")
    assert not await decide_change(database, change, "explained")
    assert await open_changes(database, chain=CHAIN, upto=20) == []
