"""Positions that are booked again: their alerts say afterwards what the ledger says, and /pnl with them."""

from decimal import Decimal

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts, read_market
from domain.positions.holdings import Holding
from storage.ingest.activities import Batch, store
from storage.market.gains import gains_since
from storage.market.history import HistoryResult, UnreadWallet, put_history
from storage.market.position_rebuilds import rebuild_next
from storage.market.positions import positions_of
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def bought(number: int, quantity: int, lamports: int, mint: str = MINT) -> Activity:
    return structs.replace(
        purchase(number),
        paid=(Leg(mint=SOL, raw=lamports, decimals=9),),
        received=(Leg(mint=mint, raw=quantity, decimals=5),),
    )


def sold(number: int, quantity: int, lamports: int) -> Activity:
    trade = bought(number, quantity, lamports)
    return structs.replace(trade, kind=Kind.SELL, paid=trade.received, received=trade.paid)


async def happens(database: Database, *activities: Activity) -> None:
    for one in activities:
        await happened(database, one)
        await fan_out_all(database)


async def outcomes(database: Database) -> list[Outcome | None]:
    rows = await database.fetch("SELECT market FROM alerts WHERE reverted_at IS NULL ORDER BY alert_id")
    return [read_market(row["market"]).outcome for row in rows]


async def pnl(database: Database) -> int | None:
    """Return what /pnl says, which is what the ledger says as well."""
    found = await gains_since(database, chain=CHAIN, wallets=[WHALE], seconds=60)
    holdings = (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE]
    gained = found[WHALE].gain_sol if WHALE in found else None
    assert (gained or 0) == sum(holding.sol.realised for holding in holdings.values())
    return gained


async def test_a_sale_gains_what_it_does_without_the_purchase_that_died(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000))
    invented = bought(2, 100, 5_000)
    await store(database, Batch(chain=CHAIN, activities=[invented], provisional=True))
    await fan_out_all(database)
    await happens(database, sold(3, 100, 4_000))
    assert await pnl(database) == 4_000 - 3_000
    await store(database, Batch(chain=CHAIN, verified=[(invented.signature, WHALE)]))
    assert await rebuild_next(database)
    assert await pnl(database) == 4_000 - 1_000
    assert (await outcomes(database))[-1] == Outcome(
        known_share=Decimal(1), gain_share=Decimal(3), gain_sol=3_000, held_seconds=2
    )
    assert not await rebuild_next(database)


async def test_what_came_out_of_turn_and_said_nothing_is_counted_afterwards(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000), sold(5, 100, 4_000), bought(3, 100, 3_000))
    await happens(database, sold(6, 100, 2_500))
    assert (await outcomes(database))[2:] == [None, None]
    assert await rebuild_next(database)
    assert await pnl(database) == (4_000 - 2_000) + (2_500 - 2_000)
    assert (await outcomes(database))[2] == Outcome(is_added=True)


async def _put_history(database: Database) -> None:
    """The wallet had bought 100 for 1,000 before it was followed."""
    before = Holding()
    before.known, before.lots, before.peak = 100, [(1_600_000_000, 100)], 100
    before.sol.put(100, 1_000)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")
    await put_history(
        database,
        chain=CHAIN,
        wallet=UnreadWallet(wallet_id=wallet_id, address=WHALE, last_slot=100),
        read=HistoryResult(holdings={MINT: before}, slot=90, transactions=1),
    )


async def test_a_history_that_is_read_gives_sales_the_cost_they_lacked(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, sold(5, 60, 6_000))
    assert await pnl(database) is None
    await _put_history(database)
    assert await rebuild_next(database)
    assert await pnl(database) == 6_000 - 600


async def test_a_history_that_is_read_days_later_counts_from_the_first_alert_on(database: Database) -> None:
    await follow(database, ALICE)
    for number in range(4):
        await happens(database, sold(number, 10, 500))
        await database.execute("UPDATE positions SET next_base_at = now() - interval '25 hours'")
    assert await database.fetchval("SELECT base_alert_id FROM positions") > 0
    await _put_history(database)
    assert await rebuild_next(database)
    assert await pnl(database) == 4 * (500 - 100)


async def test_below_alerts_that_are_deleted_no_history_is_put(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, sold(1, 10, 500), sold(2, 10, 500))
    await database.execute("UPDATE positions SET is_cut = true, base = state, base_alert_id = 1")
    await _put_history(database)
    assert not await rebuild_next(database)
    assert await pnl(database) is None


async def test_the_other_facts_of_an_outcome_stay(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000), bought(2, 100, 1_000))
    rotated = MarketFacts(outcome=Outcome(rotated_from=OTHER, rotated_seconds=5, sent_all=True))
    await database.execute("UPDATE alerts SET market = $1", msgspec.json.encode(rotated).decode())
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert rotated.outcome is not None
    assert await outcomes(database) == [rotated.outcome, structs.replace(rotated.outcome, is_added=True)]


async def test_of_a_token_for_another_it_is_the_sale_that_counts(database: Database) -> None:
    """The position of what was bought says nothing of the sale, whichever of them is booked again."""
    await follow(database, ALICE)
    swap = structs.replace(
        bought(3, 70, 1, OTHER), kind=Kind.SWAP, paid=(Leg(mint=MINT, raw=100, decimals=5),)
    )
    await happens(database, bought(1, 100, 1_000), bought(5, 5, 500, OTHER), swap)
    sale = Outcome(known_share=Decimal(1), held_seconds=2)
    assert (await outcomes(database))[-1] == sale, "its own position is in turn"
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert await rebuild_next(database)
    assert await outcomes(database) == [None, Outcome(is_added=True), sale]
    await database.execute("UPDATE alerts SET market = market - 'outcome' WHERE sort = 'swap'")
    await database.execute("UPDATE positions SET stale_at = now() WHERE mint = $1", MINT)
    assert await rebuild_next(database)
    assert (await outcomes(database))[-1] == sale


async def test_a_purchase_of_the_slot_in_which_its_sale_is_booked_already_comes_before_it(
    database: Database,
) -> None:
    """It finds what the sale left, as a later one would; but it left what the sale had found."""
    await follow(database, ALICE)
    sells = structs.replace(sold(2, 100, 4_000), slot=900, token_before=100, token_after=0)
    buys = structs.replace(bought(1, 100, 1_000), slot=900, token_before=0, token_after=100)
    earlier = structs.replace(sold(0, 7, 70), token_before=7, token_after=0)
    await happens(database, earlier, sells, buys)
    assert await positions_of(database, chain=CHAIN, wallets=[WHALE]) == {WHALE: {}}
    assert await rebuild_next(database)
    assert (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT].quantity == 0
    assert await pnl(database) == 3_000


async def test_what_moved_in_one_slot_is_booked_by_its_places_in_the_block(database: Database) -> None:
    await follow(database, ALICE)
    comes, goes = (
        structs.replace(bought(number, 100, 1), kind=kind, slot=900, position=position, **sides)
        for number, position, kind, sides in (
            (1, 3, Kind.TRANSFER_IN, {"paid": ()}),
            (2, 5, Kind.TRANSFER_OUT, {"paid": bought(1, 100, 1).received, "received": ()}),
        )
    )
    await happens(database, goes, comes)
    assert await rebuild_next(database)
    assert (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT].quantity == 0
    await happens(database, structs.replace(bought(3, 5, 50), slot=900, position=8))
    assert not await rebuild_next(database), "it ran after both"


async def test_an_alert_that_is_being_changed_is_awaited_without_a_lock(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000), sold(3, 50, 1_000), bought(2, 100, 3_000))

    async def meanwhile(connection: Connection) -> None:
        await connection.execute("SELECT FROM alerts FOR UPDATE")
        assert await rebuild_next(database)
        assert not await rebuild_next(database), "it is tried again a moment later"

    await database.transaction(meanwhile)
    assert await positions_of(database, chain=CHAIN, wallets=[WHALE]) == {WHALE: {}}
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert await pnl(database) == 1_000 - 1_000
