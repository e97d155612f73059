"""Compares blocks between nodes, where several are configured.

Each activity that a block showed is looked up at two nodes by its signature, many in one request; of these
some are compared in full. Once a minute a whole block is read from two nodes. What they do not agree on is
asked of all: what most say stands, and of two that differ, who shows a signature by the wallet itself. What
was stored and is not so is taken back as what a stream made up is (`forks.py`), what is missing is stored.
"""

import asyncio
import logging
import random
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Raw

from chain.blocks.block import signature_of
from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import block_summary, transaction
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import MAX_SIGNATURES, is_signed, signature_statuses
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_answers_contradicted
from scanner.commit.committer import Decoder
from scanner.commit.sink import BlockContent
from scanner.reconcile.block_fetcher import BlockFetcher, FetchedBlock
from scanner.reconcile.votes import ComparableForms, comparable_forms, majority_answers, without_gaps
from scanner.wallets.watchlist import Watchlist
from storage.admin.operators import discover
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import Pair, make_provisional
from storage.postgres import Database

log = logging.getLogger(__name__)

PASS_SECONDS = 5.0
SAMPLE_SECONDS = 60.0
"""From one block that two nodes are asked for to the next."""
MAX_WAITING = 4 * MAX_SIGNATURES
"""Activities that wait to be looked up; of more, the oldest are not."""
MAX_SLOTS = 64
"""Blocks that were read last, among which the next to be compared is chosen."""
MAX_COMPARED_A_PASS = 2
"""Activities that are compared in full in each pass."""
MAX_DECIDED_A_PASS = 16
"""Activities that all nodes are asked about in each pass; the rest waits, and is looked up again."""
DISTRUST_SECONDS = 600.0
"""How long blocks are asked of other nodes than one that was wrong."""
CONTRADICTED = (
    "{node} gave something else of transaction {signature} in slot {slot:,} than the other nodes; what most"
    " nodes say counts, and blocks are asked of others for ten minutes. Check this node in RPC_URLS."
)


class BlockComparison:
    """Compares what was committed until cancelled."""

    def __init__(self, rpc: RpcPool, database: Database, decoder: Decoder, watchlist: Watchlist) -> None:
        """Create it.

        Args:
            rpc: the nodes, at least two.
            database: holds what was stored.
            decoder: decodes.
            watchlist: whose activities are compared.
        """
        self._rpc = rpc
        self._database = database
        self._decoder = decoder
        self._watchlist = watchlist
        self._fetcher = BlockFetcher(rpc, commitment="confirmed")
        self._waiting: OrderedDict[Pair, int] = OrderedDict()
        self._slots: deque[int] = deque(maxlen=MAX_SLOTS)
        self._suspects: deque[int] = deque(maxlen=MAX_SLOTS)
        self._passes = 0
        self._sample_at = monotonic()
        self._distrusted_until: dict[str, float] = {}

    def committed(self, blocks: Iterable[BlockContent]) -> None:
        """These blocks were committed as one node gave each of them."""
        for block in blocks:
            self._slots.append(block.slot)
            self._waiting |= {(one.signature, one.wallet): block.slot for one in block.activities}
            for one in block.transactions:
                if signature := signature_of(Raw(one.raw)):
                    self._waiting |= {(signature, wallet): block.slot for wallet in one.wallets}
        self._bound()

    def looked_up(self, activities: Iterable[Activity]) -> None:
        """These were committed as one node gave each of their transactions."""
        self._waiting |= {(one.signature, one.wallet): one.slot for one in activities}
        self._bound()

    def _bound(self) -> None:
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)

    def suspect(self, slot: int) -> None:
        """Compare this block next: another block does not name its hash."""
        if slot not in self._suspects:
            self._suspects.append(slot)

    def distrusted(self) -> Collection[str]:
        """Nodes better not asked for blocks; empty if that would leave none."""
        found = {name for name in self._distrusted_until if self._is_distrusted(name)}
        return () if found.issuperset(self._rpc.names) else found

    async def run(self) -> None:
        """Compare until cancelled; unavailable nodes only cost time."""
        while True:
            await asyncio.sleep(PASS_SECONDS)
            try:
                await self.check()
            except (Unavailable, Rejected, Skipped) as error:
                log.info("Nodes are compared later: %s", error)

    async def check(self) -> None:
        """Compare once what waits, and a block if it is time.

        Raises:
            Unavailable: a server did not answer; what waits waits on.
            Rejected, Skipped: no node answers such a question.
        """
        if self._waiting:
            await self._compare_waiting()
        if self._suspects:
            await self._compare_blocks(self._suspects.popleft())
        elif self._slots and monotonic() >= self._sample_at:
            self._sample_at = monotonic() + SAMPLE_SECONDS
            await self._compare_blocks(random.choice(self._slots))  # noqa: S311 - not for secrets

    def _is_distrusted(self, name: str) -> bool:
        return self._distrusted_until.get(name, 0.0) > monotonic()

    def _two_nodes(self, names: Sequence[str]) -> Sequence[str]:
        """Another two of these in each pass."""
        self._passes += 1
        return [names[(self._passes + number) % len(names)] for number in (0, 1)]

    def _others(self, name: str) -> Collection[str]:
        return [other for other in self._rpc.names if other != name]

    async def _compare_waiting(self) -> None:
        """Look up what waits at two nodes; what one of them does not know, or says otherwise, is decided.

        Nodes that were wrong are asked only where there are no two others.
        """
        asked = dict(list(self._waiting.items())[:MAX_SIGNATURES])
        trusted = [name for name in self._rpc.names if not self._is_distrusted(name)]
        missed = {
            name: await self._missed(name, asked)
            for name in self._two_nodes(trusted if len(trusted) > 1 else self._rpc.names)
        }
        sample = random.sample([*asked], min(MAX_COMPARED_A_PASS, len(asked)))
        decided = list(dict.fromkeys([*sample, *self._to_decide(missed, len(asked))]))[:MAX_DECIDED_A_PASS]
        for pair in decided:
            await self._decide(pair, asked[pair])
        kept = [missed[name] for name in missed if not self._is_distrusted(name)]
        for pair in asked.keys() - set[Pair]().union(*kept).difference(decided):
            self._waiting.pop(pair, None)

    async def _missed(self, name: str, asked: Mapping[Pair, int]) -> Collection[Pair]:
        """Return what one node does not know, though it has come so far, or says to have failed."""
        signatures = [signature for signature, _ in asked]
        answer = await signature_statuses(self._rpc, signatures, avoid=self._others(name))
        return {
            pair
            for pair, status in zip(asked, answer.statuses, strict=True)
            if (status is None and answer.slot >= asked[pair]) or (status is not None and status.failed)
        }

    def _to_decide(self, missed: Mapping[str, Collection[Pair]], number: int) -> Collection[Pair]:
        """Return what is to be decided, of what each of two nodes misses of so many.

        One that misses most has rather forgotten it than contradicts: some of that show which of the two is
        wrong. If it is the other, all of it is to be decided from then on.
        """
        one, other = missed
        found = {pair for pair in missed[one] if pair in missed[other]}
        for name, second in ((one, other), (other, one)):
            forgets = 2 * len(missed[name]) > number and not self._is_distrusted(second)
            pairs = [*missed[name]]
            found.update(random.sample(pairs, min(MAX_COMPARED_A_PASS, len(pairs))) if forgets else pairs)
        return found

    async def _compare_blocks(self, slot: int) -> None:
        """Read a block from two nodes; what one of them shows and the other does not is decided."""
        versions: dict[str, Mapping[Pair, ComparableForms]] = {}
        for name in self._two_nodes(self._rpc.names):  # also one that was wrong: it shows what else was
            result = await self._fetcher.fetch(slot, avoid=self._others(name))
            if not isinstance(result, FetchedBlock):
                return
            try:
                content = self._decoder.block(slot, result.raw, wallets=self._watchlist.index)
            except Undecodable:
                return  # the reconciliation asks again, and keeps it apart in the end
            versions[name] = _by_pair(content.activities)
        one, other = versions.values()
        for pair in {pair for pair in {*one, *other} if one.get(pair) != other.get(pair)}:
            true = await self._decide(pair, slot)
            for name in [
                name for name in versions if true is not None and versions[name].get(pair, ()) != true
            ]:
                await self._report(name, pair[0], slot)

    async def _decide(self, pair: Pair, slot: int) -> ComparableForms | None:
        """Ask all nodes about a wallet in a transaction; what most say stands, or is stored.

        Returns:
            What counts; None: too few answer.
        """
        said: dict[str, Sequence[Activity]] = {}
        gaps: set[str] = set()
        for name in self._rpc.names:
            answer = await self._answer(name, pair, slot, gaps)
            if answer is not None:
                said[name] = answer
        if len({comparable_forms(answer) for answer in said.values()}) > 1:
            said = await self._majority(said, pair, slot, gaps)
        elif len(said) < 2:  # noqa: PLR2004 - one word against none proves nothing
            return None
        true = next(iter(said.values()))
        await make_provisional(self._database, chain=self._decoder.chain, pair=pair, slot=slot)
        await store(self._database, Batch(chain=self._decoder.chain, activities=true, verified=[pair]))
        return comparable_forms(true)

    async def _answer(self, name: str, pair: Pair, slot: int, gaps: set[str]) -> Sequence[Activity] | None:
        """What one node says now; None: nothing that counts. One without that block is added to `gaps`."""
        signature, wallet = pair
        others = self._others(name)
        try:
            answer = await signature_statuses(self._rpc, [signature], avoid=others)
            status = answer.statuses[0]
            if status is None and answer.slot >= slot and not await self._has_block(name, slot):
                gaps.add(name)
            if status is None or status.failed:
                return () if answer.slot >= slot else None
            raw = await transaction(self._rpc, signature, commitment="confirmed", avoid=others)
            return None if raw is None else self._decoder.transaction(read_transaction(raw), wallets={wallet})
        except (Unavailable, Undecodable, Rejected, Skipped) as error:
            log.info("%s gives no answer about a compared transaction: %s", name, error)
            return None

    async def _has_block(self, name: str, slot: int) -> bool:
        """Return whether a node has the block of a slot.

        Raises:
            Unavailable: it has forgotten blocks that old, and so what was in them.
        """
        try:
            others = self._others(name)
            await block_summary(self._rpc, slot, commitment="confirmed", seconds=20.0, avoid=others)
        except Skipped:
            return False
        return True

    async def _majority(
        self, said: Mapping[str, Sequence[Activity]], pair: Pair, slot: int, gaps: Collection[str]
    ) -> dict[str, Sequence[Activity]]:
        """Return what counts, of answers that differ; operators are alerted to those that do not."""
        signed = {
            name: bool(answer) and await is_signed(self._rpc, pair[0], avoid=self._others(name))
            for name, answer in said.items()
        }
        heard = without_gaps(said, signed, gaps)
        believed = majority_answers(heard, signed)
        for name in heard.keys() - believed.keys():
            await self._report(name, pair[0], slot)
        return believed

    async def _report(self, name: str, signature: str, slot: int) -> None:
        """Note that a node was wrong, ask others for blocks, and read its last ones again."""
        rpc_answers_contradicted.labels(name).inc()
        if name not in self.distrusted():
            self._suspects.extend(slot for slot in self._slots if slot not in self._suspects)
        self._distrusted_until[name] = monotonic() + DISTRUST_SECONDS
        sentence = CONTRADICTED.format(node=name, signature=signature, slot=slot)
        log.error("%s", sentence)
        await discover(
            self._database, chain=self._decoder.chain, about=f"contradicted {name}", sentence=sentence
        )


def _by_pair(activities: Iterable[Activity]) -> Mapping[Pair, ComparableForms]:
    found: dict[Pair, ComparableForms] = {}
    for one in activities:
        pair = one.signature, one.wallet
        found[pair] = (*found.get(pair, ()), one.essence())
    return found
