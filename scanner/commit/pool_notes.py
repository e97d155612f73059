"""Caches what pool accounts state beyond their swaps; read once a pool is traded.

No trade waits for it. The first trade of such a pool is told by what was exchanged; those that follow have
the price after the trade and the impact, too.

Since 30 September 2026 the price of PumpSwap's pools counts a virtual reserve beside the vault, which may be
below zero (`pump-public-docs`). Pools that concentrate liquidity say how much of it lies at their price.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial

from chain.market.pool_accounts import read_pool
from chain.market.pools import PUMP_SWAP, PoolNote
from chain.parsing.accounts import AccountData
from domain.errors import Undecodable
from runtime.clock import monotonic
from runtime.periodic import run_periodically

log = logging.getLogger(__name__)

READ_SECONDS = 20.0
"""Between two questions, each for all pools that were traded meanwhile."""
KNOWN_SECONDS = 300.0
"""How long a note is believed; what a trade shows of its pool must fit it in any case."""
MAX_POOLS = 10_000
"""Remembered; beyond, all are forgotten and read again."""
MAX_WANTED = 100
"""Pools in one question."""


ReadAccounts = Callable[[Sequence[str]], Awaitable[Mapping[str, AccountData]]]


class PoolNotes(Mapping[str, PoolNote]):
    """By pool, what its account said; a pool that is looked up without success is read soon."""

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        """Create it.

        Args:
            clock: seconds that only grow.
        """
        self._clock = clock
        self._known: dict[str, tuple[PoolNote, float]] = {}
        self._wanted: dict[str, None] = {}

    def __getitem__(self, pool: str) -> PoolNote:
        """Return what is known of a pool.

        Raises:
            KeyError: nothing is, or no longer; it is read with the next question.
        """
        note, until = self._known.get(pool, (_NOTHING, 0.0))
        if until <= self._clock():
            if len(self._wanted) < MAX_POOLS:
                self._wanted[pool] = None
            raise KeyError(pool)
        return note

    def __iter__(self) -> Iterator[str]:
        """The pools that were read."""
        return iter([*self._known])

    def __len__(self) -> int:
        """Return how many were read."""
        return len(self._known)

    async def run(self, read: ReadAccounts) -> None:
        """Read repeatedly what is wanted until cancelled."""
        await run_periodically(
            partial(self.read_wanted, read),
            seconds=READ_SECONDS,
            log=log,
            delayed="Accounts of pools are not known at present: %s",
        )

    async def read_wanted(self, read: ReadAccounts) -> None:
        """Read what was looked up without success, up to `MAX_WANTED` pools.

        Raises:
            Unavailable: every node is unavailable; the pools stay wanted.
        """
        pools = [*self._wanted][:MAX_WANTED]
        if not pools:
            return
        accounts = await read(pools)
        if len(self._known) > MAX_POOLS:
            self._known.clear()
        for pool in pools:
            self._wanted.pop(pool, None)
            note = _note(accounts.get(pool))
            if note is not None:
                self._known[pool] = note, self._clock() + KNOWN_SECONDS


_NOTHING = PoolNote()


def _note(account: AccountData | None) -> PoolNote | None:
    """Return what the account says; None: it is no such pool."""
    if account is None:
        return None
    try:
        state = read_pool(account.data, owner=account.owner)
    except (Undecodable, ValueError, ArithmeticError):
        return None
    return PoolNote(
        virtual_quote=state.corrections[1] if state.program == PUMP_SWAP else 0, liquidity=state.liquidity
    )
