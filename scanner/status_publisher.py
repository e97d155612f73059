"""What a scanner tells others besides alerts: how far the chain is, and new versions of transactions."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from chain.rpc.pool import RpcPool
from domain.errors import Unavailable
from runtime.observability.metrics import rpc_transaction_version
from scanner.reconcile.reconciler import Reconciler
from storage.admin.discoveries import discover
from storage.ingest.heads import note_head
from storage.postgres import Database

log = logging.getLogger(__name__)

TELL_SECONDS = 0.5
KNOWN_VERSION = 1
"""The newest transaction version that this program was made for."""
NEW_VERSION = (
    "Transactions of version {version} have appeared on the chain. Nodes are asked for them since, and"
    " nothing is passed over; look whether any is in quarantine, and for an update of this program."
)


@dataclass(slots=True, kw_only=True)
class StatusPublisher:
    """Tells it, again and again; a database that is away only delays it."""

    database: Database
    rpc: RpcPool
    blocks: Reconciler
    chain: str
    heard: Callable[[], int] = lambda: 0
    """The newest slot that streams heard of; 0: none did."""
    _head: int = 0
    _version: int = KNOWN_VERSION

    async def run(self) -> None:
        """Tell what is new, for ever."""
        while True:
            try:
                await self.tell()
            except Unavailable as error:
                log.info("The newest slot is not told: %s", error)
            await asyncio.sleep(TELL_SECONDS)

    async def tell(self) -> None:
        """Store what is new.

        Raises:
            Unavailable: it is to be told again.
        """
        head, version = self._agreed(), self.rpc.transaction_version
        rpc_transaction_version.set(version)
        if head != self._head:
            await note_head(self.database, chain=self.chain, slot=head)
            self._head = head
        if version > self._version:
            sentence = NEW_VERSION.format(version=version)
            await discover(
                self.database, chain=self.chain, about=f"transaction version {version}", sentence=sentence
            )
            log.warning("%s", sentence)
            self._version = version

    def _agreed(self) -> int:
        """What was asked for or heard, whichever is lower: too high a slot would silence new watches."""
        heard = self.heard()
        return min(self.blocks.head, heard) if heard else self.blocks.head
