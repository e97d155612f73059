"""How far the chain has come: as pushed blocks say, else as a node says when it is asked."""

import asyncio
import contextlib

from chain.rpc.blocks import Rpc, at_least_confirmed, current_slot
from domain.errors import Unavailable
from runtime.clock import monotonic
from scanner.reconcile.block_buffer import BlockBuffer
from storage.ingest.outages import NEAR_SLOTS

ASK_SECONDS = 1.0
"""How often a node is asked while nothing is due, and how long it may take to verify a pushed head."""
VERIFY_SECONDS = 5.0
"""How often a node is asked to verify pushed heads, until one answers."""


class ChainHead:
    """The newest slot of our commitment, and when it was known."""

    def __init__(
        self, rpc: Rpc, buffer: BlockBuffer, *, commitment: str, blind_seconds: float | None
    ) -> None:
        """Begin without knowing anything.

        Args:
            rpc: the nodes.
            buffer: what streams pushed.
            commitment: of the slots.
            blind_seconds: see `SyncConfig`. A process that stood still for half of it does not trust pushed
                blocks until a node has confirmed the head.
        """
        self.slot = 0
        """The newest slot that is known; 0: none is."""
        self.asked = float("-inf")
        """When a node named it, or a trusted stream pushed it, by the monotonic clock."""
        self._rpc = rpc
        self._buffer = buffer
        self._commitment = at_least_confirmed(commitment)
        self._trusted_seconds = (blind_seconds or float("inf")) / 2
        self._updated = monotonic()
        self._tried = float("-inf")
        self._unverified = False

    async def update(self, *, is_due: bool) -> None:
        """Find out how far the chain is.

        After this process stood still, pushed blocks may have waited in a socket's buffer, and do not show
        that there was an outage. Then a node has to say how far the chain is.

        Args:
            is_due: whether anything would be read now; else a node is asked now and then only.

        Raises:
            Unavailable: no stream pushed anything, and no node answered.
        """
        now = monotonic()
        self._unverified = self._unverified or now - self._updated > self._trusted_seconds
        self._updated = now
        pushed = self._buffer.head
        if pushed is None:
            if is_due or now - self.asked > ASK_SECONDS:
                self.slot = await self._ask()
                self.asked, self._unverified = now, False
            return
        self.slot = pushed
        if not self._unverified:
            self.asked = now
        elif now - self._tried > VERIFY_SECONDS:
            self._tried = now
            await self._verify(now, pushed)

    async def _verify(self, now: float, pushed: int) -> None:
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                asked = await self._ask()
            self.asked, self._unverified = now, False
            if asked > pushed + NEAR_SLOTS:  # else the streams will bring what lies between
                self.slot = asked

    async def _ask(self) -> int:
        return await current_slot(self._rpc, commitment=self._commitment)
