"""The newest slot of each chain, as scanners see it.

A new watch keeps it: activities up to that slot lead to no delivery for the watch, however late they are
found. A slot that is too low only leads to more deliveries.
"""

from storage.postgres import Database

NOTE = """
INSERT INTO heads (chain, slot) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET slot = excluded.slot, updated_at = now()
"""

READ = "SELECT slot FROM heads WHERE chain = $1 AND updated_at > now() - interval '1 minute'"
"""An older row is not used: the chain may have begun anew meanwhile."""


async def note_head(database: Database, *, chain: str, slot: int) -> None:
    """Store the newest slot of the chain at the commitment of alerts."""
    await database.execute(NOTE, chain, slot)


async def read_head(database: Database, *, chain: str) -> int | None:
    """The newest slot; None: no scanner stored one within a minute."""
    slot: int | None = await database.fetchval(READ, chain)
    return slot
