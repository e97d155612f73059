"""What sales gained is read from what their alerts said."""

import time
from decimal import Decimal

import msgspec
import pytest

from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts
from domain.positions.outcomes import PastSale
from storage.market.gains import Gains, gains_since
from storage.market.history import HistoryResult, UnreadWallet, put_history
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def announce(database: Database, outcomes: list[Outcome]) -> None:
    """Alerts with these outcomes, the first of which is number 1."""
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(len(outcomes))))
    await fan_out_all(database)
    for alert_id, outcome in enumerate(outcomes, 1):
        market = msgspec.json.encode(MarketFacts(outcome=outcome)).decode()
        await database.execute("UPDATE alerts SET market = $2 WHERE alert_id = $1", alert_id, market)


async def test_what_was_sold_for_dollars_is_shown_in_dollars_or_counted(database: Database) -> None:
    """A sum in SOL would leave it out."""
    whole = Decimal(1)
    outcomes = [
        Outcome(known_share=whole, gain_sol=5, gain_usd=Decimal("1.5")),
        Outcome(known_share=whole, gain_usd=Decimal(500)),
        Outcome(known_share=whole, gain_sol=7),
    ]
    await announce(database, outcomes)
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=3, gain_sol=12, gain_usd=None, partly_known=1)}
    await database.execute("UPDATE alerts SET reverted_at = now() WHERE alert_id = 3")
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=2, gain_sol=None, gain_usd=Decimal("501.5"), partly_known=0)}


async def test_a_sale_that_the_sum_leaves_out_is_counted_once(database: Database) -> None:
    """Bought for dollars and sold for SOL without a price; and one for dollars, known by half."""
    whole, half = Decimal(1), Decimal("0.5")
    outcomes = [
        Outcome(known_share=whole, gain_sol=5, gain_usd=Decimal("1.5")),
        Outcome(known_share=whole),
        Outcome(known_share=half, gain_usd=Decimal(500)),
    ]
    await announce(database, outcomes)
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=3, gain_sol=None, gain_usd=Decimal("501.5"), partly_known=2)}
    await database.execute("UPDATE alerts SET reverted_at = now() WHERE alert_id = 3")
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=2, gain_sol=5, gain_usd=None, partly_known=1)}


async def test_the_currency_that_knows_more_sales_tells_the_sum_where_neither_knows_all(
    database: Database,
) -> None:
    """Of one sale for SOL its dollars are not known: the losses in dollars are said all the same."""
    whole = Decimal(1)
    outcomes = [
        Outcome(known_share=whole, gain_usd=Decimal(-500)),
        Outcome(known_share=whole, gain_usd=Decimal(-20)),
        Outcome(known_share=whole, gain_sol=5),
    ]
    await announce(database, outcomes)
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=3, gain_sol=None, gain_usd=Decimal(-520), partly_known=1)}
    await database.execute("UPDATE alerts SET reverted_at = now() WHERE alert_id = 2")
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=2, gain_sol=5, gain_usd=None, partly_known=1)}


async def test_sales_of_a_history_count_with_those_of_alerts(database: Database) -> None:
    await announce(database, [Outcome(known_share=Decimal(1), gain_sol=5)])
    (wallet_id,) = (row["wallet_id"] for row in await database.fetch("SELECT wallet_id FROM wallets"))
    wallet = UnreadWallet(wallet_id=wallet_id, address=WHALE, last_slot=9)
    now = int(time.time())
    half = Outcome(known_share=Decimal("0.5"), gain_sol=7, gain_usd=Decimal(2))
    sales = [PastSale(at=now - 90, outcome=half), PastSale(at=now - 30, outcome=half)]
    for _ in range(2):  # as it is read again
        await put_history(
            database, chain=CHAIN, wallet=wallet, read=HistoryResult(holdings={}, sales=sales, is_final=False)
        )
    for seconds, number, gain in ((60, 2, 12), (120, 3, 19)):
        found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=seconds)
        assert found == {WHALE: Gains(sales=number, gain_sol=gain, gain_usd=None, partly_known=number - 1)}


async def test_sales_of_the_time_are_summed_and_reverted_ones_are_not(database: Database) -> None:
    outcomes = [
        Outcome(known_share=Decimal(1), gain_sol=5, gain_usd=Decimal("1.5")),
        Outcome(known_share=Decimal("0.5"), gain_sol=7, gain_usd=Decimal(2)),
        Outcome(known_share=Decimal(1), gain_sol=100),
        Outcome(is_added=True),
    ]
    await announce(database, outcomes)
    await database.execute("UPDATE alerts SET reverted_at = now() WHERE alert_id = 3")

    found = await gains_since(database, chain=CHAIN, wallets=[WHALE, "another"], seconds=60)
    assert found == {WHALE: Gains(sales=2, gain_sol=12, gain_usd=Decimal("3.5"), partly_known=1)}
    await database.execute("UPDATE alerts SET reverted_at = NULL")
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    assert found == {WHALE: Gains(sales=3, gain_sol=112, gain_usd=None, partly_known=1)}
    assert await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=0) == {}
