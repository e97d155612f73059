"""What an event teaches, and what it was worth, is looked up by its kind."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import AlertKind
from storage.chats.watches import watches_of
from storage.delivery.event_facts import EVENT_FACTS, learn_from, owning_chats, with_markets
from storage.delivery.open_alerts import Alert
from storage.postgres import Connection, Database
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    MINT,
    WHALE,
    follow,
    purchase,
)

pytestmark = pytest.mark.services
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def alert(activity: Activity) -> Alert:
    return Alert(alert_id=1, event=activity, happened_at=NOW, created_at=NOW, now=NOW)


async def wallet_id_of(database: Database, wallet: str) -> int:
    found: int = await database.fetchval("SELECT wallet_id FROM wallets WHERE address = $1", wallet)
    return found


def test_every_kind_of_alert_has_its_facts() -> None:
    assert set(EVENT_FACTS) == set(AlertKind)


async def test_a_price_that_an_activity_shows_is_stored_for_others(database: Database) -> None:
    await follow(database, ALICE)
    wallet_id = await wallet_id_of(database, WHALE)
    sale = structs.replace(
        purchase(kind=Kind.SELL),
        paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
        received=(Leg(mint=USDC, raw=150 * 10**6, decimals=6),),
        venue="Orca Whirlpool",
    )
    await database.transaction(lambda connection: learn_from(connection, [(wallet_id, alert(sale))]))
    assert await database.fetchval("SELECT usd FROM dollar_prices") == Decimal(150)
    bought = alert(purchase())
    (worth,) = await database.transaction(lambda connection: with_markets(connection, [bought]))
    assert worth.market.usd == Decimal("84.2") * 150


async def test_what_a_wallet_received_makes_its_followers_owners(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    await follow(database, BOB)
    whale, other = await wallet_id_of(database, WHALE), await wallet_id_of(database, OTHER)
    watches = [
        watch
        for chat_id in (ALICE, BOB)
        for watch in await watches_of(database, chat_id=chat_id, topic_id=0, chain=CHAIN)
        if watch.wallet == WHALE
    ]
    sale = alert(purchase(1, kind=Kind.SELL))

    async def owners(connection: Connection) -> list[frozenset[int]]:
        return await owning_chats(connection, [(whale, sale, watches)])

    assert await database.transaction(owners) == [frozenset()]
    await database.transaction(
        lambda connection: learn_from(connection, [(other, alert(purchase(wallet=OTHER)))])
    )
    assert await database.transaction(owners) == [frozenset({ALICE})]
    assert await database.fetchval("SELECT mint FROM holdings") == MINT
