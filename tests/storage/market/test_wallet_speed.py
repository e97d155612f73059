"""A wallet of very many activities is answered from stored states, in a moment."""

from time import perf_counter, process_time

import msgspec
import pytest

from domain.positions.holdings import MAX_TRIPS, Holding
from domain.positions.records import record_of
from storage.market.positions import positions_of
from storage.postgres import Database
from tests.storage.busy_wallet import ACTIVITIES, TOKENS, put_busy_wallet, states
from tests.storage.sample_data import ALICE, CHAIN, WHALE, follow


@pytest.mark.services
@pytest.mark.measures
async def test_a_hundred_thousand_activities_are_recorded_in_fifty_milliseconds(database: Database) -> None:
    await follow(database, ALICE)
    await put_busy_wallet(database)
    seconds = []
    for _ in range(5):
        began = perf_counter()
        found = await positions_of(database, chain=CHAIN, wallets=[WHALE])
        record = record_of(found[WHALE])
        seconds.append(perf_counter() - began)
    assert record.trades == ACTIVITIES
    assert min(seconds) < 0.05, seconds


@pytest.mark.measures
def test_very_many_round_trips_are_summed_up_in_a_moment() -> None:
    """A sum of fractions would take half a minute."""
    holdings = {mint: msgspec.json.decode(state, type=Holding) for mint, state in states(sale=120)}
    assert sum(len(one.trips) for one in holdings.values()) == TOKENS * MAX_TRIPS
    began = process_time()
    record = record_of(holdings)
    assert process_time() - began < 0.2
    assert record.trips > TOKENS * MAX_TRIPS
