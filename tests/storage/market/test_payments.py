"""Of each pair of addresses the first and the last payment are known, in whatever order they are read."""

import pytest

from storage.market.payments import note_payments
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


async def noted(database: Database, *payments: tuple[str, str, float]) -> list[tuple[object, ...]]:
    await database.transaction(lambda connection: note_payments(connection, chain=CHAIN, payments=payments))
    rows = await database.fetch("SELECT payer, payee, first_at, paid_at FROM payments ORDER BY payer, payee")
    return [tuple(row) for row in rows]


async def test_payments_of_one_batch_keep_the_first_and_the_last_time(database: Database) -> None:
    found = await noted(database, ("a", "b", 30.0), ("a", "b", 10.0), ("b", "a", 40.0), ("a", "b", 20.0))
    assert found == [("a", "b", 10.0, 30.0), ("b", "a", 40.0, 40.0)]


async def test_a_payment_that_is_read_late_moves_the_first_time_and_not_the_last(database: Database) -> None:
    await noted(database, ("a", "b", 30.0))
    assert await noted(database, ("a", "b", 10.0)) == [("a", "b", 10.0, 30.0)]
    assert await noted(database, ("a", "b", 50.0)) == [("a", "b", 10.0, 50.0)]
