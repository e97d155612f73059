"""A wallet of very many activities is answered from stored states, in a moment."""

from time import perf_counter

import msgspec
import pytest

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.ledger import Ledger
from domain.positions.records import record_of
from storage.market.positions import positions_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, WHALE, follow

ACTIVITIES, TOKENS = 100_000, 500


def states() -> list[tuple[str, str]]:
    """What so many trades made of the tokens: mint and encoded state of each."""
    ledger = Ledger()
    entries = [
        Entry(
            signature=f"s{at}",
            wallet=WHALE,
            slot=at,
            block_time=at,
            kind=Kind.SELL if at // TOKENS % 3 == 2 else Kind.BUY,
            paid={f"mint {at % TOKENS}": 90} if at // TOKENS % 3 == 2 else {SOL: 10 + at % 89},
            received={SOL: 10 + at % 97} if at // TOKENS % 3 == 2 else {f"mint {at % TOKENS}": 60},
        )
        for at in range(ACTIVITIES)
    ]
    for _ in ledger.fold(entries):
        pass
    return [
        (f"mint {at}", msgspec.json.encode(ledger.holding(WHALE, f"mint {at}")).decode())
        for at in range(TOKENS)
    ]


@pytest.mark.services
@pytest.mark.measures
async def test_a_hundred_thousand_activities_are_recorded_in_fifty_milliseconds(database: Database) -> None:
    await follow(database, ALICE)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")
    mints, encoded = zip(*states(), strict=True)
    await database.execute(
        "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)"
        " SELECT $1, $2, mint, state, 1, 1 FROM unnest($3::text[], $4::jsonb[]) AS new (mint, state)",
        CHAIN,
        wallet_id,
        list(mints),
        list(encoded),
    )
    seconds = []
    for _ in range(5):
        began = perf_counter()
        found = await positions_of(database, chain=CHAIN, wallets=[WHALE])
        record = record_of(found[WHALE])
        seconds.append(perf_counter() - began)
    assert record.trades == ACTIVITIES
    assert min(seconds) < 0.05, seconds
