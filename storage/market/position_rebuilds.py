"""Books positions again that alerts out of turn, or reverted ones, have made stale.

A position is booked from its older state, with the alerts since then in right order. What these alerts say of
it is corrected in the same transaction, so that their sum is what the ledger says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

import msgspec
from msgspec import structs

from domain.activity.activity import Activity
from domain.activity.outcomes import Outcome
from domain.activity.prices import read_market
from domain.positions.entries import Entry
from domain.positions.holdings import Holding, encoded
from domain.positions.ledger import Ledger, tokens_of
from storage.market.positions import (
    Event,
    Key,
    account_of,
    booked_entry,
    dated,
    keys_of,
    outcome_after,
)
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

STALE = """
SELECT chain, wallet_id, mint, slot, base, base_alert_id FROM positions
WHERE stale_at < now() ORDER BY stale_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""

SINCE = """
SELECT alert_id, payload, market, block_time, created_at < now() - interval '1 day' AS is_final FROM alerts
WHERE wallet_id = $1 AND alert_id > $2 AND kind = 'activity' AND market IS NOT NULL AND reverted_at IS NULL
  AND EXISTS (
    SELECT FROM jsonb_array_elements((payload->'paid') || (payload->'received')
                                     || coalesce(payload->'from_order', '[]')) AS leg
    WHERE leg->>'mint' = $3)
ORDER BY alert_id LIMIT $4
"""
MAX_REBUILT = 5_000
"""Alerts from which one position is booked again at once. Of more, those of a day ago or earlier go into the
older state first; where more came within a day, nothing is said of it."""
READ_AHEAD = 500
"""Alerts behind those, among which one may have happened before them."""
BUSY_SECONDS = 1.0
FAILED_SECONDS = 600.0
LARGE_SECONDS = 86_400.0

# One that cannot be booked again waits behind the others.
PUT_OFF = """
UPDATE positions SET stale_at = now() + make_interval(secs => $4)
WHERE chain = $1 AND wallet_id = $2 AND mint = $3
"""

# It is stale still: the rest comes next.
ADVANCE = """
UPDATE positions SET base = $4, base_alert_id = $5, next_base = $4, next_base_alert_id = $5,
    next_base_at = now()
WHERE chain = $1 AND wallet_id = $2 AND mint = $3
"""

REPLACE = """
UPDATE positions SET state = $4, slot = $5, alert_id = $6, stale_at = NULL, updated_at = now(),
    next_base = base, next_base_alert_id = base_alert_id, next_base_at = now()
WHERE chain = $1 AND wallet_id = $2 AND mint = $3
"""

CORRECT = read_statement(__name__, "CORRECT")

_decode_holding = msgspec.json.Decoder(Holding).decode
_decode_activity = msgspec.json.Decoder(Activity).decode


async def rebuild_next(database: Database) -> bool:
    """Book the position again that has been stale for longest; return whether there was one."""
    chosen: list[Key] = []

    async def work(connection: Connection) -> bool:
        row = await connection.fetchrow(STALE)
        if row is None:
            return False
        chosen[:] = [_key(row)]
        await _rebuild(connection, row)
        return True

    try:
        return await database.transaction(work)
    except Exception:
        if chosen:
            await database.execute(PUT_OFF, *chosen[0], FAILED_SECONDS)
        raise


async def _rebuild(connection: Connection, row: Row) -> None:
    key = _key(row)
    rows = await connection.fetch(SINCE, key[1], row["base_alert_id"], key[2], MAX_REBUILT + READ_AHEAD)
    is_whole = len(rows) <= MAX_REBUILT
    booked = rows if is_whole else _in_order(rows, len(list(takewhile(_is_final, rows[:MAX_REBUILT]))))
    if not booked and not is_whole:
        await connection.execute(PUT_OFF, *key, LARGE_SECONDS)
        return
    rebuilt = _booked_again(row, booked)
    if not await _correct(connection, rebuilt.corrections):
        await connection.execute(PUT_OFF, *key, BUSY_SECONDS)
    elif is_whole:
        await connection.execute(REPLACE, *key, rebuilt.state, rebuilt.slot, rebuilt.alert_id)
    else:
        await connection.execute(ADVANCE, *key, rebuilt.state, rebuilt.alert_id)


def _is_final(row: Row) -> bool:
    return bool(row["is_final"])


def _in_order(rows: Sequence[Row], final_count: int) -> Sequence[Row]:
    """Return those of the first `final_count` rows to book: none behind them happened before them."""
    slots = [_decode_activity(row["payload"]).slot for row in rows]
    latest = list(accumulate(slots, max))
    earliest = list(accumulate(reversed(slots), min))[::-1]
    ends = (end for end in range(final_count, 0, -1) if latest[end - 1] < earliest[end])
    return rows[: next(ends, 0)]


async def _correct(connection: Connection, corrections: Sequence[tuple[int, str | None]]) -> bool:
    """Let alerts say what their positions say; return whether none of them was locked."""
    if not corrections:
        return True
    return len(await connection.fetch(CORRECT, *columns(corrections, 2))) == len(corrections)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rebuilt:
    """A position that was booked again."""

    state: str
    slot: int
    """Of the latest alert in it."""
    alert_id: int
    corrections: Sequence[tuple[int, str | None]]
    """Alerts that say something else of it, and what they should say, as JSON."""


def _booked_again(row: Row, alerts: Sequence[Row]) -> _Rebuilt:
    """Return the older state of a position with these alerts."""
    key = _key(row)
    mine: list[tuple[Row, Event, Entry]] = []
    for alert in alerts:
        event = _event(key, alert)
        entry = booked_entry(event)
        if key in keys_of(event, entry):
            mine.append((alert, event, entry))
    base = Holding() if row["base"] is None else _decode_holding(row["base"])
    ledger = Ledger(holdings={(account_of(key), key[2]): base})
    activities = {id(entry): event[2] for _, event, entry in mine}
    made: dict[int, Outcome | None] = {}
    for booked in ledger.fold([entry for *_, entry in mine]):
        if booked.mint == key[2]:
            made[id(booked.entry)] = outcome_after(ledger, booked, activities[id(booked.entry)])
    return _Rebuilt(
        state=encoded(ledger.holding(account_of(key), key[2])),
        slot=max((activity.slot for activity in activities.values()), default=int(row["slot"])),
        alert_id=int(alerts[-1]["alert_id"] if alerts else row["base_alert_id"]),
        corrections=[
            (alert["alert_id"], None if right is None else msgspec.json.encode(right).decode())
            for alert, _, entry in mine
            if (right := _right(entry, key[2], said := _said(alert), made.get(id(entry)))) != said
        ],
    )


def _said(alert: Row) -> Outcome | None:
    return read_market(alert["market"]).outcome


def _right(entry: Entry, mint: str, said: Outcome | None, made: Outcome | None) -> Outcome | None:
    """Return what an alert should say, which said something; it says it of one of its tokens."""
    first, *others = tokens_of(entry)
    if first != mint or (others and made is None):
        return said
    before = said or Outcome()
    right = structs.replace(
        made or Outcome(),
        rotated_from=before.rotated_from,
        rotated_seconds=before.rotated_seconds,
        sent_all=before.sent_all,
    )
    return None if right == Outcome() else right


def _event(key: Key, row: Row) -> Event:
    activity = dated(_decode_activity(row["payload"]), row["block_time"])
    return row["alert_id"], key[1], activity, read_market(row["market"]).usd


def _key(row: Row) -> Key:
    return row["chain"], row["wallet_id"], row["mint"]
