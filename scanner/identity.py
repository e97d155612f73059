"""Whether the nodes are on the chain that the database speaks of: asked once, at the start."""

from chain.rpc_reads import Rpc, genesis_hash
from domain.errors import Misconfigured
from storage.chains import note_genesis
from storage.postgres import Database


async def check_chain(rpc: Rpc, database: Database, *, chain: str) -> None:
    """Note the genesis hash of a chain seen for the first time; refuse another chain under the same name.

    Raises:
        Misconfigured: the nodes are on another chain; the text says what to do.
        NodeUnavailable: no node answered.
    """
    told = await genesis_hash(rpc)
    noted = await note_genesis(database, chain=chain, genesis=told)
    if told != noted:
        raise Misconfigured(
            f"RPC_URLS lead to a chain with the genesis hash {told}, but what is stored under CHAIN={chain}"
            f" is of {noted}. Mend RPC_URLS, or give the other chain a name of its own in CHAIN."
        )
