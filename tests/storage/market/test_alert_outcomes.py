"""Which alerts are checked again, what they were worth by then, and what a chat got of that."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from domain.activity.activity import SOL
from domain.alerts.outcomes import AlertOutcome, AlertOutcomeSource, drained, unpriced
from storage.market.alert_outcomes import (
    count_unpriced,
    due_outcomes,
    outcomes_of_chat,
    save_alert_outcomes,
    stored_prices,
)
from storage.postgres import Database
from tests.storage.market.outcome_samples import alerted, bought
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT

pytestmark = pytest.mark.services


async def test_a_purchase_is_due_an_hour_later_and_once(database: Database) -> None:
    alert_id = await alerted(database, hours=1.1)
    (due,) = await due_outcomes(database, chain=CHAIN, hours=1)
    assert (due.alert_id, due.mint, due.paid) == (alert_id, MINT, Decimal("0.4"))
    assert await due_outcomes(database, chain=CHAIN, hours=24) == []
    await save_alert_outcomes(database, {alert_id: unpriced(1)})
    await save_alert_outcomes(database, {alert_id: drained(1)})
    assert await due_outcomes(database, chain=CHAIN, hours=1) == []
    assert await database.fetchval("SELECT source FROM alert_outcomes") == "unknown", "what is stored stays"


async def test_a_purchase_whose_price_was_never_known_is_counted(database: Database) -> None:
    alert_id = await alerted(database, hours=1.1)
    assert await count_unpriced(database, chain=CHAIN, hours=1) == 0, "it has one"
    await database.execute("UPDATE alerts SET market = '{}'")
    assert await due_outcomes(database, chain=CHAIN, hours=1) == []
    assert await count_unpriced(database, chain=CHAIN, hours=24) == 0
    assert [await count_unpriced(database, chain=CHAIN, hours=1) for _ in range(2)] == [1, 0]
    watches = [row["watch_id"] for row in await database.fetch("SELECT watch_id FROM watches")]
    (mine,) = await outcomes_of_chat(
        database, chain=CHAIN, chat_id=ALICE, topic_id=0, watch_ids=watches, days=30
    )
    assert mine.outcome == unpriced(1)
    assert await database.fetchval("SELECT alert_id FROM alert_outcomes") == alert_id


@pytest.mark.parametrize(
    "sol",
    ["jsonb_set(payload, '{price,token}', $1)", "jsonb_set(payload, '{received,0,mint}', $1) - 'price'"],
)
async def test_money_that_was_bought_has_no_outcome(database: Database, sol: str) -> None:
    await alerted(database, hours=1.1)
    await database.execute(f"UPDATE alerts SET market = '{{}}', payload = {sol}", f'"{SOL}"')
    assert await count_unpriced(database, chain=CHAIN, hours=1) == 0


async def test_what_nobody_got_is_not_looked_at(database: Database) -> None:
    await alerted(database, hours=1.1)
    await database.execute("UPDATE deliveries SET state = 'suppressed'")
    assert await due_outcomes(database, chain=CHAIN, hours=1) == []


async def test_the_stored_price_nearest_to_the_moment_counts(database: Database) -> None:
    at = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
    for begins, seen, usd in (("12:00", "12:00:30", 3), ("12:04", "12:04:40", 4), ("12:30", "12:30:10", 9)):
        await database.execute(
            "INSERT INTO candles (chain, mint, seconds, begins, open, high, low, close, open_at, close_at)"
            f" VALUES ($1, $2, 60, '2026-03-01 {begins}+00', $3, $3, $3, $3,"
            f" '2026-03-01 {seen}+00', '2026-03-01 {seen}+00')",
            CHAIN,
            MINT,
            usd,
        )
    asked = [(MINT, at), (MINT, at + timedelta(hours=3)), ("other", at)]
    assert await stored_prices(database, chain=CHAIN, asked=asked) == {0: Decimal(4)}


async def test_a_chat_reads_of_what_it_got(database: Database) -> None:
    alert_id = await alerted(database, hours=25)
    await save_alert_outcomes(database, {alert_id: drained(24)})
    watches = [row["watch_id"] for row in await database.fetch("SELECT watch_id FROM watches")]
    read = partial(outcomes_of_chat, database, chain=CHAIN, topic_id=0, days=30)
    (mine,) = await read(chat_id=ALICE, watch_ids=watches)
    assert mine.outcome == AlertOutcome(hours=24, source=AlertOutcomeSource.DRAINED, gain=Decimal(-1))
    assert mine.activity == bought(1)
    assert await read(chat_id=BOB, watch_ids=watches) == []
    assert await read(chat_id=ALICE, watch_ids=[]) == []
    assert await read(chat_id=ALICE, watch_ids=None, chain="another") == []
    await database.execute("DELETE FROM watches")
    assert await read(chat_id=ALICE, watch_ids=None) == [mine]
