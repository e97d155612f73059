"""Transactions that led to alerts before they were confirmed: kept until they are, or are reverted.

A transaction that died may land again later, for as long as its blockhash is good. Its activity is deleted
with its key, so that it is stored anew then, with a new alert. The old alert stays and says that it was
reverted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from storage.postgres import Connection, Database, columns

NOTE = """
INSERT INTO provisional (chain, signature, slot)
SELECT $1, * FROM unnest($2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
"""

CONFIRM = "DELETE FROM provisional WHERE chain = $1 AND signature = ANY($2::text[])"

OPEN = """
SELECT signature, slot FROM provisional
WHERE chain = $1 AND noted_at < now() - make_interval(secs => $2) ORDER BY noted_at LIMIT $3
"""

# Whoever deletes the row decides: a confirmation and a revert at the same time wait for each other here.
DELETE = "DELETE FROM provisional WHERE chain = $1 AND signature = $2 RETURNING slot"

MARK = """
UPDATE alerts SET reverted_at = now()
WHERE payload->>'signature' = $2 AND chain = $1 AND reverted_at IS NULL RETURNING alert_id
"""

FORGET = (
    "DELETE FROM activities WHERE chain = $1 AND signature = $2",
    "DELETE FROM activity_keys WHERE chain = $1 AND signature = $2",
    "DELETE FROM dollar_prices WHERE chain = $1 AND signature = $2",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """A transaction that may still die with its fork."""

    signature: str
    slot: int
    """Where it was seen."""


async def note_provisional(connection: Connection, chain: str, slots: Mapping[str, int]) -> None:
    """Store signatures that were seen in these slots and are not confirmed."""
    if slots:
        await connection.execute(NOTE, chain, *columns(sorted(slots.items()), 2))


async def confirm_provisional(connection: Connection, chain: str, signatures: Collection[str]) -> None:
    """Store that these are confirmed, within a transaction.

    Call it before anything else of them is stored: it waits for a revert of one of them at the same time.
    """
    await connection.execute(CONFIRM, chain, list(signatures))


async def confirm(database: Database, *, chain: str, signatures: Sequence[str]) -> None:
    """Store that these are confirmed."""
    if signatures:
        await database.execute(CONFIRM, chain, list(signatures))


async def open_provisional(
    database: Database, *, chain: str, older_than: float, limit: int
) -> list[Provisional]:
    """Transactions that are not confirmed for so many seconds, the oldest first."""
    rows = await database.fetch(OPEN, chain, older_than, limit)
    return [Provisional(**dict(row)) for row in rows]


async def revert(database: Database, *, chain: str, signature: str) -> int:
    """Delete the activities of a transaction that died with its fork, and mark its alerts; how many.

    It is 0 if the transaction was confirmed or reverted meanwhile.
    """

    async def work(connection: Connection) -> int:
        if await connection.fetchval(DELETE, chain, signature) is None:
            return 0
        alerts = await connection.fetch(MARK, chain, signature)
        for statement in FORGET:
            await connection.execute(statement, chain, signature)
        return len(alerts)

    return await database.transaction(work)
