"""Whale searches in PostgreSQL, and the addresses that they found."""

import logging
from dataclasses import dataclass

from domain.errors import QueueUnavailable
from domain.jobs import Queue, SearchStepPayload
from domain.positions.whale_scores import WhaleScore
from domain.whale_search import Whale, WhaleSearch
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.replica import Replica
from storage.whales import addresses, finds, scores, searches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaleSearchStore:
    """Whale searches, whose steps are jobs."""

    database: Database
    replica: Replica
    queues: Queues
    chain: str
    slots_per_step: int = 8
    """Blocks that one step reads at most: some megabytes each on a busy chain."""

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
            slots_per_step=self.slots_per_step,
            seconds=seconds,
        )
        search = await searches.start_search(self.database, new)
        if search.update_id == update_id:
            await self._wake(search)
        return search

    async def stop(self) -> WhaleSearch | None:
        """Stop the running search; None if there is none."""
        return await searches.stop_search(self.database, chain=self.chain)

    async def restart(self, *, seconds: float) -> WhaleSearch | None:
        """Let the last search continue at its last slot for this long; None: there is none, or it runs."""
        search = await searches.restart_search(self.database, chain=self.chain, seconds=seconds)
        if search is not None:
            await self._wake(search)
        return search

    async def set_card_message(self, search_id: int, chat_id: int, message_id: int) -> None:
        """Let this message show how a search is from now on.

        Args:
            search_id: the search.
            chat_id: where the message stands.
            message_id: of Telegram.
        """
        await searches.set_card_message(self.database, search_id, chat_id=chat_id, message_id=message_id)

    async def find(self, search_id: int | None) -> WhaleSearch | None:
        """The search of this number on this chain; without a number the latest."""
        if search_id is None:
            return await self.latest()
        search = await searches.read_search(self.database, search_id)
        return search if search is not None and search.chain == self.chain else None

    async def finds(self, search_id: int, *, limit: int, after: int = 0) -> list[Whale]:
        """What one search found by volume, highest first; from the replica, perhaps some seconds old.

        Args:
            search_id: any number; without such a search there are none.
            limit: how many at most.
            after: how many are passed over: those of the pages before.
        """
        return await self.replica.read(
            lambda database: finds.top_finds(database, search_id, limit=limit, after=after)
        )

    async def count_finds(self, search_id: int) -> int:
        """Return how many addresses one search found."""
        return await self.replica.read(lambda database: finds.count_finds(database, search_id))

    async def latest(self) -> WhaleSearch | None:
        """The running search, else the last one."""
        return await searches.latest_search(self.database, chain=self.chain)

    async def whales(self, *, limit: int, after: int = 0) -> list[Whale]:
        """The found addresses by volume, highest first, without the first `after`."""
        return await addresses.top_whales(self.database, chain=self.chain, limit=limit, after=after)

    async def best(self, *, limit: int, after: int = 0) -> list[tuple[Whale, WhaleScore | None]]:
        """The found addresses without the first `after`, those worth following first; None: not scored."""
        return await scores.best_whales(self.database, chain=self.chain, limit=limit, after=after)

    async def worth_following(self, *, limit: int) -> list[str]:
        """The addresses that are worth following, the best first."""
        return await scores.worth_following(self.database, chain=self.chain, limit=limit)

    async def scores(self, *, limit: int) -> dict[str, WhaleScore]:
        """What found addresses have made, gain or loss, those scored last; perhaps some seconds old."""
        return await self.replica.read(
            lambda database: scores.latest_scores(database, chain=self.chain, limit=limit)
        )

    async def export(self, *, limit: int) -> list[Whale]:
        """The found addresses for a file; from the replica, perhaps some seconds old."""
        return await self.replica.read(
            lambda database: addresses.top_whales(database, chain=self.chain, limit=limit)
        )

    async def count(self) -> int:
        """Return how many addresses were found."""
        return await addresses.count_whales(self.database, chain=self.chain)

    async def _wake(self, search: WhaleSearch) -> None:
        """Enqueue the first step; without Redis the dispatcher does so once the search is silent."""
        payload = SearchStepPayload(search_id=search.search_id, step_number=search.step_number)
        try:
            await self.queues.send(Queue.WHALE_SEARCH, payload)
        except QueueUnavailable as error:
            log.warning("Whale search %d waits for the dispatcher: %s", search.search_id, error)
