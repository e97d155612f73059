"""What a scanner publishes besides alerts: how far the chain is, and new versions of transactions."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from chain.rpc.pool import RpcPool
from domain.errors import Unavailable
from runtime.observability.metrics import rpc_transaction_version
from scanner.reconcile.chain_head import ChainHead
from storage.admin.discoveries import discover
from storage.ingest.heads import note_head
from storage.postgres import Database

log = logging.getLogger(__name__)

PUBLISH_SECONDS = 0.5
KNOWN_VERSION = 1
"""The newest transaction version that this program was made for."""
NEW_VERSION = (
    "Transactions of version {version} have appeared on the chain. Nodes are asked for them since, and"
    " nothing is passed over; look whether any is in quarantine, and for an update of this program."
)


@dataclass(slots=True, kw_only=True)
class StatusPublisher:
    """Publishes again and again; a database that is away only delays it."""

    database: Database
    rpc: RpcPool
    head: ChainHead
    chain: str
    pushed_slot: Callable[[], int] = lambda: 0
    """The newest slot that streams named; 0: none did."""
    _published: int = 0
    _version: int = KNOWN_VERSION

    async def run(self) -> None:
        """Publish what is new, for ever."""
        while True:
            try:
                await self.publish()
            except Unavailable as error:
                log.info("The newest slot is not published: %s", error)
            await asyncio.sleep(PUBLISH_SECONDS)

    async def publish(self) -> None:
        """Store what is new.

        Raises:
            Unavailable: publish it again.
        """
        slot, version = self._agreed(), self.rpc.transaction_version
        rpc_transaction_version.set(version)
        if slot != self._published:
            await note_head(self.database, chain=self.chain, slot=slot)
            self._published = slot
        if version > self._version:
            sentence = NEW_VERSION.format(version=version)
            await discover(
                self.database, chain=self.chain, about=f"transaction version {version}", sentence=sentence
            )
            log.warning("%s", sentence)
            self._version = version

    def _agreed(self) -> int:
        """The lower of what nodes and streams say: too high a slot would silence new watches."""
        pushed = self.pushed_slot()
        return min(self.head.slot, pushed) if pushed else self.head.slot
