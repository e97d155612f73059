"""Provisional activities, reported by a stream alone: kept until a block or lookup decides.

Where that is the same, it is confirmed. Where it is something else, the alert is reverted, and the true
activity takes the key and leads to an alert of its own. So neither a transaction that died with its fork nor
one that was made up ever stands in the way of the true one, which may also land later.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.activity import Activity
from storage.postgres import Connection, Database, columns
from storage.sql_files import read_statement

MAX_MOVED_SLOTS = 300
"""How far behind its fork a transaction that was not confirmed lands again at most: its blockhash expires."""

# Whoever deletes the row decides: a confirmation and a revert at the same time wait for each other here.
RESOLVE = """
DELETE FROM provisional USING unnest($2::text[], $3::text[]) AS seen (signature, wallet)
WHERE chain = $1 AND provisional.signature = seen.signature AND provisional.wallet = seen.wallet
RETURNING provisional.signature, provisional.wallet, may_move
"""

STORED = """
SELECT signature, wallet, payload FROM activities
WHERE chain = $1 AND signature = ANY($2::text[]) AND wallet = ANY($3::text[])
"""

CONFIRM = "DELETE FROM provisional WHERE chain = $1 AND signature = ANY($2::text[])"

OPEN = """
SELECT signature, wallet, slot, may_move, noted_at FROM provisional
WHERE chain = $1 AND noted_at < now() - make_interval(secs => $2) ORDER BY noted_at LIMIT $3
"""

MAKE_PROVISIONAL = """
INSERT INTO provisional (chain, signature, wallet, slot)
SELECT $1, $2, $3, $4
WHERE EXISTS (SELECT FROM activity_keys WHERE chain = $1 AND signature = $2 AND wallet = $3)
ON CONFLICT DO NOTHING
"""

RESOLVED = """
SELECT asked AS signature, EXISTS (
    SELECT FROM alerts WHERE payload->>'signature' = asked AND alerts.chain = $1 AND reverted_at IS NOT NULL
) AS reverted
FROM unnest($2::text[]) AS asked
WHERE NOT EXISTS (SELECT FROM provisional WHERE provisional.chain = $1 AND provisional.signature = asked)
"""

DELETE = read_statement(__name__, "DELETE")

MARK = """
UPDATE alerts SET reverted_at = now()
FROM unnest($2::text[], $3::text[]) AS wrong (signature, wallet)
WHERE payload->>'signature' = wrong.signature AND payload->>'wallet' = wrong.wallet AND chain = $1
  AND payload->>'signature' = ANY($2::text[]) AND reverted_at IS NULL
RETURNING alert_id
"""

# An alert that was decided has told holdings what it moved; one that was not tells nothing once it is marked.
# The fan-out, too, locks all holdings it touches, then all positions, each in this order.
LOCK_HOLDINGS = """
SELECT FROM holdings
WHERE (chain, mint, wallet_id) IN (
    SELECT chain, leg->>'mint', wallet_id
    FROM alerts CROSS JOIN LATERAL jsonb_array_elements((payload->'paid') || (payload->'received')) AS leg
    WHERE alert_id = ANY($1::bigint[]) AND market IS NOT NULL)
ORDER BY chain COLLATE "C", mint COLLATE "C", wallet_id FOR NO KEY UPDATE
"""

UNDO_HOLDINGS = read_statement(__name__, "UNDO_HOLDINGS")

LOCK_POSITIONS = """
SELECT FROM positions
WHERE (chain, wallet_id, mint) IN (
    SELECT chain, wallet_id, leg->>'mint'
    FROM alerts CROSS JOIN LATERAL jsonb_array_elements(
        (payload->'paid') || (payload->'received') || coalesce(payload->'from_order', '[]')) AS leg
    WHERE alert_id = ANY($1::bigint[]) AND market IS NOT NULL)
ORDER BY chain, wallet_id, mint FOR NO KEY UPDATE
"""

REBUILD_POSITIONS = """
UPDATE positions SET stale_at = coalesce(stale_at, now())
FROM (SELECT DISTINCT chain, wallet_id, leg->>'mint' AS mint
      FROM alerts CROSS JOIN LATERAL jsonb_array_elements(
          (payload->'paid') || (payload->'received') || coalesce(payload->'from_order', '[]')) AS leg
      WHERE alert_id = ANY($1::bigint[]) AND market IS NOT NULL) AS moved
WHERE positions.chain = moved.chain AND positions.wallet_id = moved.wallet_id AND positions.mint = moved.mint
"""

_FORGET = """
DELETE FROM {table} USING unnest($2::text[], $3::text[]) AS wrong (signature, wallet)
WHERE chain = $1 AND {table}.signature = wrong.signature AND {table}.wallet = wrong.wallet
  AND {table}.signature = ANY($2::text[])
"""
FORGET = tuple(_FORGET.format(table=table) for table in ("activities", "activity_keys", "dollar_prices"))

# What a detector has taken may have been told: storage/patterns/reverts.py.
FORGET_SIGHTINGS = """
WITH gone AS (DELETE FROM pattern_sightings WHERE alert_id = ANY($1::bigint[]) RETURNING *)
INSERT INTO reverted_sightings (alert_id, wallet_id, chain, action, mint, at, party)
SELECT alert_id, wallet_id, chain, action, mint, at, party FROM gone WHERE NOT is_new
ON CONFLICT DO NOTHING
"""

Pair = tuple[str, str]
"""Signature and wallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """What a stream said of a wallet, and nothing has confirmed yet."""

    signature: str
    wallet: str
    slot: int
    """Where it was seen."""
    noted_at: datetime
    """When it was stored."""
    may_move: bool = False
    """Whether it was not confirmed, so that it may land again in a later slot."""


async def resolve_provisional(
    connection: Connection, chain: str, activities: Sequence[Activity], verified: Collection[Pair] = ()
) -> int:
    """Compare what streams said with what is true, within the transaction that stores the truth.

    Call it before anything else of these activities is stored: what is reverted here is new again then.

    Args:
        connection: in a transaction.
        chain: of the activities.
        activities: what is true.
        verified: signatures and wallets of which `activities` hold all that is true, perhaps nothing.

    Returns:
        How many alerts were reverted.
    """
    pairs = sorted({(one.signature, one.wallet) for one in activities}.union(verified))
    if not pairs:
        return 0
    open_rows = await connection.fetch(RESOLVE, chain, *columns(pairs, 2))
    if not open_rows:
        return 0
    may_move = {(row["signature"], row["wallet"]): row["may_move"] for row in open_rows}
    pushed = await _stored(connection, chain, list(may_move))
    true = _by_pair(activities)
    wrong = [pair for pair in may_move if not _same(pushed.get(pair, []), true.get(pair, []), may_move[pair])]
    return await _revert(connection, chain, wrong) if wrong else 0


async def confirm(database: Database, *, chain: str, signatures: Sequence[str]) -> None:
    """Store that these are confirmed as they were pushed.

    Args:
        database: one statement, committed by itself.
        chain: of the transactions.
        signatures: of a block at the commitment that counts.
    """
    if signatures:
        await database.execute(CONFIRM, chain, list(signatures))


async def open_provisional(
    database: Database, *, chain: str, older_than: float, limit: int
) -> list[Provisional]:
    """Return what nothing has confirmed within so many seconds, the oldest first.

    Args:
        database: it is only read.
        chain: whose activities.
        older_than: seconds since they were stored, so that a block has had time to come.
        limit: how many at most.
    """
    rows = await database.fetch(OPEN, chain, older_than, limit)
    return [Provisional(**dict(row)) for row in rows]


async def resolved_pushed(
    database: Database, *, chain: str, signatures: Collection[str]
) -> Mapping[str, bool]:
    """Return which of these are provisional no longer, and whether an alert of theirs was reverted.

    Args:
        database: it is only read.
        chain: of the transactions.
        signatures: of transactions that a stream pushed before a block had them.
    """
    rows = await database.fetch(RESOLVED, chain, list(signatures))
    return {row["signature"]: row["reverted"] for row in rows}


async def make_provisional(database: Database, *, chain: str, pair: Pair, slot: int) -> None:
    """Make what is stored of a wallet in a transaction provisional again: nodes contradict each other.

    Args:
        database: one statement, committed by itself.
        chain: of the transaction.
        pair: its signature, and the wallet's address.
        slot: of the block in which a node saw it.
    """
    await database.execute(MAKE_PROVISIONAL, chain, *pair, slot)


async def revert(database: Database, *, chain: str, absent: Collection[Pair]) -> int:
    """Delete what streams said of transactions that are not there, and mark its alerts; return how many.

    What was confirmed or reverted meanwhile, or is at this moment, is left as it is.

    Args:
        database: holds them.
        chain: of the transactions.
        absent: the transactions and the wallets of which they were said, each once.
    """

    async def work(connection: Connection) -> int:
        rows = await connection.fetch(DELETE, chain, *columns(sorted(absent), 2))
        wrong = [(row["signature"], row["wallet"]) for row in rows]
        return await _revert(connection, chain, wrong) if wrong else 0

    return await database.transaction(work)


async def _revert(connection: Connection, chain: str, wrong: Sequence[Pair]) -> int:
    alerts = await connection.fetch(MARK, chain, *columns(wrong, 2))
    if alerts:
        reverted = [row["alert_id"] for row in alerts]
        for statement in (LOCK_HOLDINGS, UNDO_HOLDINGS, LOCK_POSITIONS, REBUILD_POSITIONS, FORGET_SIGHTINGS):
            await connection.execute(statement, reverted)
    for statement in FORGET:
        await connection.execute(statement, chain, *columns(wrong, 2))
    return len(alerts)


async def _stored(
    connection: Connection, chain: str, pairs: Sequence[Pair]
) -> Mapping[Pair, Sequence[Activity]]:
    rows = await connection.fetch(STORED, chain, *columns(pairs, 2))
    return _by_pair([msgspec.json.decode(row["payload"], type=Activity) for row in rows])


def _by_pair(activities: Sequence[Activity]) -> Mapping[Pair, Sequence[Activity]]:
    found: dict[Pair, list[Activity]] = {}
    for one in sorted(activities, key=lambda activity: activity.index):
        found.setdefault((one.signature, one.wallet), []).append(one)
    return found


def _same(pushed: Sequence[Activity], true: Sequence[Activity], may_move: bool) -> bool:  # noqa: FBT001 - a fact
    """Return whether what was pushed is true, and its slot may be."""
    if [one.essence() for one in pushed] != [one.essence() for one in true]:
        return False
    farthest = MAX_MOVED_SLOTS if may_move else 0
    return all(
        not one.slot or 0 <= two.slot - one.slot <= farthest for one, two in zip(pushed, true, strict=True)
    )
