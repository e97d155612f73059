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
from storage.paper.audit import note_act
from storage.postgres import Connection, Row, columns

log = logging.getLogger(__name__)

COLUMNS = "campaign_id, chat_id, plan, state, whale, fills, pauses, cursor, ends_at"
"""That a move reads."""

# $8: the end of the time that was taken in. A checkpoint is a day old at least, so that what may still come
# late comes after it.
SAVE = """
UPDATE campaigns SET state = new.state, whale = new.whale, figures = new.figures,
    tokens = string_to_array(new.tokens, ' '),
    ordered = CASE WHEN ordered @> string_to_array(new.bought, ' ') THEN ordered
        ELSE ARRAY(SELECT DISTINCT unnest(ordered || string_to_array(new.bought, ' '))) END,
    fills = new.fills, advanced_at = now(),
    checkpoint = CASE WHEN $8::timestamptz < now() - interval '1 day' THEN fresh.state
        WHEN next_checkpoint_at < now() - interval '1 day' THEN next_checkpoint ELSE checkpoint END,
    next_checkpoint = CASE WHEN $8::timestamptz < now() - interval '1 day' THEN NULL
        WHEN next_checkpoint_at IS NULL OR next_checkpoint_at < now() - interval '1 day' THEN fresh.state
        ELSE next_checkpoint END,
    next_checkpoint_at = CASE WHEN $8::timestamptz < now() - interval '1 day' THEN NULL
        WHEN next_checkpoint_at IS NULL OR next_checkpoint_at < now() - interval '1 day' THEN now()
        ELSE next_checkpoint_at END
FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[], $4::jsonb[], $5::text[], $6::text[], $7::int[])
    AS new (campaign_id, state, whale, figures, tokens, bought, fills)
CROSS JOIN LATERAL (SELECT jsonb_build_object('state', new.state, 'whale', new.whale, 'fills', new.fills,
    'until', extract(epoch FROM $8::timestamptz)::bigint) AS state) AS fresh
WHERE campaigns.campaign_id = new.campaign_id
"""
ADD_FILLS = """
INSERT INTO campaign_fills (campaign_id, number, fill, filled_at)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::jsonb[], $4::timestamptz[])
"""
ADD_POINTS = """
INSERT INTO campaign_points (campaign_id, at, own, whale)
SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::numeric[], $4::numeric[])
ON CONFLICT (campaign_id, at) DO UPDATE SET own = excluded.own, whale = excluded.whale
"""
BREAK_OFF = """
UPDATE campaigns SET status = 'stopped', finished = true, cursor = NULL, stopped_at = now(), error = $2
WHERE campaign_id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A campaign that was moved on, to be put back."""

    row: Row
    progress: Progress


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


async def move(connection: Connection, row: Row, trades: TradeIndex) -> Moved | None:
    """Move a campaign on by trades; None: it cannot go on, and is broken off: it holds up no other."""
    try:
        progress = progress_of(row)
        progress.go_on(trades)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and ends this campaign alone
        await break_off(connection, row, error)
        return None
    return Moved(row=row, progress=progress)


async def break_off(connection: Connection, row: Row, error: Exception) -> None:
    """End a campaign that cannot go on."""
    log.error("Campaign %d cannot go on", row["campaign_id"], exc_info=error)
    await connection.execute(BREAK_OFF, row["campaign_id"], type(error).__name__[:200])
    await note_act(connection, row["chat_id"], row["campaign_id"], "broken off")


async def put_back(connection: Connection, moved: Sequence[Moved], until: datetime) -> None:
    """Store what was moved on, in the transaction that has locked it.

    Args:
        connection: in that transaction.
        moved: each campaign once.
        until: everything before it was taken in.
    """
    if not moved:
        return
    await connection.execute(SAVE, *columns([_saved(one) for one in moved], 7), until)
    if fills := [row for one in moved for row in _fills(one)]:
        await connection.execute(ADD_FILLS, *columns(fills, 4))
    if points := [row for one in moved for row in _points(one)]:
        await connection.execute(ADD_POINTS, *columns(points, 4))


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
    )


def _fills(one: Moved) -> list[tuple[object, ...]]:
    numbered = enumerate(one.progress.fills, start=one.row["fills"] + 1)
    return [
        (one.row["campaign_id"], number, stored_fill(fill), datetime.fromtimestamp(fill.filled_at, UTC))
        for number, fill in numbered
    ]


def _points(one: Moved) -> list[tuple[object, ...]]:
    return [
        (one.row["campaign_id"], datetime.fromtimestamp(point.at, UTC), point.own, point.whale)
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
