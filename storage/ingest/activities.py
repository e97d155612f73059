"""Activities, their alerts and the cursor: stored together or not at all, and once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from domain.activity.activity import Activity
from runtime.observability.metrics import alerts_reverted
from runtime.processes.lifecycle import failpoint
from storage.coordination.leases import Fence, check_fences
from storage.ingest.cursors import PartitionMove, move_partitions, move_shards
from storage.ingest.outages import ChainProgress, Move, close_outage_when_caught_up, open_outage_on_gap
from storage.ingest.provisional import Pair, resolve_provisional
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedTransaction:
    """A transaction that could not be decoded, to be kept as it came."""

    slot: int
    position: int
    """Of the transaction in its block; -1: a whole block or range."""
    signature: str | None
    reason: str
    raw: bytes
    """As the node gave it; empty: no node had the block."""
    block_time: int | None = None
    """Unix seconds; None: not known."""
    last_slot: int | None = None
    """The end of a range of slots; None: this slot alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is committed together: activities, the quarantine, and the cursor that moves with them."""

    chain: str
    activities: Sequence[Activity] = ()
    quarantined: Sequence[QuarantinedTransaction] = ()
    feed: str | None = None
    """The feed whose cursor moves; None: none does."""
    slot: int | None = None
    """Where the cursor moves to; it never moves back."""
    block_time: int | None = field(default=None)
    buckets: Sequence[int] | None = None
    """The buckets of wallets (`domain/sharding.py`) for which the cursor moves; None: for all wallets."""
    provisional: bool = False
    """Whether nothing but a stream says so; else a confirmed block or a look-up does."""
    may_move: bool = False
    """Of what is provisional, whether it is not confirmed: it may die with its fork and land again."""
    verified: Collection[Pair] = ()
    """Signatures and wallets of which this batch holds all that is true, perhaps nothing."""
    progress: ChainProgress | None = None
    """How far the chain has come, so that outages are recorded; None: they are not."""
    partitions: Sequence[PartitionMove] = ()
    """Partitions of wallets whose cursors move, each only from where it is expected to stand."""
    fences: Sequence[Fence] = ()
    """Leases without which nothing is stored."""


# Inserting the key decides which writer stores the activity: only keys that are new come back.
NEW_KEYS = """
INSERT INTO activity_keys (chain, signature, wallet, activity_index, block_time)
SELECT $1, signature, wallet, activity_index, coalesce(to_timestamp(block_time), now())
FROM unnest($2::text[], $3::text[], $4::int[], $5::float8[])
  AS new (signature, wallet, activity_index, block_time)
ON CONFLICT DO NOTHING
RETURNING signature, wallet, activity_index, block_time
"""

# ruff: noqa: S608 - the part put in is the constant above
# The same for what nothing but a stream says, noted as such in the same statement.
NEW_PROVISIONAL_KEYS = f"""
WITH new AS ({NEW_KEYS}), noted AS (
    INSERT INTO provisional (chain, signature, wallet, slot, may_move)
    SELECT DISTINCT ON (signature, wallet) $1::text, signature, wallet, seen.slot, $7
    FROM new JOIN unnest($2::text[], $3::text[], $6::bigint[]) AS seen (signature, wallet, slot)
      USING (signature, wallet)
    ORDER BY signature, wallet
    ON CONFLICT DO NOTHING)
SELECT signature, wallet, activity_index, block_time FROM new
"""

INSERT_ACTIVITIES = """
INSERT INTO activities (chain, signature, wallet, activity_index, slot, kind, payload, block_time)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::jsonb[],
                     $8::timestamptz[])
ON CONFLICT DO NOTHING
"""

INSERT_ALERTS = read_statement(__name__, "INSERT_ALERTS")

INSERT_QUARANTINED = """
INSERT INTO quarantine (chain, slot, position, signature, reason, raw, block_time, last_slot)
SELECT $1, *
FROM unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::bigint[])
ON CONFLICT DO NOTHING
"""

MOVE_CURSOR = """
INSERT INTO cursors (chain, feed, slot) VALUES ($1, $2, $3)
ON CONFLICT (chain, feed) DO UPDATE SET slot = excluded.slot,
    updated_at = CASE WHEN $4 THEN now() ELSE cursors.updated_at END
WHERE cursors.slot < excluded.slot
"""


# What only a stream said is not known yet.
KNOWN = """
SELECT DISTINCT signature, wallet FROM activity_keys WHERE chain = $1 AND signature = ANY($2::text[])
EXCEPT
SELECT signature, wallet FROM provisional WHERE chain = $1 AND signature = ANY($2::text[])
"""
KNOWN_AT_ONCE = 1_000


async def known_activities(
    database: Database, *, chain: str, signatures: Sequence[str]
) -> frozenset[tuple[str, str]]:
    """Signature and wallet of every activity of these transactions that is stored, and confirmed.

    Args:
        database: it is only read, KNOWN_AT_ONCE transactions at a time.
        chain: of the transactions.
        signatures: base58; provisional activities do not count.
    """
    found: set[tuple[str, str]] = set()
    for start in range(0, len(signatures), KNOWN_AT_ONCE):
        part = list(signatures[start : start + KNOWN_AT_ONCE])
        found |= {(row["signature"], row["wallet"]) for row in await database.fetch(KNOWN, chain, part)}
    return frozenset(found)


async def store(database: Database, batch: Batch) -> list[int]:
    """Commit a batch: new activities, their alerts, the quarantine, and the cursor.

    Returns:
        The ids of the new alerts; none when all activities were stored before.

    Raises:
        Fenced: the lease of the batch is not held; nothing is stored.
    """

    async def work(connection: Connection) -> list[int]:
        await check_fences(connection, batch.fences)
        move = _move(batch)
        is_open = move is not None and await open_outage_on_gap(connection, move)
        alert_ids = await _store_activities(connection, batch)
        if alert_ids:
            failpoint("storing")
        await _store_quarantined(connection, batch)
        await _move_cursor(connection, batch)
        if move is not None and is_open:
            await close_outage_when_caught_up(connection, move)
        return alert_ids

    return await database.transaction(work)


def _move(batch: Batch) -> Move | None:
    """The move of the cursor; None: it does not move, or outages are not recorded."""
    if batch.feed is None or batch.slot is None or batch.progress is None:
        return None
    return Move(
        chain=batch.chain, feed=batch.feed, slot=batch.slot, buckets=batch.buckets, progress=batch.progress
    )


async def _move_cursor(connection: Connection, batch: Batch) -> None:
    if batch.feed is not None and batch.partitions:
        await move_partitions(connection, chain=batch.chain, feed=batch.feed, moves=batch.partitions)
    if batch.feed is None or batch.slot is None:
        return
    counts = batch.progress is None or batch.progress.is_known()
    if batch.buckets is None:
        await connection.execute(MOVE_CURSOR, batch.chain, batch.feed, batch.slot, counts)
        return
    await move_shards(
        connection,
        chain=batch.chain,
        feed=batch.feed,
        buckets=batch.buckets,
        slot=batch.slot,
        counts=counts,
    )


async def _store_activities(connection: Connection, batch: Batch) -> list[int]:
    if not batch.provisional:  # first: what is reverted in this moment is new again then
        reverted = await resolve_provisional(connection, batch.chain, batch.activities, batch.verified)
        alerts_reverted.inc(reverted)
    if not batch.activities:
        return []
    known = {_key(activity): activity for activity in batch.activities}
    rows = await _new_keys(connection, batch, known)
    times = {(row["signature"], row["wallet"], row["activity_index"]): row["block_time"] for row in rows}
    if not times:
        return []
    new = [(activity, _payload(activity), times[key]) for key, activity in known.items() if key in times]
    await connection.execute(
        INSERT_ACTIVITIES,
        *columns([(batch.chain, *_key(a), a.slot, a.kind.value, text, time) for a, text, time in new], 8),
    )
    alerts = await connection.fetch(
        INSERT_ALERTS,
        *columns([(batch.chain, a.wallet, a.kind.value, text, time) for a, text, time in new], 5),
    )
    return [row["alert_id"] for row in alerts]


async def _new_keys(
    connection: Connection, batch: Batch, known: Mapping[tuple[str, str, int], Activity]
) -> Sequence[Row]:
    """Insert the keys of a batch; those that are new."""
    ordered = sorted(known)  # one order for all writers, so that two of them never wait for each other
    keys = [(*key, known[key].block_time or batch.block_time) for key in ordered]
    if not batch.provisional:
        return await connection.fetch(NEW_KEYS, batch.chain, *columns(keys, 4))
    slots = [known[key].slot for key in ordered]
    return await connection.fetch(NEW_PROVISIONAL_KEYS, batch.chain, *columns(keys, 4), slots, batch.may_move)


async def _store_quarantined(connection: Connection, batch: Batch) -> None:
    if batch.quarantined:
        rows = [
            (p.slot, p.position, p.signature, p.reason, p.raw, p.block_time, p.last_slot)
            for p in batch.quarantined
        ]
        await connection.execute(INSERT_QUARANTINED, batch.chain, *columns(rows, 7))


def _key(activity: Activity) -> tuple[str, str, int]:
    return activity.signature, activity.wallet, activity.index


def _payload(activity: Activity) -> str:
    return msgspec.json.encode(activity).decode()
