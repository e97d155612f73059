"""Checks at the start that the nodes are on the chain that the database knows; waits until a node answers."""

import asyncio
import logging
import random

from chain.rpc.blocks import Rpc, genesis_hash
from domain.errors import DatabaseUnavailable, Misconfigured, NodeUnavailable, WhaleWatcherError
from runtime.processes.backoff import Backoff
from runtime.processes.lifecycle import Stop
from storage.coordination.heartbeat import Heartbeat
from storage.ingest.chains import note_genesis
from storage.postgres import Database

log = logging.getLogger(__name__)

_BACKOFF = Backoff(first_wait=0.5, factor=2.0, max_wait=10.0)


async def wait_for_check(
    rpc: Rpc, database: Database, stop: Stop, *, chain: str, heartbeat: Heartbeat | None = None
) -> bool:
    """Repeat `check_chain` until a node answers; False: the stop came first.

    Args:
        rpc: the nodes.
        database: knows the chain.
        stop: ends the wait.
        chain: its name.
        heartbeat: beats meanwhile, so that operators see what is waited for.

    Raises:
        Misconfigured: the nodes are on another chain; the text says what to do.
        DatabaseUnavailable: PostgreSQL does not answer.
    """
    async with asyncio.TaskGroup() as group:
        checking = group.create_task(_check_until_answered(rpc, database, chain))
        stopping = group.create_task(stop.wait())
        beating = group.create_task(heartbeat.run(stop) if heartbeat else stop.wait())
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (checking, stopping, beating):
            task.cancel()
    if checking.cancelled():
        return False
    if (mistake := checking.result()) is not None:
        raise mistake
    return True


async def _check_until_answered(rpc: Rpc, database: Database, chain: str) -> WhaleWatcherError | None:
    failures = 0
    while True:
        try:
            await check_chain(rpc, database, chain=chain)
        except NodeUnavailable as error:
            failures += 1
            log.warning(
                "No node says which chain it is on, so nothing is read yet; check RPC_URLS: %s", error
            )
            await asyncio.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries
        except (Misconfigured, DatabaseUnavailable) as error:
            return error
        else:
            return None


async def check_chain(rpc: Rpc, database: Database, *, chain: str) -> None:
    """Store the genesis hash of a chain that is new; refuse another chain under the same name.

    Raises:
        Misconfigured: the nodes are on another chain; the text says what to do.
        NodeUnavailable: no node answered.
    """
    current = await genesis_hash(rpc)
    stored = await note_genesis(database, chain=chain, genesis=current)
    if current != stored:
        raise Misconfigured(
            f"RPC_URLS lead to a chain with the genesis hash {current}, but what is stored under"
            f" CHAIN={chain}"
            f" is of {stored}. Mend RPC_URLS, or give the other chain a name of its own in CHAIN."
        )
