"""Some seconds after an alert its token is checked again, once for all alerts of that time."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, TradePrice
from domain.activity.prices import ReadPrice
from domain.alerts.late_facts import LateFacts, read_late_facts
from domain.errors import NodeUnavailable
from domain.security.mints import TokenAge
from scanner.late_facts import LateFactsReader
from storage.market.dollars import note_published
from storage.market.tokens import Token, save_token_age, save_tokens
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

MADE = 1_690_000_000
FILL = Decimal("0.00219")


class Prices:
    """Says what tokens cost now, and what it was asked for."""

    def __init__(self, usd: Decimal | None) -> None:
        self.asked: list[list[str]] = []
        self._usd = usd

    async def __call__(self, mints: Collection[str]) -> Mapping[str, Decimal]:
        self.asked.append([*mints])
        if self._usd is None:
            raise NodeUnavailable("nobody answers")
        return dict.fromkeys(mints, self._usd)


def reader(database: Database, prices: Prices, owner: str = "a") -> LateFactsReader:
    return LateFactsReader(database, prices, chain=CHAIN, owner=owner)


def traded(number: int) -> Activity:
    price = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=FILL)
    return structs.replace(purchase(number), price=price)


async def send_alert(database: Database, *numbers: int) -> None:
    """Trades at 200 dollars for a SOL, told some seconds ago."""
    at = purchase(0).block_time or 0
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at - 1, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[sol])
    await follow(database, ALICE)
    await happened(database, *(traded(number) for number in numbers))
    await fan_out_all(database)
    await database.execute("UPDATE alerts SET created_at = created_at - interval '4 seconds'")


async def late(database: Database) -> list[LateFacts]:
    rows = await database.fetch("SELECT late FROM alerts ORDER BY alert_id")
    return [read_late_facts(row["late"]) for row in rows]


async def test_one_question_says_how_far_the_price_of_many_trades_has_moved(database: Database) -> None:
    await send_alert(database, 1, 2, 3)
    prices = Prices(FILL * 200 * Decimal("1.5"))
    assert await reader(database, prices).read() == 3
    assert prices.asked == [[MINT]]
    assert [one.drift for one in await late(database)] == [Decimal("0.5")] * 3


async def test_what_became_known_of_the_token_after_the_alert_is_stored_with_it(database: Database) -> None:
    await send_alert(database, 1)
    made = Token(chain=CHAIN, mint=MINT, symbol="KRILL", name=None, decimals=5, supply=10**14)
    await save_tokens(database, [made])
    await save_token_age(database, chain=CHAIN, mint=MINT, age=TokenAge(created_at=MADE, is_exact=True))
    await reader(database, Prices(None)).read()
    (found,) = await late(database)
    assert found == LateFacts(
        is_named=True,
        market_cap=FILL * 200 * 10**9,
        token_created_at=datetime.fromtimestamp(MADE, UTC),
    )


async def test_each_alert_is_looked_at_once_and_by_one_scanner(database: Database) -> None:
    await send_alert(database, 1)
    prices = Prices(FILL)
    first, second = reader(database, prices), reader(database, prices, owner="b")
    assert [await first.read(), await first.read(), await second.read()] == [1, 0, 0]
    assert len(prices.asked) == 1


async def test_alerts_that_nobody_gets_cost_no_question(database: Database) -> None:
    await send_alert(database, 1)
    await database.execute("UPDATE deliveries SET state = 'suppressed'")
    prices = Prices(FILL)
    await reader(database, prices).read()
    assert prices.asked == []


async def test_a_purchase_is_displayed_as_a_part_of_what_the_wallet_has(database: Database) -> None:
    await send_alert(database, 1)
    await database.execute("INSERT INTO sol_readings SELECT wallet_id, 842000000000, 7 FROM wallets")
    await database.execute("UPDATE dollar_prices SET seen_at = now()")
    await reader(database, Prices(None)).read()
    (found,) = await late(database)
    assert found.book_share == Decimal("0.100"), "84.2 of 842 SOL"


async def test_what_was_sent_away_was_a_part_of_what_the_wallet_had(database: Database) -> None:
    await send_alert(database, 1)
    await database.execute("INSERT INTO sol_readings SELECT wallet_id, 842000000000, 7 FROM wallets")
    await database.execute("UPDATE dollar_prices SET seen_at = now()")
    await database.execute(
        'UPDATE alerts SET payload = payload || \'{"kind": "transfer_out", "received": []}\''
        " || jsonb_build_object('paid', payload->'received', 'price', NULL)"
    )
    await reader(database, Prices(None)).read()
    (found,) = await late(database)
    assert found.book_share == Decimal("0.091"), "84.2 of 842 SOL and these"
