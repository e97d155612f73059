"""Positions of followed wallets: booked with their alerts, once, and again where that came out of turn."""

import asyncio
from decimal import Decimal

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts, read_market
from domain.positions.holdings import Holding
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.market.position_rebuilds import rebuild_next
from storage.market.positions import book_positions, positions_of
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


def bought(number: int, quantity: int, lamports: int) -> Activity:
    return structs.replace(
        purchase(number),
        paid=(Leg(mint=SOL, raw=lamports, decimals=9),),
        received=(Leg(mint=MINT, raw=quantity, decimals=5),),
    )


def sold(number: int, quantity: int, lamports: int) -> Activity:
    trade = bought(number, quantity, lamports)
    return structs.replace(trade, kind=Kind.SELL, paid=trade.received, received=trade.paid)


async def position(database: Database) -> Holding:
    state = await database.fetchval("SELECT state FROM positions WHERE chain = $1 AND mint = $2", CHAIN, MINT)
    return msgspec.json.decode(state, type=Holding)


async def outcomes(database: Database) -> list[Outcome | None]:
    rows = await database.fetch("SELECT market FROM alerts ORDER BY alert_id")
    return [read_market(row["market"]).outcome for row in rows]


async def test_alerts_are_booked_and_say_what_they_made_of_the_position(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, bought(0, 100, 1_000), bought(1, 100, 3_000))
    await fan_out_all(database)
    await happened(database, sold(61, 50, 2_000))
    await fan_out_all(database)
    holding = await position(database)
    assert (holding.known, holding.sol.cost, holding.sol.realised) == (150, 3_000, 1_000)
    assert await outcomes(database) == [
        None,
        Outcome(is_added=True),
        Outcome(known_share=Decimal(1), gain_share=Decimal(1), gain_sol=1_000, held_seconds=61),
    ]


async def test_what_a_stream_gave_no_time_for_counts_from_when_it_was_stored(database: Database) -> None:
    await follow(database, ALICE)
    untimed = [structs.replace(trade, block_time=None) for trade in (bought(0, 9, 9), sold(1, 9, 9))]
    await happened(database, *untimed)
    await fan_out_all(database)
    last = (await outcomes(database))[-1]
    assert last is not None
    assert last.held_seconds == 0


async def test_an_alert_with_very_many_watches_is_booked_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.delivery.open_alerts.MAX_FIRST", 1)
    for chat_id in (ALICE, ALICE + 1, ALICE + 2):
        await follow(database, chat_id)
    await happened(database, bought(0, 100, 1_000))
    await fan_out_all(database)
    assert (await position(database)).known == 100


async def test_an_alert_out_of_turn_is_put_where_it_belongs(database: Database) -> None:
    await follow(database, ALICE)
    for trade in (bought(1, 100, 1_000), sold(5, 100, 4_000), bought(3, 100, 3_000)):
        await happened(database, trade)
        await fan_out_all(database)
    assert (await outcomes(database))[-1] is None
    assert await rebuild_next(database)
    assert not await rebuild_next(database)
    holding = await position(database)
    assert (holding.known, holding.sol.cost, holding.sol.realised) == (100, 2_000, 2_000)


async def test_two_of_one_slot_are_put_in_the_order_of_their_balances(database: Database) -> None:
    """A stream does not say which of them ran first."""
    await follow(database, ALICE)
    before = structs.replace(bought(0, 50, 1_000), token_before=0, token_after=50)
    buys = structs.replace(bought(1, 100, 2_000), slot=900, token_before=50, token_after=150)
    sells = structs.replace(sold(2, 150, 6_000), slot=900, token_before=150, token_after=0)
    for trade in (before, sells, buys):
        await happened(database, trade)
        await fan_out_all(database)
    assert await rebuild_next(database)
    holding = await position(database)
    assert (holding.quantity, holding.sol.realised, holding.sol.without_cost) == (0, 3_000, 0)
    later = structs.replace(bought(3, 10, 500), slot=900, token_before=0, token_after=10)
    await happened(database, later)
    await fan_out_all(database)
    assert not await rebuild_next(database), "it found what the one before it had left"


async def test_one_that_is_decided_later_than_the_next_is_in_the_state_once(database: Database) -> None:
    await follow(database, ALICE)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")

    async def work(connection: Connection) -> None:
        for alert_id in (12, 11):
            await book_positions(connection, [(alert_id, wallet_id, bought(1, 100, 1_000), None)])

    await database.transaction(work)
    assert await database.fetchval("SELECT alert_id FROM positions") == 12


async def test_a_state_that_is_not_right_never_becomes_the_older_one(database: Database) -> None:
    await follow(database, ALICE)
    for trade in (bought(1, 100, 1_000), sold(5, 100, 4_000), bought(3, 100, 3_000), bought(6, 1, 1)):
        await happened(database, trade)
        await fan_out_all(database)
        await database.execute("UPDATE positions SET next_base_at = now() - interval '25 hours'")
    assert await rebuild_next(database)
    holding = await position(database)
    assert (holding.known, holding.sol.cost, holding.sol.realised) == (101, 2_001, 2_000)


async def test_one_with_very_many_alerts_is_booked_again_part_by_part(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    for number in range(7):
        await happened(database, bought(number, 100, 1_000))
        await fan_out_all(database)
    whole = await position(database)
    await database.execute("UPDATE alerts SET created_at = now() - interval '2 days' WHERE alert_id <= 6")
    await database.execute("UPDATE positions SET stale_at = now(), state = '{}'")
    monkeypatch.setattr("storage.market.position_rebuilds.MAX_REBUILT", 3)
    for _ in range(3):
        assert await positions_of(database, chain=CHAIN, wallets=[WHALE]) == {WHALE: {}}
        assert await rebuild_next(database)
    assert await position(database) == whole
    assert not await rebuild_next(database)


async def test_what_is_booked_in_parts_is_cut_where_nothing_behind_belongs_before_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    for activity in (bought(0, 100, 1_000), bought(1, 100, 3_000), sold(9, 150, 9_000), bought(7, 100, 50)):
        await happened(database, activity)
        await fan_out_all(database)
    for number in (10, 11):
        await happened(database, bought(number, 100, 1_000))
        await fan_out_all(database)
    assert await rebuild_next(database)
    whole = await position(database)
    await database.execute("UPDATE alerts SET created_at = now() - interval '2 days'")
    await database.execute(
        "UPDATE positions SET stale_at = now(), state = '{}', base = NULL, base_alert_id = 0"
    )
    monkeypatch.setattr("storage.market.position_rebuilds.MAX_REBUILT", 3)
    while await rebuild_next(database):
        continue
    assert await position(database) == whole


async def test_a_reverted_alert_leaves_no_trace_in_the_position(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, bought(1, 100, 1_000))
    invented = sold(2, 60, 9_000)
    await store(database, Batch(chain=CHAIN, activities=[invented], provisional=True))
    await fan_out_all(database)
    assert (await position(database)).known == 40
    await revert(database, chain=CHAIN, absent=[(invented.signature, invented.wallet)])
    assert await rebuild_next(database)
    assert await position(database) == Holding(
        known=100,
        sol=(await position(database)).sol,
        lots=[(1_700_000_001, 100)],
        peak=100,
        opened_at=1_700_000_001,
        first_at=1_700_000_001,
        last_at=1_700_000_001,
        unpriced=1,
        purchases=1,
    )
    assert (await position(database)).sol.cost == 1_000


async def test_it_is_booked_again_from_a_state_that_is_a_day_old(database: Database) -> None:
    """Older alerts may be gone by then."""
    await follow(database, ALICE)
    for number in range(4):
        await happened(database, bought(number, 100, 1_000))
        await fan_out_all(database)
        await database.execute("UPDATE positions SET next_base_at = now() - interval '25 hours'")
    await database.execute("DELETE FROM deliveries")
    await database.execute("DELETE FROM alerts WHERE alert_id <= (SELECT base_alert_id FROM positions)")
    assert await database.fetchval("SELECT count(*) FROM alerts") == 2
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert ((await position(database)).known, (await position(database)).sol.cost) == (400, 4_000)


async def test_money_has_no_position(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, structs.replace(purchase(), kind=Kind.TRANSFER_OUT, received=()))
    await fan_out_all(database)
    assert await database.fetchval("SELECT count(*) FROM positions") == 0


def test_what_an_event_made_travels_with_what_it_was_worth() -> None:
    market = MarketFacts(outcome=Outcome(gain_share=Decimal("0.34"), known_share=Decimal(1)))
    assert read_market(msgspec.json.encode(market).decode()) == market


async def test_two_that_book_the_first_alerts_of_a_position_lose_neither(database: Database) -> None:
    await follow(database, ALICE)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")
    booked, may_commit = asyncio.Event(), asyncio.Event()

    async def first(connection: Connection) -> None:
        await book_positions(connection, [(1, wallet_id, bought(1, 100, 1_000), None)])
        booked.set()
        await may_commit.wait()

    async def second(connection: Connection) -> None:
        await booked.wait()
        may_commit.set()
        await book_positions(connection, [(2, wallet_id, bought(2, 100, 1_000), None)])

    await asyncio.gather(database.transaction(first), database.transaction(second))
    assert (await position(database)).known == 200


async def test_one_that_cannot_be_booked_again_waits_behind_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    await happened(database, bought(1, 100, 1_000))
    await fan_out_all(database)
    await database.execute("UPDATE positions SET stale_at = now()")
    with monkeypatch.context() as patched:
        patched.setattr("storage.market.position_rebuilds.MAX_REBUILT", 0)
        assert await rebuild_next(database)
    assert not await rebuild_next(database)
    assert await positions_of(database, chain=CHAIN, wallets=[WHALE]) == {WHALE: {}}
    await database.execute("UPDATE positions SET stale_at = now()")
    with monkeypatch.context() as patched:
        patched.setattr("storage.market.position_rebuilds.read_market", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await rebuild_next(database)
    assert not await rebuild_next(database)
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT].known == 100
