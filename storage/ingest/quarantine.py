"""The quarantine: transactions and blocks that could not be decoded, kept raw until they can be."""

from dataclasses import dataclass

from storage.postgres import Database

WAITING = """
SELECT quarantine_id, slot, coalesce(last_slot, slot) AS last_slot, position, signature, reason, raw,
       block_time
FROM quarantine
WHERE chain = $1 AND decoded_at IS NULL AND quarantine_id > $2
ORDER BY quarantine_id LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A transaction, block or range of slots that waits to be decoded."""

    quarantine_id: int
    slot: int
    last_slot: int
    """The end of a range of slots; `slot` if it is one slot."""
    position: int
    """-1: a whole block or range; else one transaction."""
    signature: str | None
    reason: str
    """Why the last try to decode it failed."""
    raw: bytes
    """As the node gave it; empty: no node had the block."""
    block_time: int | None
    """Unix seconds; None: not known."""

    @property
    def is_transaction(self) -> bool:
        """Whether it is one transaction, not a block or a range of slots."""
        return self.position != -1


async def waiting(database: Database, *, chain: str, after: int = 0, limit: int = 100) -> list[Quarantined]:
    """Return what waits, the oldest first, beginning after the row `after`.

    Args:
        database: it is only read.
        chain: whose quarantine.
        after: a row number of the page before; 0: from the start.
        limit: how many at most, since `raw` may be large.
    """
    return [Quarantined(**dict(row)) for row in await database.fetch(WAITING, chain, after, limit)]


async def note_decoded(database: Database, quarantine_id: int) -> None:
    """Store that it was decoded, and that its activities are stored."""
    await database.execute(
        "UPDATE quarantine SET decoded_at = now(), tried_at = now() WHERE quarantine_id = $1", quarantine_id
    )


async def note_tried(database: Database, quarantine_id: int, reason: str) -> None:
    """Store that another try failed, because of `reason`.

    Args:
        database: one statement, committed by itself.
        quarantine_id: the row, which stays.
        reason: of this try, in the place of the one before.
    """
    await database.execute(
        "UPDATE quarantine SET tried_at = now(), reason = $2 WHERE quarantine_id = $1", quarantine_id, reason
    )
