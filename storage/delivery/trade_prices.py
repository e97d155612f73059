"""Pools and prices that trades show, noted once their alerts are decided: no message waits.

Each alert is noted once, by whichever dispatcher comes first.
"""

import logging

from domain.errors import Unavailable
from storage.market.candles import note_fills
from storage.market.pools import note_pools
from storage.paper.late import find_late, stored_trade
from storage.postgres import Connection, Database, Row

log = logging.getLogger(__name__)
AT_ONCE = 500

# Of alerts that were decided; those whose block died teach nothing.
NEXT = """
SELECT alert_id, kind, payload, block_time, created_at, reverted_at IS NULL AS stands FROM alerts
WHERE market IS NOT NULL AND trade_noted_at IS NULL AND sort IN ('buy', 'sell', 'swap')
ORDER BY alert_id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
DONE = "UPDATE alerts SET trade_noted_at = now() WHERE alert_id = ANY($1::bigint[])"


async def note_trades(database: Database) -> int:
    """Note what the next trades show; how many these were: with `AT_ONCE` there may be more.

    A trade that cannot be noted together with others is passed over: it holds up no other.
    """
    try:
        return await database.transaction(_note)
    except Unavailable:
        raise
    except Exception:
        log.exception("Trades cannot be noted together; each is noted by itself")
    return await database.transaction(_note_each)


async def _note(connection: Connection) -> int:
    rows = await connection.fetch(NEXT, AT_ONCE)
    await _note_rows(connection, rows)
    await _end(connection, rows)
    return len(rows)


async def _note_each(connection: Connection) -> int:
    rows = await connection.fetch(NEXT, AT_ONCE)
    for row in rows:
        try:
            async with connection.transaction():
                await _note_rows(connection, [row])
        except Unavailable:
            raise
        except Exception:
            log.exception("What alert %d shows cannot be noted", row["alert_id"])
    await _end(connection, rows)
    return len(rows)


async def _note_rows(connection: Connection, rows: list[Row]) -> None:
    stored = [one for row in rows if row["stands"] and (one := stored_trade(row)) is not None]
    seen = [(one.activity, one.at) for one in stored]
    await note_pools(connection, [activity for activity, _ in seen])
    await note_fills(connection, seen)
    await find_late(connection, stored)


async def _end(connection: Connection, rows: list[Row]) -> None:
    if rows:
        await connection.execute(DONE, [row["alert_id"] for row in rows])
