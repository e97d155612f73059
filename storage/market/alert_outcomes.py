"""Outcomes of alerts after some hours: which are due, what was found, and those of a chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from domain.activity.activity import SOL, Activity
from domain.activity.prices import MarketFacts, fill_in_dollars, read_market
from domain.alerts.outcomes import AlertOutcome, AlertOutcomeSource
from domain.positions.entries import MONEY
from domain.rules.lanes import market_token
from storage.postgres import Database, Row, columns
from storage.sql_files import read_statement

LATE_HOURS = 3
"""After the hour at which an alert is checked again, until it is given up."""
BATCH = 500
NEAR = timedelta(minutes=15)
"""So far from the moment a stored price may lie."""

_DUE = """
WHERE chain = $1 AND kind = 'activity' AND sort IN ('buy', 'swap') AND reverted_at IS NULL
  AND created_at BETWEEN now() - make_interval(hours => $2::int + $3::int)
                     AND now() - make_interval(hours => $2::int)
  AND NOT EXISTS (SELECT FROM alert_outcomes AS known
                  WHERE known.alert_id = alerts.alert_id AND known.hours = $2::int)
  AND EXISTS (SELECT FROM deliveries WHERE deliveries.alert_id = alerts.alert_id
                AND state IN ('sent', 'digested'))
"""

# ruff: noqa: S608 - the part put in is the constant above
DUE = f"""
SELECT alert_id, payload, market, block_time FROM alerts {_DUE}
  AND market ? 'price_usd'
ORDER BY alert_id LIMIT $4
"""

# Of a token whose price was not known when it was bought, nobody can say what became of it.
COUNT_UNPRICED = f"""
INSERT INTO alert_outcomes (alert_id, hours, source)
SELECT alert_id, $2::int, $5 FROM alerts {_DUE}
  AND market IS NOT NULL AND NOT market ? 'price_usd'
  AND coalesce(payload->'price'->>'token', payload->'received'->0->>'mint') <> ALL($6::text[])
ORDER BY alert_id LIMIT $4
ON CONFLICT DO NOTHING RETURNING alert_id
"""

STORED = read_statement(__name__, "STORED")

SAVE = """
INSERT INTO alert_outcomes (alert_id, hours, source, gain)
SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::numeric[]) ON CONFLICT DO NOTHING
"""

OF_CHAT = read_statement(__name__, "OF_CHAT")
MAX_ROWS = 4_000
"""Outcomes of one chat that an answer counts, the latest."""

_decode = msgspec.json.Decoder(Activity).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class DueOutcome:
    """An alert that is to be checked again."""

    alert_id: int
    mint: str
    paid: Decimal
    """Dollars for one token in its trade."""
    at: datetime
    """The moment whose price is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOutcome:
    """How an alert of a chat turned out, with what rules ask for."""

    watch_id: int
    activity: Activity
    market: MarketFacts
    happened_at: datetime
    outcome: AlertOutcome


async def due_outcomes(database: Database, *, chain: str, hours: int) -> list[DueOutcome]:
    """Alerted purchases of this many hours ago whose outcome is not stored yet; some of them.

    Args:
        database: it is only read.
        chain: of the alerts.
        hours: 1 or 24; how long after the purchase its outcome is read. Alerts LATE_HOURS older are left out.
    """
    rows = await database.fetch(DUE, chain, hours, LATE_HOURS, BATCH)
    return [found for row in rows if (found := _due(row, hours)) is not None]


def _due(row: Row, hours: int) -> DueOutcome | None:
    activity, market = _decode(row["payload"]), read_market(row["market"])
    mint, paid = market_token(activity), fill_in_dollars(activity, market)
    if mint is None or mint == SOL or not paid:
        return None
    at = row["block_time"] + timedelta(hours=hours)
    return DueOutcome(alert_id=row["alert_id"], mint=mint, paid=paid, at=at)


async def count_unpriced(database: Database, *, chain: str, hours: int) -> int:
    """Store of alerted purchases without a price that their outcome is not known; return of how many.

    Args:
        database: one statement, committed by itself.
        chain: of the alerts.
        hours: as in `due_outcomes`.
    """
    source, money = AlertOutcomeSource.UNKNOWN.value, list(MONEY)
    rows = await database.fetch(COUNT_UNPRICED, chain, hours, LATE_HOURS, BATCH, source, money)
    return len(rows)


async def stored_prices(
    database: Database, *, chain: str, asked: Sequence[tuple[str, datetime]]
) -> Mapping[int, Decimal]:
    """Return what tokens were worth at moments, by the place of each in what is asked; not known: missing.

    Args:
        database: it is only read.
        chain: of the tokens.
        asked: mint and moment; a candle that closed up to NEAR from it answers.
    """
    if not asked:
        return {}
    rows = await database.fetch(STORED, chain, *columns(asked, 2), NEAR)
    return {row["number"] - 1: row["usd"] for row in rows}


async def save_alert_outcomes(database: Database, found: Mapping[int, AlertOutcome]) -> None:
    """Store how alerts turned out, by id; what is stored already stays."""
    rows = [(alert_id, one.hours, one.source.value, one.gain) for alert_id, one in sorted(found.items())]
    if rows:
        await database.execute(SAVE, *columns(rows, 4))


async def outcomes_of_chat(
    database: Database, *, chain: str, chat_id: int, topic_id: int, watch_ids: Sequence[int] | None, days: int
) -> list[PastOutcome]:
    """Return how alerts that a chat got in the last days turned out, the latest first.

    Args:
        database: it is only read.
        chain: of the alerts.
        chat_id: who got the alerts.
        topic_id: where they came; 0: the chat itself.
        watch_ids: whose alerts; None: of all, also of wallets that the chat has given up since.
        days: how far back; the latest MAX_ROWS outcomes at most.
    """
    ids = None if watch_ids is None else list(watch_ids)
    rows = await database.fetch(OF_CHAT, chat_id, topic_id, ids, days, MAX_ROWS, chain)
    return [
        PastOutcome(
            watch_id=row["watch_id"],
            activity=_decode(row["payload"]),
            market=read_market(row["market"]),
            happened_at=row["happened_at"],
            outcome=AlertOutcome(
                hours=row["hours"], source=AlertOutcomeSource(row["source"]), gain=row["gain"]
            ),
        )
        for row in rows
    ]
