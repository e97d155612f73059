"""Tracks provisional activities until each is confirmed or reverted.

The reconciliation confirms most of it within a second or two, and it never comes here. Of the rest a node is
asked. What the node knows as confirmed is looked up, and counts as its block holds it, whatever the stream
said. A transaction is not there when its slot lies behind the node's and two answers, of two nodes where two
answer, know nothing of it; or when it landed and failed. One that was not confirmed (COMMITMENT=processed)
may land again in another slot, so its slot has to lie behind the finalized ones. What is older than all that
the nodes still have can be judged by nobody, and stands.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from enum import Enum

from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import current_slot, first_available_block, transaction
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import MAX_SIGNATURES, SignatureStatus, Statuses, signature_statuses
from chain.rpc.slot_bound import MIN_SLOT_SECONDS, NEAR_MARGIN_SLOTS
from domain.errors import Unavailable, Undecodable
from runtime import clock
from runtime.observability.metrics import alerts_reverted, ingest_streams_distrusted
from scanner.commit.committer import Decoder
from scanner.commit.provisional_limit import ProvisionalLimit
from storage.admin.operators import discover
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import Provisional, confirm, open_provisional, resolved_pushed, revert
from storage.postgres import Database

log = logging.getLogger(__name__)

GRACE_SECONDS = 3.0
"""How long the reconciliation has to confirm them."""
PAUSE_SECONDS = 1.0
MIN_UNKNOWN = 2
"""So many nodes must not know a transaction before it counts as not there; or one node, so many times."""
MAX_UNKNOWN = 4
"""So many answers of one node do, while no other answers."""
MAX_A_PASS = 2 * MAX_SIGNATURES
"""So many are asked for in a pass; no more are announced early (`ProvisionalLimit`)."""
CONCURRENT_LOOK_UPS = 8
REVERTED_AT_ONCE = 64
"""Transactions reverted in one go; the fan-out waits for what they changed."""
DISTRUSTED = (
    "The stream of {source} pushed a transaction that no block holds as it said. Its word alone tells nobody"
    " anything for an hour: what it pushes is asked for first. Check this node in WS_URLS."
)


class Verdict(Enum):
    """What is known of a transaction."""

    STANDS = "stands"
    WAITS = "waits"
    UNKNOWN = "unknown"
    """This node does not know it, and should."""
    PRUNED = "pruned"
    """It lies before everything that this node still has."""
    FAILED = "failed"
    """It landed in another block, and failed there."""


def was_current(one: Provisional, head: int) -> bool:
    """Return whether the chain may have been at this transaction's slot when a stream pushed it.

    Args:
        one: what was pushed.
        head: the slot that a node has come to now.
    """
    passed = max(0.0, (clock.now() - one.noted_at).total_seconds()) / MIN_SLOT_SECONDS
    return one.slot >= head - passed - NEAR_MARGIN_SLOTS


def judge(slot: int, status: SignatureStatus | None, *, seen_to: int, final: int) -> Verdict:
    """Return what a node's answer means for a transaction that was seen in `slot`.

    Args:
        slot: where it was seen.
        status: what the node says of it; None: it knows nothing of it.
        seen_to: the slot that this node had come to.
        final: the newest slot in which nothing changes any more.
    """
    if status is None:
        return Verdict.UNKNOWN if slot <= final <= seen_to else Verdict.WAITS
    if status.is_processed:
        return Verdict.WAITS
    return Verdict.FAILED if status.failed else Verdict.STANDS


class Forks:
    """Follows what is provisional until cancelled.

    Args:
        rpc: each of its nodes is asked what became of a transaction.
        database: what is reverted is reverted here, with its corrections.
        decoder: names the chain, and decodes what a block holds instead of what a stream said.
        early: learns which stream claimed what did not last.
        grace_seconds: how long the reconciliation has to confirm them.
        pause_seconds: between two passes.
    """

    def __init__(
        self,
        rpc: RpcPool,
        database: Database,
        decoder: Decoder,
        early: ProvisionalLimit,
        *,
        grace_seconds: float = GRACE_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._rpc = rpc
        self._database = database
        self._decoder = decoder
        self._early = early
        self._grace = grace_seconds
        self._pause = pause_seconds
        self._unknown: defaultdict[Provisional, list[str]] = defaultdict(list)
        """Who did not know what, as often as it was asked."""
        self._pruned: defaultdict[Provisional, list[str]] = defaultdict(list)
        """Who has nothing left of the time of what, as often as it was asked."""
        self._passes = 0

    async def run(self) -> None:
        """Check until cancelled; unavailable servers only cost time."""
        while True:
            try:
                await self.check()
                await self.resolve_pushed()
            except (Unavailable, Rejected, Skipped) as error:
                log.warning("Provisional activities stay open: %s", error)
            await asyncio.sleep(self._pause)

    async def check(self) -> int:
        """Ask once for what is open; return how many transactions were found not to be there.

        Raises:
            Unavailable: a server did not answer; nothing is decided by that.
            Rejected, Skipped: no node answers such a question.
        """
        opened = await open_provisional(
            self._database, chain=self._decoder.chain, older_than=self._grace, limit=MAX_A_PASS
        )
        for asked in (self._unknown, self._pruned):
            for old in asked.keys() - set(opened):
                del asked[old]
        if not opened:
            return 0
        name = self._next_node()
        verdicts = dict(await self._verdicts(opened, name))
        reverted = await self._revert_absent(opened, verdicts, name)
        await self._keep_pruned(opened, verdicts, name)
        landed = [one for one in opened if verdicts[one] is Verdict.STANDS]
        for start in range(0, len(landed), CONCURRENT_LOOK_UPS):
            part = landed[start : start + CONCURRENT_LOOK_UPS]
            found = await asyncio.gather(*(self._looked_up(one, name) for one in part))
            verdicts = dict(zip(part, found, strict=True))
            reverted += await self._revert_absent(part, verdicts, name)
        return reverted

    async def _revert_absent(
        self, opened: Sequence[Provisional], verdicts: Mapping[Provisional, Verdict], name: str
    ) -> int:
        """Revert what counts as not there by these verdicts; return how many that were."""
        absent = [one for one in opened if self._is_absent(one, verdicts[one], name)]
        for start in range(0, len(absent), REVERTED_AT_ONCE):
            await self._revert(absent[start : start + REVERTED_AT_ONCE])
        return len(absent)

    async def resolve_pushed(self) -> None:
        """Make room for hints in place of those that were confirmed or reverted, and see who was wrong.

        Raises:
            DatabaseUnavailable: they stay open.
        """
        checked = self._early.to_check()
        if not checked:
            return
        resolved = await resolved_pushed(self._database, chain=self._decoder.chain, signatures=checked)
        wrong = {signature for signature, reverted in resolved.items() if reverted}
        for source in self._early.resolve(resolved.keys(), wrong=wrong):
            ingest_streams_distrusted.labels(source).inc()
            sentence = DISTRUSTED.format(source=source or "a node")
            log.error("%s", sentence)
            await discover(
                self._database,
                chain=self._decoder.chain,
                about=f"distrusted stream {source}",
                sentence=sentence,
            )

    def _next_node(self) -> str:
        """Each pass asks another node alone, so that two answers are not one node's claim."""
        self._passes += 1
        return self._rpc.names[self._passes % len(self._rpc.names)]

    def _others(self, name: str) -> Collection[str]:
        return [other for other in self._rpc.names if other != name]

    async def _verdicts(self, opened: Sequence[Provisional], name: str) -> Mapping[Provisional, Verdict]:
        others = self._others(name)
        final = {
            may_move: await current_slot(
                self._rpc, commitment="finalized" if may_move else "confirmed", avoid=others
            )
            for may_move in {one.may_move for one in opened}
        }
        found: dict[Provisional, Verdict] = {}
        for start in range(0, len(opened), MAX_SIGNATURES):
            part = opened[start : start + MAX_SIGNATURES]
            answer = await signature_statuses(self._rpc, [one.signature for one in part], avoid=others)
            for one, status in zip(part, answer.statuses, strict=True):
                found[one] = self._judge(one, status, answer, final[one.may_move])
        unknown = [
            one
            for one, verdict in found.items()
            if verdict is Verdict.UNKNOWN and was_current(one, final[one.may_move])
        ]
        first = await self._first_available(others) if unknown else 0
        return found | {one: Verdict.PRUNED for one in unknown if one.slot < first}

    async def _first_available(self, others: Collection[str]) -> int:
        """The first slot of which the node has anything; 0 where it does not say."""
        try:
            return await first_available_block(self._rpc, avoid=others)
        except (Unavailable, Rejected, Skipped) as error:
            log.info("A node does not say from where on it has blocks: %s", error)
            return 0

    async def _keep_pruned(
        self, opened: Sequence[Provisional], verdicts: Mapping[Provisional, Verdict], name: str
    ) -> None:
        """Let stand what no node can judge any more."""
        pruned = []
        for one in (one for one in opened if verdicts[one] is Verdict.PRUNED):
            nodes = self._pruned[one]
            nodes.append(name)
            is_by_all = len(nodes) >= MAX_UNKNOWN or {*nodes} >= {*self._rpc.names}
            pruned += [one] if is_by_all and one not in self._unknown else []
        if not pruned:
            return
        for one in pruned:
            del self._pruned[one]
        await confirm(self._database, chain=self._decoder.chain, signatures=[one.signature for one in pruned])
        sentence = "Of %d transactions up to slot %d no node has anything any more; their alerts stand"
        log.warning(sentence, len(pruned), max(one.slot for one in pruned))

    def _judge(
        self, one: Provisional, status: SignatureStatus | None, answer: Statuses, final: int
    ) -> Verdict:
        if status is None and self._rpc.slot_bound.is_ahead(one.slot):
            return Verdict.UNKNOWN  # it would wait as long as the stream likes
        return judge(one.slot, status, seen_to=answer.slot, final=final)

    async def _looked_up(self, one: Provisional, name: str) -> Verdict:
        """Take the transaction as its block holds it, in place of what the stream said."""
        raw = await transaction(self._rpc, one.signature, commitment="confirmed", avoid=self._others(name))
        if raw is None:
            return Verdict.WAITS
        try:
            found = self._decoder.transaction(read_transaction(raw), wallets={one.wallet})
        except Undecodable as error:
            log.warning("A transaction that a stream pushed cannot be read as it stands: %s", error)
            return Verdict.UNKNOWN
        verified = [(one.signature, one.wallet)]
        batch = Batch(chain=self._decoder.chain, activities=found, verified=verified)
        await store(self._database, batch)
        return Verdict.STANDS

    def _is_absent(self, one: Provisional, verdict: Verdict, name: str) -> bool:
        if verdict is Verdict.PRUNED:
            return False  # what other nodes say of it counts
        if verdict is not Verdict.UNKNOWN:
            self._unknown.pop(one, None)
            return verdict is Verdict.FAILED
        reported_by = self._unknown[one]
        reported_by.append(name)
        nodes = min(MIN_UNKNOWN, len(self._rpc.names))
        return len(reported_by) >= MIN_UNKNOWN and (
            len({*reported_by}) >= nodes or len(reported_by) >= MAX_UNKNOWN
        )

    async def _revert(self, absent: Sequence[Provisional]) -> None:
        for one in absent:
            self._unknown.pop(one, None)
        pairs = [(one.signature, one.wallet) for one in absent]
        count = await revert(self._database, chain=self._decoder.chain, absent=pairs)
        alerts_reverted.inc(count)
        log.warning(
            "No block holds %d transactions of slots %d to %d; %d alerts are taken back",
            len(absent),
            min(one.slot for one in absent),
            max(one.slot for one in absent),
            count,
        )
