"""What a wallet had is forgotten once nobody follows it, and what it has made stays."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from storage.admin.retention import apply_retention
from storage.market.position_rebuilds import rebuild_next
from storage.market.positions import positions_of
from storage.postgres import Database
from tests.storage.sample_data import (
    ALICE,
    CHAIN,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
)

pytestmark = pytest.mark.services
WHOLE = purchase().received[0].raw
COST = purchase().paid[0].raw


def sale(number: int, *, before: int, sold: int) -> Activity:
    """So much of the token for what it had cost, twice."""
    bought = purchase(number)
    paid = (structs.replace(bought.received[0], raw=sold),)
    received = (structs.replace(bought.paid[0], raw=2 * COST * sold // WHOLE),)
    return structs.replace(
        bought, kind=Kind.SELL, paid=paid, received=received, token_before=before, token_after=before - sold
    )


async def unfollow(database: Database) -> None:
    """A week ago and more."""
    await database.execute("DELETE FROM watches")
    await age(database)


async def age(database: Database) -> None:
    for table in ("positions", "holdings"):
        await database.execute(f"UPDATE {table} SET updated_at = now() - interval '8 days'")


async def test_what_it_had_is_not_known_once_nobody_has_followed_it_for_a_week(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), sale(2, before=WHOLE, sold=WHOLE // 2))
    await fan_out_all(database)
    before = (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT]
    assert before.known == WHOLE - WHOLE // 2
    await unfollow(database)
    swept = await apply_retention(database, days=90)
    assert (swept["positions of nobody's wallets"], swept["holdings of nobody's wallets"]) == (1, 1)
    after = (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT]
    assert (after.quantity, after.sol.cost, after.lots, after.peak) == (0, 0, [], 0)
    assert (after.sol.realised, after.sales, after.first_at) == (
        before.sol.realised,
        1,
        before.first_at,
    )
    assert (await apply_retention(database, days=90))["positions of nobody's wallets"] == 0


async def test_who_follows_it_again_reads_no_gain_by_an_old_cost(database: Database) -> None:
    """Also where the position is booked again, as after a late alert."""
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await unfollow(database)
    await apply_retention(database, days=90)
    await follow(database, ALICE)
    await happened(database, sale(9, before=WHOLE, sold=WHOLE))
    await fan_out_all(database)
    for _ in range(2):
        one = (await positions_of(database, chain=CHAIN, wallets=[WHALE]))[WHALE][MINT]
        assert (one.quantity, one.sol.realised, one.sol.without_cost) == (0, 0, 2 * COST)
        await database.execute("UPDATE positions SET stale_at = now() - interval '1 second'")
        assert await rebuild_next(database)


async def test_what_a_followed_wallet_has_stays_however_long_it_does_nothing(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await age(database)
    swept = await apply_retention(database, days=90)
    assert (swept["positions of nobody's wallets"], swept["holdings of nobody's wallets"]) == (0, 0)
