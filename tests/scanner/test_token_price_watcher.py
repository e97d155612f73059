"""Prices of tokens in use are read once for all scanners; they make candles and fire price alerts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL
from domain.chats import Chat, ChatKind
from domain.tokens.candles import HOUR, SeenPrice
from domain.tokens.price_alerts import Condition, PriceAlert
from scanner.price_reader import TokenPriceWatcher
from storage.chats.chats import saw_chat
from storage.delivery.chat_alerts import add_price_alert
from storage.market.candles import candles, note_prices_read
from storage.market.pools import StoredPools
from storage.postgres import Database
from tests.chain.market.pool_states import KNOWN, MINT, constant, vaults
from tests.chain.priced_chain import TOKEN, Chain
from tests.scanner.world import ALICE, CHAIN

pytestmark = pytest.mark.services
WANTED = PriceAlert(
    price_alert_id=0,
    chat_id=ALICE,
    topic_id=0,
    chain=CHAIN,
    mint=MINT,
    condition=Condition.ABOVE,
    target=Decimal(5),
    anchor=Decimal(4),
    is_armed=True,
)


@pytest.fixture
async def stored(database: Database) -> Database:
    """SOL at 200 dollars, a pool that is known, and a price alert."""
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at) VALUES ($1, $2, 'p', 200, now())",
        CHAIN,
        SOL,
    )
    await StoredPools(database=database, chain=CHAIN).save_pools([KNOWN])
    await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice"))
    await add_price_alert(database, WANTED, limit=9)
    return database


def watcher(database: Database, chain: Chain, owner: str = "a") -> TokenPriceWatcher:
    pools = StoredPools(database=database, chain=CHAIN)
    return TokenPriceWatcher(
        database, TokenPriceReader(chain.read, pools, chain=CHAIN), chain=CHAIN, owner=owner
    )


def at(sol: int) -> Chain:
    """The token at so many SOL for eighty of it."""
    return Chain(TOKEN | constant() | vaults(80 * 10**6, sol * 10**9))


async def closes(database: Database) -> list[Decimal]:
    since = datetime.now(UTC) - timedelta(hours=2)
    return [one.close for one in await candles(database, chain=CHAIN, mint=MINT, seconds=HOUR, since=since)]


async def test_a_price_that_is_reached_fires_and_makes_a_candle(stored: Database) -> None:
    assert await watcher(stored, at(1)).read_once() == 0
    assert await closes(stored) == []  # a pool of one SOL is no price
    assert await watcher(stored, at(4)).read_once() == 1
    assert await closes(stored) == [Decimal(10)]
    assert await watcher(stored, at(4)).read_once() == 0


async def test_one_scanner_of_a_chain_reads(stored: Database) -> None:
    first, second = at(4), at(4)
    assert await watcher(stored, first, "a").read_once() == 1
    assert await watcher(stored, second, "b").read_once() == 0
    assert second.asked == []


async def test_a_price_that_jumps_is_believed_when_it_is_read_again(stored: Database) -> None:
    before = SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(4), at=datetime.now(UTC))
    await note_prices_read(stored, [before])
    one = watcher(stored, at(4))
    assert await one.read_once() == 0
    assert await closes(stored) == [Decimal(4)]
    assert await one.read_once() == 1
    assert await closes(stored) == [Decimal(10)]


async def test_tokens_that_followed_wallets_trade_are_read_once_a_minute(stored: Database) -> None:
    await stored.execute("DELETE FROM price_alerts")
    chain = at(4)
    one = watcher(stored, chain)
    assert await one.read_once() == 0
    assert chain.asked == []
    price = SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(9), at=datetime.now(UTC), volume=Decimal(3))
    await note_prices_read(stored, [structs.replace(price)])
    asked = []
    for _ in range(5):
        await one.read_once()
        asked.append(len(chain.asked))
    assert asked == [0, 0, 0, 2, 2]


async def test_a_jump_is_remembered_until_its_token_is_read_again(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.price_reader.MAX_WAITED_FOR", 1)
    await add_price_alert(stored, structs.replace(WANTED, mint="z" * 44), limit=9)
    await note_prices_read(stored, [SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(4), at=datetime.now(UTC))])
    one = watcher(stored, at(4))
    assert [await one.read_once() for _ in range(3)] == [0, 0, 1]
