"""The genesis hash of each chain, stored at the first start, so that no other chain is mixed in."""

from storage.postgres import Database

NOTE = """
INSERT INTO chains (chain, genesis) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET chain = excluded.chain
RETURNING genesis
"""


async def note_genesis(database: Database, *, chain: str, genesis: str) -> str:
    """Store the genesis hash of a chain, unless one is stored already.

    Returns:
        The stored hash: another than `genesis` if this is not the same chain.
    """
    noted: str = await database.fetchval(NOTE, chain, genesis)
    return noted
