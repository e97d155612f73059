"""Whale searches in PostgreSQL, and the addresses that they found."""

import logging
from dataclasses import dataclass

from domain.errors import QueueUnavailable
from domain.jobs import Queue, SearchStepPayload
from domain.whale_search import SLOTS_PER_STEP, Whale, WhaleSearch
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.replica import Replica
from storage.whales import addresses, searches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaleSearchStore:
    """Whale searches, whose steps are jobs."""

    database: Database
    replica: Replica
    queues: Queues
    chain: str

    async def start(
        self, *, update_id: int, by: int, chat_id: int, min_lamports: int, seconds: float
    ) -> WhaleSearch:
        """Start a search; answers the running search, which has another `update_id` if it ran already.

        Args:
            update_id: the update that asks; the same update starts a search once.
            by: the operator.
            chat_id: who reads its end.
            min_lamports: the amount from which a movement counts.
            seconds: how long the search runs.
        """
        new = searches.NewWhaleSearch(
            chain=self.chain,
            update_id=update_id,
            started_by=by,
            chat_id=chat_id,
            min_lamports=min_lamports,
            slots_per_step=SLOTS_PER_STEP,
            seconds=seconds,
        )
        search = await searches.start_search(self.database, new)
        if search.update_id == update_id:
            await self._wake(search)
        return search

    async def stop(self) -> WhaleSearch | None:
        """Stop the running search; None if there is none."""
        return await searches.stop_search(self.database, chain=self.chain)

    async def latest(self) -> WhaleSearch | None:
        """The running search, else the last one."""
        return await searches.latest_search(self.database, chain=self.chain)

    async def whales(self, *, limit: int, after: int = 0) -> list[Whale]:
        """The found addresses by volume, highest first, without the first `after`."""
        return await addresses.top_whales(self.database, chain=self.chain, limit=limit, after=after)

    async def export(self, *, limit: int) -> list[Whale]:
        """The found addresses for a file; from the replica, perhaps some seconds old."""
        return await self.replica.read(
            lambda database: addresses.top_whales(database, chain=self.chain, limit=limit)
        )

    async def count(self) -> int:
        """How many addresses were found."""
        return await addresses.count_whales(self.database, chain=self.chain)

    async def _wake(self, search: WhaleSearch) -> None:
        """Enqueue the first step; without Redis the dispatcher does so once the search is silent."""
        payload = SearchStepPayload(search_id=search.search_id, step_number=search.step_number)
        try:
            await self.queues.send(Queue.WHALE_SEARCH, payload)
        except QueueUnavailable as error:
            log.warning("Whale search %d waits for the dispatcher: %s", search.search_id, error)
