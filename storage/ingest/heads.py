"""The newest slot of each chain, and the genesis hash by which it is known.

A new watch keeps that slot: activities up to it lead to no delivery for the watch, however late they are
found. A slot that is too low only leads to more deliveries.

The genesis hash is stored at the first start, so that no other chain is mixed in.
"""

from storage.postgres import Database

NOTE_HEAD = """
INSERT INTO heads (chain, slot) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET slot = excluded.slot, updated_at = now()
"""

NOTE_GENESIS = """
INSERT INTO chains (chain, genesis) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET chain = excluded.chain
RETURNING genesis
"""


async def note_head(database: Database, *, chain: str, slot: int) -> None:
    """Store the newest slot of the chain at the commitment of alerts.

    Args:
        database: one statement, committed by itself.
        chain: whose head.
        slot: as the node says; it may go back, when another node is asked.
    """
    await database.execute(NOTE_HEAD, chain, slot)


async def read_head(database: Database, *, chain: str) -> int | None:
    """The newest slot; None: no scanner stored one within a minute."""
    slot: int | None = await database.fetchval("SELECT head_of($1)", chain)
    return slot


async def note_genesis(database: Database, *, chain: str, genesis: str) -> str:
    """Store the genesis hash of a chain, unless one is stored already.

    Args:
        database: one statement, committed by itself.
        chain: the name by which rows are told apart.
        genesis: base58, as `getGenesisHash` answers.

    Returns:
        The stored hash: another than `genesis` if this is not the same chain.
    """
    noted: str = await database.fetchval(NOTE_GENESIS, chain, genesis)
    return noted
