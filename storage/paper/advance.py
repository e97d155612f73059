"""Campaigns go on: all of a chain together with its clock, and each by itself over what is stored until then.

Each step is one transaction that locks the clock: what was taken in, fills, curve and clock are committed
together. A process that dies at any moment loses no fill and makes none twice, and another one goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.paper.progress import TradeIndex
from storage.paper.audit import note_act
from storage.paper.clock import MAX_WINDOW, complete_until, lock_clock, move_clock, now
from storage.paper.moves import COLUMNS, Moved, break_off, move, progress_of, put_back
from storage.paper.trades import Window, candle_prices, trades_of, trades_within, with_candles
from storage.postgres import Connection, Database, Row

AT_ONCE = 5_000
"""Trades that one step reads."""
MOVED_AT_ONCE = 200
"""Campaigns between two statements: PostgreSQL ends a transaction that is idle for some seconds."""
STORED_WINDOW = timedelta(hours=6)
"""Of what is stored, that one step reads."""

# ruff: noqa: S608 - the part put in is a constant
LIVE = "SELECT EXISTS (SELECT FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NULL)"
AWAITED = """
SELECT DISTINCT unnest(tokens) AS token FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NULL
"""
TOUCHED = f"""
SELECT {COLUMNS} FROM campaigns
WHERE chain = $1 AND NOT finished AND cursor IS NULL
  AND (wallets && $2::text[] OR tokens && $3::text[])
ORDER BY campaign_id FOR UPDATE
"""
END_OVERDUE = """
UPDATE campaigns SET finished = true, stopped_at = coalesce(stopped_at, now()),
    status = CASE WHEN status = 'stopped' THEN status ELSE 'ended' END
WHERE chain = $1 AND NOT finished AND cursor IS NULL AND ends_at <= $2
RETURNING campaign_id, chat_id, status
"""

# Each has its turn.
BEHIND = f"""
SELECT {COLUMNS} FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NOT NULL
ORDER BY stepped_at, campaign_id LIMIT 1 FOR UPDATE
"""
SET_CURSOR = "UPDATE campaigns SET cursor = $2, stepped_at = now() WHERE campaign_id = $1"


async def advance_campaigns(database: Database, *, chain: str, horizon: datetime | None = None) -> bool:
    """Let the campaigns of a chain go on together, a step; whether there is more to see at once.

    Args:
        database: where they stand.
        chain: of which.
        horizon: what happened before it may be seen; None: as far as the feed is complete.
    """

    async def work(connection: Connection) -> bool:
        seen_until = await lock_clock(connection, chain)
        end = await complete_until(connection, chain) if horizon is None else horizon
        if end <= seen_until:
            return False
        if not await connection.fetchval(LIVE, chain):
            await move_clock(connection, chain, end, await now(connection))
            return False
        window = Window(begin=seen_until, end=min(end, seen_until + MAX_WINDOW))
        return await _advance(connection, chain, window) < end

    return await database.transaction(work)


async def _advance(connection: Connection, chain: str, window: Window) -> datetime:
    """Let all go on by what happened in a time; up to when that was read."""
    looked_at = await now(connection)
    seen = await trades_within(connection, chain, window, limit=AT_ONCE)
    awaited = {row["token"] for row in await connection.fetch(AWAITED, chain)}
    bought = {token for trade in seen.trades for token in trade.buys}
    prices = await candle_prices(connection, chain, seen.window, awaited | bought)
    trades = TradeIndex(with_candles(seen.trades, prices))
    rows = await connection.fetch(TOUCHED, chain, trades.wallets, trades.tokens)
    for start in range(0, len(rows), MOVED_AT_ONCE):
        await _move_all(connection, rows[start : start + MOVED_AT_ONCE], trades, seen.window.end)
    await move_clock(connection, chain, seen.window.end, looked_at)
    for row in await connection.fetch(END_OVERDUE, chain, seen.window.end):
        if row["status"] == "ended":
            await note_act(connection, row["chat_id"], row["campaign_id"], "ended")
    return seen.window.end


async def _move_all(connection: Connection, rows: Sequence[Row], trades: TradeIndex, until: datetime) -> None:
    moved = [found for row in rows if (found := await move(connection, row, trades)) is not None]
    await put_back(connection, moved, until)


async def read_stored_next(database: Database, *, chain: str) -> bool:
    """Let the campaign that has waited longest take in more of what is stored; whether there was one."""

    async def work(connection: Connection) -> bool:
        seen_until = await lock_clock(connection, chain)
        row = await connection.fetchrow(BEHIND, chain)
        if row is None:
            return False
        end = min(seen_until, row["cursor"] + STORED_WINDOW)
        if row["ends_at"] is not None and row["ends_at"] <= row["cursor"]:
            end = seen_until  # nothing more is seen
        elif row["cursor"] < end:
            end = await _read_stored(connection, chain, row, Window(begin=row["cursor"], end=end))
        await connection.execute(SET_CURSOR, row["campaign_id"], None if end >= seen_until else end)
        return True

    return await database.transaction(work)


async def _read_stored(connection: Connection, chain: str, row: Row, window: Window) -> datetime:
    """Take in a time of what is stored; up to when that was read."""
    try:
        progress = progress_of(row)
    except ValueError as error:
        await break_off(connection, row, error)
        return window.end
    wallets, awaited = progress.plan.wallets, progress.awaited
    seen = await trades_of(connection, chain, window, limit=AT_ONCE, wallets=wallets, tokens=awaited)
    bought = {token for trade in seen.trades for token in trade.buys if trade.wallet in wallets}
    prices = await candle_prices(connection, chain, seen.window, awaited | bought)
    moved: Moved | None = await move(connection, row, TradeIndex(with_candles(seen.trades, prices)))
    await put_back(connection, [] if moved is None else [moved], seen.window.end)
    return seen.window.end
