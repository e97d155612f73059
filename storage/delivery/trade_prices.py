"""Pools and prices that trades show, noted once their alerts are decided: no message waits.

Each alert is noted once, by whichever dispatcher comes first. Campaigns learn of trades that came late before
that, in a transaction of its own: who waits for them has locked nothing.
"""

import logging
from collections.abc import Sequence
from functools import partial

from domain.errors import Unavailable
from storage.market.candles import note_fills
from storage.market.pools import note_pools
from storage.paper.late import find_late, stored_trade
from storage.postgres import Connection, Database, Row

log = logging.getLogger(__name__)
AT_ONCE = 500

# Of alerts that were decided; those whose block died teach nothing.
FOUND = """
SELECT alert_id, kind, payload, block_time, created_at, written_by::text, reverted_at IS NULL AS stands
FROM alerts WHERE market IS NOT NULL AND trade_noted_at IS NULL AND sort IN ('buy', 'sell', 'swap')
ORDER BY alert_id LIMIT $1
"""
NEXT = """
SELECT alert_id, kind, payload, block_time, created_at, written_by::text, reverted_at IS NULL AS stands
FROM alerts WHERE trade_noted_at IS NULL AND alert_id = ANY($1::bigint[])
ORDER BY alert_id FOR UPDATE SKIP LOCKED
"""
DONE = "UPDATE alerts SET trade_noted_at = now() WHERE alert_id = ANY($1::bigint[])"


async def note_trades(database: Database) -> int:
    """Note what the next trades show; return how many these were: with `AT_ONCE` there may be more.

    A trade that cannot be noted together with others is passed over: it holds up no other.
    """
    rows = await database.fetch(FOUND, AT_ONCE)
    if not rows:
        return 0
    await _tell_campaigns(database, rows)
    return await _note_found(database, [row["alert_id"] for row in rows])


async def _tell_campaigns(database: Database, rows: Sequence[Row]) -> None:
    """Let campaigns read again that have gone past a trade; one that cannot be read holds up no other."""

    async def work(connection: Connection) -> None:
        stored = [one for row in rows if row["stands"] and (one := stored_trade(row)) is not None]
        await find_late(connection, stored)

    try:
        await database.transaction(work)
    except Unavailable:
        raise
    except Exception:
        if len(rows) == 1:
            log.exception("Campaigns cannot be notified of alert %d", rows[0]["alert_id"])
            return
        for row in rows:
            await _tell_campaigns(database, [row])


async def _note_found(database: Database, alert_ids: Sequence[int]) -> int:
    try:
        return await database.transaction(partial(_note, alert_ids=alert_ids))
    except Unavailable:
        raise
    except Exception:
        log.exception("Trades cannot be stored together; each is stored by itself")
    return await database.transaction(partial(_note_each, alert_ids=alert_ids))


async def _note(connection: Connection, *, alert_ids: Sequence[int]) -> int:
    rows = await connection.fetch(NEXT, alert_ids)
    await _note_rows(connection, rows)
    await _end(connection, rows)
    return len(rows)


async def _note_each(connection: Connection, *, alert_ids: Sequence[int]) -> int:
    rows = await connection.fetch(NEXT, alert_ids)
    for row in rows:
        try:
            async with connection.transaction():
                await _note_rows(connection, [row])
        except Unavailable:
            raise
        except Exception:
            log.exception("What alert %d shows cannot be stored", row["alert_id"])
    await _end(connection, rows)
    return len(rows)


async def _note_rows(connection: Connection, rows: list[Row]) -> None:
    stored = [one for row in rows if row["stands"] and (one := stored_trade(row)) is not None]
    seen = [(one.activity, one.at) for one in stored]
    await note_pools(connection, [activity for activity, _ in seen])
    await note_fills(connection, seen)


async def _end(connection: Connection, rows: list[Row]) -> None:
    if rows:
        await connection.execute(DONE, [row["alert_id"] for row in rows])
