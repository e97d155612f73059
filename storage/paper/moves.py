"""How campaigns are taken from their rows, moved on and put back, with fills, curve and figures."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from domain.paper.plan import Plan
from domain.paper.progress import Pause, Progress, TradeIndex
from domain.paper.state import read_state, write_state
from domain.paper.stored import StoredFill
from domain.paper.trades import Filled
from runtime.clock import monotonic
from storage.paper.audit import note_act
from storage.paper.trades import Seen
from storage.postgres import Connection, Row, columns
from storage.sql_files import read_statement

log = logging.getLogger(__name__)

COLUMNS = """
chat_id, plan, state, whale, fills, tokens, pauses, cursor, ends_at, kept_fills IS NOT NULL AS reads_again
"""
"""That a move reads, besides the id."""
PART = 100
"""Trades after which a campaign that takes long is stored."""
SAY_SECONDS = 1.0
"""How long a transaction says nothing while it takes in a part."""

SAVE = read_statement(__name__, "SAVE")
# What one that reads again has made takes the place of what it had made.
DELETE_FILLS = """
DELETE FROM campaign_fills USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_fills.campaign_id = campaigns.campaign_id
  AND NOT is_anew AND number > kept_fills
"""
DELETE_POINTS = """
DELETE FROM campaign_points USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_points.campaign_id = campaigns.campaign_id
  AND NOT is_anew AND at >= kept_until - interval '5 minutes'
"""
SHOW = (
    "UPDATE campaign_fills SET is_anew = false WHERE campaign_id = ANY($1::bigint[]) AND is_anew",
    "UPDATE campaign_points SET is_anew = false WHERE campaign_id = ANY($1::bigint[]) AND is_anew",
    "UPDATE campaigns SET kept_fills = NULL, kept_until = NULL WHERE campaign_id = ANY($1::bigint[])",
)
ADD_FILLS = """
INSERT INTO campaign_fills (campaign_id, number, fill, filled_at, is_anew)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::jsonb[], $4::timestamptz[], $5::boolean[])
"""
ADD_POINTS = """
INSERT INTO campaign_points (campaign_id, at, own, whale, is_anew)
SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::boolean[])
ON CONFLICT (campaign_id, at, is_anew) DO UPDATE SET own = excluded.own, whale = excluded.whale
"""
BREAK_OFF = """
UPDATE campaigns SET status = 'stopped', finished = true, cursor = NULL, stopped_at = now(), error = $2,
    kept_fills = NULL, kept_until = NULL
WHERE campaign_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A campaign that was moved on, to be put back."""

    row: Row
    progress: Progress
    until: datetime
    """Everything before it was taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What happened in a part of time."""

    trades: TradeIndex
    until: datetime
    """What happened before it is in this part or in one before it."""


def parts_of(seen: Seen) -> list[Part]:
    """What happened, in parts of some trades; those of one second always are together."""
    cuts = [0]
    for index, trade in enumerate(seen.trades):
        if index - cuts[-1] >= PART and trade.at > seen.trades[index - 1].at:
            cuts.append(index)
    ends = [datetime.fromtimestamp(seen.trades[cut].at, UTC) for cut in cuts[1:]]
    return [
        Part(trades=TradeIndex(seen.trades[begin:end]), until=until)
        for begin, end, until in zip(cuts, [*cuts[1:], None], [*ends, seen.window.end], strict=True)
    ]


def progress_of(row: Row) -> Progress:
    """A campaign as its row has it.

    Raises:
        ValueError: the row holds none.
    """
    return Progress(
        msgspec.json.decode(row["plan"], type=Plan),
        None if row["state"] is None else read_state(row["state"]),
        None if row["whale"] is None else read_state(row["whale"]),
        msgspec.json.decode(row["pauses"], type=tuple[Pause, ...]),
    )


async def move(connection: Connection, row: Row, parts: Sequence[Part], *, seconds: float) -> Moved | None:
    """Move a campaign on; None: it cannot continue, and is broken off: it holds up no other.

    Args:
        connection: in the transaction that has locked it.
        row: as it stands.
        parts: what happened since, in order; at least one.
        seconds: after which it takes in no further part.
    """
    until, begun = row["cursor"], monotonic()
    try:
        progress = progress_of(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and ends this campaign alone
        await abort_campaign(connection, row, error)
        return None
    for part in parts:
        if (fault := await _take_in(connection, progress, part)) is not None:
            await abort_campaign(connection, row, fault)
            return None
        until = part.until
        if monotonic() > begun + seconds:
            break
    return Moved(row=row, progress=progress, until=until)


async def _take_in(connection: Connection, progress: Progress, part: Part) -> Exception | None:
    """Take in a part as a whole; what of it is at fault. An idle transaction would be ended meanwhile."""
    steps, said = progress.going_on(part.trades), monotonic()
    while True:
        try:
            if next(steps, True):
                return None
        except Exception as error:  # noqa: BLE001 - as of the row
            return error
        if monotonic() > said + SAY_SECONDS:
            await connection.execute("SELECT 1")
            said = monotonic()


async def abort_campaign(connection: Connection, row: Row, error: Exception) -> None:
    """End a campaign that cannot continue.

    Args:
        connection: in the transaction that took the row; its other changes to the campaign are undone before.
        row: of the campaign.
        error: logged whole; people read the name of its class only.
    """
    log.error("Campaign %d cannot continue", row["campaign_id"], exc_info=error)
    await connection.execute(BREAK_OFF, row["campaign_id"], type(error).__name__[:200])
    await note_act(connection, row["chat_id"], row["campaign_id"], "broken off")


async def put_back(connection: Connection, moved: Sequence[Moved], seen_until: datetime) -> None:
    """Store what was moved on, in the transaction that has locked it.

    Args:
        connection: in that transaction.
        moved: each campaign once.
        seen_until: who has come so far continues with the clock.
    """
    if not moved:
        return
    await connection.execute(SAVE, *columns([_saved(one) for one in moved], 8), seen_until)
    if fills := [row for one in moved for row in _fills(one)]:
        await connection.execute(ADD_FILLS, *columns(fills, 5))
    if points := [row for one in moved for row in _points(one)]:
        await connection.execute(ADD_POINTS, *columns(points, 5))
    done = [one.row["campaign_id"] for one in moved if one.row["reads_again"] and one.until >= seen_until]
    if done:
        for statement in (DELETE_FILLS, DELETE_POINTS, *SHOW):
            await connection.execute(statement, done)


def _saved(one: Moved) -> tuple[object, ...]:
    progress = one.progress
    return (
        one.row["campaign_id"],
        write_state(progress.own),
        write_state(progress.whale),
        msgspec.json.encode(progress.figures).decode(),
        " ".join(sorted(progress.awaited)),
        " ".join(sorted(progress.bought)),
        one.row["fills"] + len(progress.fills),
        one.until,
    )


def _fills(one: Moved) -> list[tuple[object, ...]]:
    numbered = enumerate(one.progress.fills, start=one.row["fills"] + 1)
    campaign_id, is_anew = one.row["campaign_id"], one.row["reads_again"]
    return [
        (campaign_id, number, stored_fill(fill), datetime.fromtimestamp(fill.filled_at, UTC), is_anew)
        for number, fill in numbered
    ]


def _points(one: Moved) -> list[tuple[object, ...]]:
    campaign_id, is_anew = one.row["campaign_id"], one.row["reads_again"]
    return [
        (campaign_id, datetime.fromtimestamp(point.at, UTC), point.own, point.whale, is_anew)
        for point in one.progress.points.values()
    ]


def stored_fill(fill: Filled) -> str:
    """A fill as JSON."""
    kept = StoredFill(
        side=fill.side,
        cause=fill.cause,
        token=fill.token,
        signature=fill.signature,
        ordered_at=fill.ordered_at,
        filled_at=fill.filled_at,
        quantity=str(fill.quantity),
        lamports=fill.lamports,
        fees=fill.fees,
        gain=fill.gain,
        wallet=fill.wallet,
    )
    return msgspec.json.encode(kept).decode()
