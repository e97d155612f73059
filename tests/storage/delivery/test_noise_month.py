"""A generated month, decided as the fan-out decides it: by the database's clock, which a test sets here."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec import structs

from bench.noise_month import BEGIN, EventGroup, month
from domain.activity.activity import Activity, Kind, Leg
from storage.chats.rules import change_settings
from storage.delivery.fan_out import fan_out_next
from storage.ingest.activities import Batch, store
from storage.postgres import Database, open_database
from tests.storage.sample_data import ALICE, CHAIN, MINT, follow, purchase, rules

pytestmark = [pytest.mark.services, pytest.mark.timeout(240)]  # two thousand trades, one by one

BUDGET, LEARNING, DAYS, WALLETS, SEED = 15, 7, 37, 12, 1
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
# A function of that name which is found before the server's own.
CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.hand (at timestamptz NOT NULL);
INSERT INTO clock.hand VALUES ('2026-03-01T00:00:00Z');
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM clock.hand';
ALTER TABLE alerts ALTER created_at SET DEFAULT clock.now();
ALTER TABLE deliveries ALTER created_at SET DEFAULT clock.now();
ALTER TABLE noise_weeks ALTER counted_at SET DEFAULT clock.now();
"""


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """One whose time is what `clock.hand` says."""
    plain = await open_database(postgres_url)
    await plain.execute(CLOCK)
    name = await plain.fetchval("SELECT current_database()")
    await plain.execute(f'ALTER DATABASE "{name}" SET search_path = clock, pg_catalog, public')
    await plain.close()
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


def wallet(number: int) -> str:
    return f"Wa{number:02}11111111111111111111111111111111111111"


def trade(one: EventGroup, number: int) -> Activity:
    """A purchase, or the sale of all of it, for as many dollars."""
    dollars = (Leg(mint=USDC, raw=int(one.usd * 10**6), decimals=6),)
    tokens = (Leg(mint=MINT, raw=100, decimals=5),)
    return structs.replace(
        purchase(number, wallet=wallet(one.wallet), kind=Kind.SELL if one.is_exit else Kind.BUY),
        block_time=int(one.at.timestamp()),
        paid=tokens if one.is_exit else dollars,
        received=dollars if one.is_exit else tokens,
        token_before=100 if one.is_exit else 0 if one.is_new else 50,
        token_after=0 if one.is_exit else 100,
    )


async def test_over_a_month_twelve_to_eighteen_come_each_day_and_exits_and_the_digest_bring_the_rest(
    database: Database,
) -> None:
    for number in range(WALLETS):
        await follow(database, ALICE, wallet=wallet(number))
    await database.execute("UPDATE watches SET created_at = '2026-01-01', since_slot = NULL")
    await change_settings(database, ALICE, lambda old: structs.replace(old, per_day=BUDGET))
    events = [one for one in month(SEED, wallets=WALLETS) if one.at < BEGIN + timedelta(days=DAYS)]
    for number, one in enumerate(events):
        await database.execute("UPDATE clock.hand SET at = $1", one.at)
        await store(database, Batch(chain=CHAIN, activities=[trade(one, number)]))
        await fan_out_next(database, rules)
    rows = await database.fetch(
        "SELECT created_at, state, gate, surprise IS NULL AS is_outside FROM deliveries ORDER BY delivery_id"
    )
    assert len(rows) == len(events), "nothing is lost"
    exits = [row["gate"] for row in rows if row["is_outside"]]
    assert exits == ["wanted"] * sum(one.is_exit for one in events)
    judged = [row for row in rows if not row["is_outside"]]
    assert {(row["gate"], row["state"]) for row in judged} == {("wanted", "pending"), ("budget", "deferred")}
    sent = Counter((row["created_at"] - BEGIN).days for row in judged if row["gate"] == "wanted")
    days = [sent[day] for day in range(LEARNING, DAYS)]
    assert all(12 <= number <= 18 for number in days), days
    assert all(sent[day] <= 18 for day in range(LEARNING)), "nor more while little is known"
