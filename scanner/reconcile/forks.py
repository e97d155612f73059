"""Follows what was sent before it was confirmed (COMMITMENT=processed), until it stands or has died.

The reconciliation confirms most of it within a second or two, and it never comes here. Of the rest a node is
asked. A transaction has died with its fork when its slot lies behind the finalized ones and two answers, if
possible of two nodes, know nothing of it; or when it landed again and failed. Until then it may land again in
another slot, and then it stands.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from enum import Enum

from chain.rpc.blocks import current_slot
from chain.rpc.errors import Rejected
from chain.rpc.pool import RpcPool
from chain.rpc.statuses import MAX_SIGNATURES, SignatureStatus, signature_statuses
from domain.errors import Unavailable
from runtime.observability.metrics import alerts_reverted
from storage.ingest.provisional import Provisional, confirm, open_provisional, revert
from storage.postgres import Database

log = logging.getLogger(__name__)

GRACE_SECONDS = 5.0
"""How long the reconciliation has to confirm them."""
PAUSE_SECONDS = 2.0
MIN_UNKNOWN = 2
"""So often a transaction must be unknown before it counts as dead."""


class Verdict(Enum):
    """What is known of a transaction."""

    STANDS = "stands"
    WAITS = "waits"
    UNKNOWN = "unknown"
    """This node does not know it, and should."""
    FAILED = "failed"
    """It landed in another block, and failed there."""


def judge(slot: int, status: SignatureStatus | None, *, seen_to: int, final: int) -> Verdict:
    """What a node's answer means for a transaction that was seen in `slot`.

    Args:
        slot: where it was seen.
        status: what the node says of it; None: it knows nothing of it.
        seen_to: the slot that this node had come to.
        final: the newest finalized slot.
    """
    if status is None:
        return Verdict.UNKNOWN if slot <= final <= seen_to else Verdict.WAITS
    if status.is_processed:
        return Verdict.WAITS
    return Verdict.FAILED if status.failed else Verdict.STANDS


class Forks:
    """Follows what is provisional, for ever."""

    def __init__(
        self,
        rpc: RpcPool,
        database: Database,
        *,
        chain: str,
        grace_seconds: float = GRACE_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._rpc = rpc
        self._database = database
        self._chain = chain
        self._grace = grace_seconds
        self._pause = pause_seconds
        self._unknown: Counter[str] = Counter()
        self._passes = 0

    async def run(self) -> None:
        """Check for ever; servers that are away only cost time."""
        while True:
            try:
                await self.check()
            except (Unavailable, Rejected) as error:
                log.warning("What is not confirmed is left open: %s", error)
            await asyncio.sleep(self._pause)

    async def check(self) -> int:
        """Ask once for what is open; how many transactions were reverted.

        Raises:
            Unavailable: a server did not answer; nothing is decided by that.
            Rejected: no node answers such a question.
        """
        opened = await open_provisional(
            self._database, chain=self._chain, older_than=self._grace, limit=MAX_SIGNATURES
        )
        if not opened:
            self._unknown.clear()
            return 0
        verdicts = await self._verdicts(opened)
        stands = [one.signature for one in opened if verdicts[one.signature] is Verdict.STANDS]
        await confirm(self._database, chain=self._chain, signatures=stands)
        dead = [one for one in opened if self._has_died(one.signature, verdicts[one.signature])]
        for one in dead:
            await self._revert(one)
        return len(dead)

    async def _verdicts(self, opened: Sequence[Provisional]) -> dict[str, Verdict]:
        """Judge each; every pass leaves out another node, so that two answers are not one node's word."""
        names = self._rpc.names
        self._passes += 1
        avoid = {names[self._passes % len(names)]} if len(names) > 1 else set[str]()
        final = await current_slot(self._rpc, commitment="finalized")
        answer = await signature_statuses(self._rpc, [one.signature for one in opened], avoid=avoid)
        return {
            one.signature: judge(one.slot, status, seen_to=answer.slot, final=final)
            for one, status in zip(opened, answer.statuses, strict=True)
        }

    def _has_died(self, signature: str, verdict: Verdict) -> bool:
        if verdict is not Verdict.UNKNOWN:
            self._unknown.pop(signature, None)
            return verdict is Verdict.FAILED
        self._unknown[signature] += 1
        return self._unknown[signature] >= MIN_UNKNOWN

    async def _revert(self, one: Provisional) -> None:
        self._unknown.pop(one.signature, None)
        count = await revert(self._database, chain=self._chain, signature=one.signature)
        alerts_reverted.inc(count)
        log.warning("A transaction of slot %d died with its fork; %d alerts are taken back", one.slot, count)
