"""Advances campaigns: all of a chain with its clock, each by itself over what is stored until then.

The clock moves in a short transaction of its own, which notes where each campaign that is concerned stands.
These then take in what happened, some at a time: fills, curve and cursor of each are committed together. A
process that dies at any moment loses no fill and makes none twice, another one continues, and a campaign that
takes long holds up no other.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from runtime.clock import monotonic
from storage.paper.audit import note_act
from storage.paper.clock import MAX_WINDOW, complete_until, lock_clock, move_clock, share_clock, take_snapshot
from storage.paper.moves import COLUMNS, Moved, abort_campaign, move, parts_of, progress_of, put_back
from storage.paper.trades import Seen, Window, candle_prices, trades_of, trades_within, with_candles
from storage.postgres import Connection, Database, Row

AT_ONCE = 5_000
"""Trades that one step reads."""
BUSY_SECONDS = 1.0
"""Between two statements: PostgreSQL ends a transaction that is idle for some seconds."""
MOVED_AT_ONCE = 500
STORED_WINDOW = timedelta(hours=6)
"""Of what is stored, that one step reads."""

# ruff: noqa: S608 - the part put in is a constant
LIVE = "SELECT EXISTS (SELECT FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NULL)"
AWAITED = """
SELECT DISTINCT unnest(tokens) AS token FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NULL
"""
# Who is concerned stands at the beginning of what is checked until it was moved.
LET_GO_ON = """
UPDATE campaigns SET cursor = $4, stepped_at = now() WHERE campaign_id IN (
    SELECT campaign_id FROM campaigns
    WHERE chain = $1 AND NOT finished AND cursor IS NULL
      AND (wallets && $2::text[] OR tokens && $3::text[])
    ORDER BY campaign_id FOR UPDATE)
RETURNING campaign_id
"""
CONCERNED = f"""
SELECT campaign_id, {COLUMNS} FROM campaigns
WHERE campaign_id = ANY($1::bigint[]) AND NOT finished AND cursor = $2
ORDER BY campaign_id FOR UPDATE
"""
OVERDUE = """
SELECT EXISTS (SELECT FROM campaigns JOIN campaign_clocks USING (chain)
    WHERE chain = $1 AND NOT finished AND cursor IS NULL
      AND ends_at <= CASE WHEN status IN ('running', 'paused') THEN seen_until
        ELSE seen_until - interval '1 hour' END)
"""
END_OVERDUE = """
UPDATE campaigns SET stopped_at = coalesce(stopped_at, now()), status = 'ended'
WHERE chain = $1 AND status IN ('running', 'paused') AND NOT finished AND cursor IS NULL AND ends_at <= $2
RETURNING campaign_id, chat_id
"""
# What comes late or is reverted within an hour still counts.
FINISH = """
UPDATE campaigns SET finished = true
WHERE chain = $1 AND NOT finished AND cursor IS NULL AND ends_at <= $2::timestamptz - interval '1 hour'
"""

# Each has its turn, also after one that failed.
TAKE_TURN = """
UPDATE campaigns SET stepped_at = clock_timestamp() WHERE campaign_id = (
    SELECT campaign_id FROM campaigns WHERE chain = $1 AND NOT finished AND cursor IS NOT NULL
    ORDER BY stepped_at, campaign_id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING campaign_id
"""
BEHIND = f"""
SELECT campaign_id, {COLUMNS} FROM campaigns
WHERE campaign_id = $1 AND NOT finished AND cursor IS NOT NULL FOR UPDATE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """The clock was moved over a time; who is concerned by what happened in it."""

    window: Window
    campaign_ids: Sequence[int]
    has_more: bool


async def advance_campaigns(database: Database, *, chain: str, horizon: datetime | None = None) -> bool:
    """Let the campaigns of a chain continue together, a step; return whether there is more to see at once.

    Args:
        database: where they are stored.
        chain: of which.
        horizon: what happened before it may be seen; None: as far as the feed is complete.
    """

    async def work(connection: Connection) -> _Step | None:
        return await _move_clock(connection, chain, horizon)

    step = await database.transaction(work)
    if step is None:
        return False
    left = list(step.campaign_ids)
    while left:
        left = left[await _move_some(database, chain, step.window, left[:MOVED_AT_ONCE]) :]
    await _end_overdue(database, chain)
    return step.has_more


async def _move_clock(connection: Connection, chain: str, horizon: datetime | None) -> _Step | None:
    seen_until = await lock_clock(connection, chain)
    end = await complete_until(connection, chain) if horizon is None else horizon
    if end <= seen_until:
        return None
    snapshot = await take_snapshot(connection)
    if not await connection.fetchval(LIVE, chain):
        await move_clock(connection, chain, end, snapshot)
        return None
    window = Window(begin=seen_until, end=min(end, seen_until + MAX_WINDOW))
    seen = await trades_within(connection, chain, window, limit=AT_ONCE)
    wallets = sorted({one.wallet for one in seen.trades})
    tokens = {one.token for one in seen.trades if one.token is not None}
    opened = await candle_prices(connection, chain, seen.window, await _awaited(connection, chain))
    tokens |= {one.token for one in opened if one.token is not None}
    rows = await connection.fetch(LET_GO_ON, chain, wallets, sorted(tokens), seen_until)
    await move_clock(connection, chain, seen.window.end, snapshot)
    ids = sorted(row["campaign_id"] for row in rows)
    return _Step(window=seen.window, campaign_ids=ids, has_more=seen.window.end < end)


async def _awaited(connection: Connection, chain: str) -> set[str]:
    return {row["token"] for row in await connection.fetch(AWAITED, chain)}


async def _end_overdue(database: Database, chain: str) -> None:
    async def work(connection: Connection) -> None:
        until = await lock_clock(connection, chain)
        for row in await connection.fetch(END_OVERDUE, chain, until):
            await note_act(connection, row["chat_id"], row["campaign_id"], "ended")
        await connection.execute(FINISH, chain, until)

    if await database.fetchval(OVERDUE, chain):
        await database.transaction(work)


async def _move_some(database: Database, chain: str, window: Window, campaign_ids: Sequence[int]) -> int:
    """Let the first of these campaigns take in what happened in a time; how many that were, at least one."""

    async def work(connection: Connection) -> int:
        seen_until = await share_clock(connection, chain)
        rows = await connection.fetch(CONCERNED, campaign_ids, window.begin)
        seen = await trades_within(connection, chain, window, limit=AT_ONCE)
        tokens = {token for row in rows for token in row["tokens"]}
        tokens |= {token for trade in seen.trades for token in trade.buys}
        seen = await _with_candles(connection, chain, seen, tokens)
        done = await _move_rows(connection, rows, seen, seen_until)
        return len(campaign_ids) if done is None else campaign_ids.index(done) + 1

    return await database.transaction(work)


async def _with_candles(connection: Connection, chain: str, seen: Seen, tokens: AbstractSet[str]) -> Seen:
    prices = await candle_prices(connection, chain, seen.window, tokens)
    return Seen(window=seen.window, trades=with_candles(seen.trades, prices))


async def _move_rows(
    connection: Connection, rows: Sequence[Row], seen: Seen, seen_until: datetime
) -> int | None:
    """Move campaigns for about a second; the last that was moved, or None: all were."""
    parts, begun = parts_of(seen), monotonic()
    moved: list[Moved] = []
    last = None
    for row in rows:
        if last is not None and monotonic() > begun + BUSY_SECONDS:
            break
        last = row["campaign_id"]
        found = await move(connection, row, parts, seconds=BUSY_SECONDS)
        moved += [] if found is None else [found]
    await put_back(connection, moved, seen_until)
    return None if not rows or last == rows[-1]["campaign_id"] else last


async def read_stored_next(database: Database, *, chain: str) -> bool:
    """Let the campaign that has waited longest take in more of what is stored; whether there was one."""
    campaign_id = await database.fetchval(TAKE_TURN, chain)
    if campaign_id is None:
        return False

    async def work(connection: Connection) -> None:
        seen_until = await share_clock(connection, chain)
        row = await connection.fetchrow(BEHIND, campaign_id)
        if row is not None:
            seen = await _read_stored(connection, chain, row, seen_until)
            if seen is not None:
                await _move_rows(connection, [row], seen, seen_until)

    await database.transaction(work)
    return True


async def _read_stored(connection: Connection, chain: str, row: Row, seen_until: datetime) -> Seen | None:
    """Return what concerns a campaign in the next part of time; None: it cannot continue."""
    begin = row["cursor"]
    window = Window(begin=begin, end=min(seen_until, begin + STORED_WINDOW))
    if begin >= seen_until or (row["ends_at"] is not None and row["ends_at"] <= begin):
        return Seen(window=Window(begin=begin, end=max(begin, seen_until)), trades=[])  # nothing more is seen
    try:
        progress = progress_of(row)
    except ValueError as error:
        await abort_campaign(connection, row, error)
        return None
    wallets, awaited = progress.plan.wallets, progress.awaited
    seen = await trades_of(connection, chain, window, limit=AT_ONCE, wallets=wallets, tokens=awaited)
    bought = {token for trade in seen.trades for token in trade.buys if trade.wallet in wallets}
    return await _with_candles(connection, chain, seen, awaited | bought)
