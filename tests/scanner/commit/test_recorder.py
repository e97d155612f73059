"""A batch is committed, and announced only if it brought something new."""

import pytest

from scanner.commit.recorder import Recorder, mints_of
from storage.ingest.activities import Batch
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, follow, purchase

pytestmark = pytest.mark.services


class Announced:
    """Writes down what is announced."""

    def __init__(self) -> None:
        self.mints: list[frozenset[str]] = []
        self.wallets: list[frozenset[str]] = []

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        self.mints.append(mints)
        self.wallets.append(wallets)


async def test_what_is_new_is_announced_with_its_mints_and_what_is_known_is_not(database: Database) -> None:
    await follow(database, ALICE)
    announced = Announced()
    recorder = Recorder(database, announced)
    batch = Batch(chain=CHAIN, activities=[purchase(), purchase(1)], feed="blocks", slot=5)
    assert await recorder.record(batch) == 2
    assert await recorder.record(batch) == 0
    assert announced.mints == [frozenset({"SOL", MINT})]
    assert announced.wallets == [frozenset({WHALE})]


async def test_a_batch_without_activities_moves_the_cursor_quietly(database: Database) -> None:
    announced = Announced()
    assert await Recorder(database, announced).record(Batch(chain=CHAIN, feed="blocks", slot=9)) == 0
    assert announced.mints == []
    assert await database.fetchval("SELECT slot FROM cursors") == 9


def test_every_mint_that_changed_hands_counts() -> None:
    assert mints_of([purchase()]) == {"SOL", MINT}
