"""Which chain the rows of this database speak of: its genesis hash, noted at the first start."""

from storage.postgres import Database

NOTE = """
INSERT INTO chains (chain, genesis) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET chain = excluded.chain
RETURNING genesis
"""


async def note_genesis(database: Database, *, chain: str, genesis: str) -> str:
    """Remember the genesis hash of a chain seen for the first time.

    Returns:
        The hash that is remembered: another than `genesis` if this is not the chain it was.
    """
    noted: str = await database.fetchval(NOTE, chain, genesis)
    return noted
