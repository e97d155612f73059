"""Reads which tokens the people of chats hold themselves, each address in turn and no oftener than needed."""

import logging
from functools import partial

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.balances import read_token_accounts
from chain.rpc.errors import Rejected, Skipped
from domain.errors import NodeUnavailable, Unavailable
from runtime.processes.lifecycle import Stop
from storage.chats.own_wallets import next_own_wallets, note_failed_read, save_own_tokens
from storage.coordination.leases import take_lease
from workers.process import Context

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
LEASE = "own tokens"
"""One worker reads; the others stand by."""
OLDER_THAN = 900.0
"""Seconds after which an address is read again."""
AT_ONCE = 2
"""Addresses of one round, two requests each: 2,880 an hour at most, and none while none is due."""


async def read_own_tokens(context: Context, stop: Stop) -> None:
    """Read repeatedly until the stop; an unavailable server costs one round."""
    while not stop.is_set():
        try:
            await read_once(context)
        except Unavailable as error:
            log.warning("Tokens that people hold are not read at present: %s", error)
        await stop.sleep(TICK_SECONDS)


async def read_once(context: Context) -> int:
    """Check the addresses whose turn it is, unless another worker does; return how many could be read.

    Raises:
        Unavailable: PostgreSQL is unavailable.
    """
    chain = context.settings.chain
    lease = partial(take_lease, context.database, name=LEASE, owner=context.owner)
    if await lease(seconds=4 * TICK_SECONDS) is None:
        return 0
    due = await next_own_wallets(context.database, chain=chain, older_than=OLDER_THAN, limit=AT_ONCE)
    return sum([await _read(context, address) for address in due])


async def _read(context: Context, address: str) -> bool:
    """Read one address; False: it cannot be read, and the others continue."""
    chain = context.settings.chain
    try:
        accounts = await read_token_accounts(context.nodes, address)
    except (NodeUnavailable, Rejected, Skipped) as error:
        log.warning("Tokens of %s cannot be read at present: %s", address, error)
        await note_failed_read(context.database, chain=chain, address=address)
        return False
    money = quote_mints_of(context.settings.quote_mints)
    mints = {one.holding.mint for one in accounts if one.holding.raw > 0} - money
    await save_own_tokens(context.database, chain=chain, address=address, mints=sorted(mints))
    return True
