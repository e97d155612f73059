"""The SOL of followed wallets, read in turn, and large changes for which an explanation is looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from domain.activity.activity import Activity
from domain.activity.amounts import SolReading
from storage.postgres import Connection, Database, Row, affected, columns

MAX_ACTIVITIES = 500
"""Of one wallet between two readings; with more, nothing is concluded."""

# The wallets whose reading is oldest. One that nobody follows any more is not read again.
NEXT = """
SELECT wallets.wallet_id, address, lamports, slot
FROM wallets LEFT JOIN sol_readings USING (wallet_id)
WHERE chain = $1 AND EXISTS (SELECT FROM watches WHERE watches.wallet_id = wallets.wallet_id)
ORDER BY read_at NULLS FIRST, wallets.wallet_id LIMIT $2
"""

# A reading of an earlier slot than the stored one changes nothing: nodes are not equally far.
SAVE = """
INSERT INTO sol_readings (wallet_id, lamports, slot)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
ON CONFLICT (wallet_id) DO UPDATE SET
    lamports = CASE WHEN excluded.slot >= sol_readings.slot
                    THEN excluded.lamports ELSE sol_readings.lamports END,
    slot = greatest(excluded.slot, sol_readings.slot), read_at = now()
"""

NOTE_CHANGES = """
INSERT INTO sol_changes (wallet_id, from_slot, from_lamports, to_slot, to_lamports)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
ON CONFLICT DO NOTHING
"""

OPEN_CHANGES = """
SELECT wallet_id, address, from_slot, from_lamports, to_slot, to_lamports
FROM sol_changes JOIN wallets USING (wallet_id)
WHERE chain = $1 AND decided_at IS NULL AND to_slot <= $2 ORDER BY noted_at LIMIT 20
"""

DECIDE = """
UPDATE sol_changes SET decided_at = now(), result = $3
WHERE wallet_id = $1 AND to_slot = $2 AND decided_at IS NULL
"""

BETWEEN = """
SELECT payload FROM activities
WHERE chain = $1 AND wallet = $2 AND slot > $3 AND slot <= $4 AND block_time > now() - interval '3 days'
ORDER BY block_time DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedWallet:
    """A wallet whose turn it is, and its last reading."""

    wallet_id: int
    address: str
    before: SolReading | None
    """None: it was never read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolChange:
    """A large change between two readings."""

    wallet_id: int
    address: str
    before: SolReading
    after: SolReading


async def next_wallets(database: Database, *, chain: str, limit: int) -> list[FollowedWallet]:
    """Followed wallets whose reading is oldest.

    Args:
        database: it is only read.
        chain: of the wallets.
        limit: how many at most, those never read first.
    """
    return [_followed(row) for row in await database.fetch(NEXT, chain, limit)]


async def save_readings(
    database: Database, readings: Mapping[int, SolReading], changes: Sequence[SolChange]
) -> None:
    """Store new readings by wallet, and the large changes among them, together.

    Args:
        database: one transaction, so that no change is lost between two readings.
        readings: lamports and slot by wallet id; one from an older slot than the stored one changes nothing.
        changes: between the reading before and this one; one that is noted already stays.
    """
    rows = [(wallet_id, one.lamports, one.slot) for wallet_id, one in sorted(readings.items())]
    noted = [
        (one.wallet_id, one.before.slot, one.before.lamports, one.after.slot, one.after.lamports)
        for one in changes
    ]

    async def work(connection: Connection) -> None:
        await connection.execute(SAVE, *columns(rows, 3))
        if noted:
            await connection.execute(NOTE_CHANGES, *columns(noted, 5))

    if rows:
        await database.transaction(work)


async def open_changes(database: Database, *, chain: str, upto: int) -> list[SolChange]:
    """Changes that nobody has decided, up to a slot to which the feed is complete.

    Args:
        database: it is only read.
        chain: of the wallets.
        upto: a slot; what ended later may still be explained by an activity that comes.
    """
    return [_change(row) for row in await database.fetch(OPEN_CHANGES, chain, upto)]


async def decide_change(database: Database, change: SolChange, result: str) -> bool:
    """Store what came of it; False: another worker has.

    Args:
        database: one statement, committed by itself.
        change: as `open_changes` returned it.
        result: one word, for operators.
    """
    return affected(await database.execute(DECIDE, change.wallet_id, change.after.slot, result)) > 0


async def activities_between(database: Database, *, chain: str, change: SolChange) -> list[Activity] | None:
    """Return what the wallet was seen to do between the readings; None: too much to conclude anything.

    Args:
        database: it is only read.
        chain: of the wallet.
        change: its slots, the first exclusive, and its wallet.
    """
    rows = await database.fetch(
        BETWEEN, chain, change.address, change.before.slot, change.after.slot, MAX_ACTIVITIES
    )
    if len(rows) == MAX_ACTIVITIES:
        return None
    return [msgspec.json.decode(row["payload"], type=Activity) for row in rows]


def _followed(row: Row) -> FollowedWallet:
    has_reading = row["slot"] is not None
    before = SolReading(lamports=row["lamports"], slot=row["slot"]) if has_reading else None
    return FollowedWallet(wallet_id=row["wallet_id"], address=row["address"], before=before)


def _change(row: Row) -> SolChange:
    return SolChange(
        wallet_id=row["wallet_id"],
        address=row["address"],
        before=SolReading(lamports=row["from_lamports"], slot=row["from_slot"]),
        after=SolReading(lamports=row["to_lamports"], slot=row["to_slot"]),
    )
