"""How far each chain is, as scanners see it: what a new watch is too late for.

A watch notes the slot that was the newest when it was made; what happened up to that slot is not told to it,
however late it is found. A number that is too low only tells more.
"""

from storage.postgres import Database

NOTE = """
INSERT INTO heads (chain, slot) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET slot = excluded.slot, updated_at = now()
"""

READ = "SELECT slot FROM heads WHERE chain = $1 AND updated_at > now() - interval '1 minute'"
"""What is older says nothing: the chain may have begun anew meanwhile."""


async def note_head(database: Database, *, chain: str, slot: int) -> None:
    """The newest slot of the chain that is as firm as alerts are to be."""
    await database.execute(NOTE, chain, slot)


async def read_head(database: Database, *, chain: str) -> int | None:
    """The newest slot; None: no scanner has told of late."""
    slot: int | None = await database.fetchval(READ, chain)
    return slot
