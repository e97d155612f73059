"""Determines the head of the chain: from pushed blocks, otherwise by asking a node.

A slot that somebody names is a claim. It is believed while the clock allows it after a block that was read;
else its own node has to give a block near it, and another node, where there is one, the same block. A node
whose claim no block confirms is left out for a while, and operators read why.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from typing import Protocol

from chain.rpc.blocks import (
    BlockSummary,
    Rpc,
    at_least_confirmed,
    block_summary,
    blocks_between,
    current_slot,
)
from chain.rpc.errors import NotYet, Rejected, Skipped
from chain.rpc.slot_bound import MIN_SLOT_SECONDS, SlotBound
from domain.errors import NodeUnavailable, Unavailable
from runtime.clock import monotonic, now
from runtime.observability.metrics import rpc_claims_refused
from scanner.reconcile.block_fetcher import BlockBuffer
from storage.ingest.outages import NEAR_SLOTS

log = logging.getLogger(__name__)

ASK_SECONDS = 1.0
"""How often a node is asked while streams report what happens; and how long verifying may take."""
IDLE_SECONDS = 4.0  # while nothing is due
VERIFY_SECONDS = 5.0  # how often pushed heads are to be verified, until a node answers
BELIEVED_SECONDS = 15.0
"""How long a block that was read vouches for later slots."""
BEHIND_SLOTS = 16
"""A claim is confirmed by a block that far below it, which nodes that lag a little have, too."""
SLACK_SLOTS = BEHIND_SLOTS + 8
"""Above what the clock allows since a block that was read: the chain is ahead of what is read."""
LISTED_SLOTS = 80
"""Below a claim, in which its block is looked for."""
ANSWER_SECONDS = 3.0
DISTRUST_SECONDS = 60.0
_FAULTS = (NodeUnavailable, Rejected, Skipped)


class Nodes(Rpc, Protocol):
    """Several nodes, each of which may be asked alone; `chain.rpc.pool.RpcPool`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all nodes, best first."""

    @property
    def slot_bound(self) -> SlotBound:
        """The highest slot that there can be, by the clock."""


class ChainHead:
    """The newest slot of our commitment, and when it was known."""

    def __init__(
        self,
        rpc: Nodes,
        buffer: BlockBuffer,
        *,
        commitment: str,
        blind_seconds: float | None,
        due_seconds: Callable[[], float] = float,
    ) -> None:
        """Begin without knowing anything.

        Args:
            rpc: the nodes.
            buffer: what streams pushed.
            commitment: of the slots.
            blind_seconds: see `SyncConfig`. Who stood still for half of it trusts no pushed blocks at first.
            due_seconds: how long a node is not asked again though something is due.
        """
        self.slot = 0  # the newest that is believed; 0: none is
        self.asked = float("-inf")
        """When a node named it, or a trusted stream pushed it, by the monotonic clock."""
        self._claims = _Claims(rpc, commitment=at_least_confirmed(commitment))
        self._bound = rpc.slot_bound
        self._buffer = buffer
        self._due_seconds = due_seconds
        self._trusted_seconds = (blind_seconds or float("inf")) / 2
        self._updated = monotonic()
        self._tried = float("-inf")
        self._unverified = False

    @property
    def highest_possible(self) -> int:
        """A slot that the chain cannot have passed by now."""
        return self._bound.limit

    def problems(self) -> dict[str, str]:
        """Nodes whose claims are not believed, by name, with what to do."""
        return self._claims.problems()

    def note_read(self, slot: int, block_time: int | None) -> None:
        """The block of this slot was read: it vouches for what follows closely."""
        self._bound.note(slot, block_time)
        self._claims.note_read(slot)

    async def update(self, *, is_due: bool) -> None:
        """Find out how far the chain is.

        After this process stood still, pushed blocks may have waited in a socket's buffer: then a node has
        to say how far the chain is. Where nothing `is_due` to be read, a node is asked now and then only.

        Raises:
            Unavailable: no stream pushed anything, and no node answered, or none was to be believed.
        """
        began = monotonic()
        self._unverified = self._unverified or began - self._updated > self._trusted_seconds
        self._updated = began
        pushed = self._buffer.head
        if pushed is not None:
            pushed = await self._checked_push(pushed)
        if pushed is None:
            if began - self.asked >= (self._due_seconds() if is_due else IDLE_SECONDS):
                self.slot = await self._claims.ask()
                self.asked, self._unverified = began, False
            return
        self.slot = pushed
        if not self._unverified:
            self.asked = began
        elif began - self._tried > VERIFY_SECONDS:
            self._tried = began
            await self._verify(began, pushed)

    async def _checked_push(self, pushed: int) -> int | None:
        """The pushed head, if it may be believed; while no node answers it is used and not trusted."""
        if self._claims.is_plausible(pushed):
            return pushed
        try:
            believed = await self._claims.ask_each_node()
        except Unavailable:
            self._unverified = True
            believed = self.highest_possible - SLACK_SLOTS
        if pushed <= believed + SLACK_SLOTS:
            return pushed
        log.warning("A stream pushed a block of slot %d, which no node confirms; it is dropped", pushed)
        self._buffer.drop_from(pushed)
        return None

    async def _verify(self, began: float, pushed: int) -> None:
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                asked = await self._claims.ask()
            self.asked, self._unverified = began, False
            if asked > pushed + NEAR_SLOTS:  # else the streams will bring what lies between
                self.slot = asked


class _Claims:
    """What nodes name as the newest slot, and which of it may be believed."""

    def __init__(self, rpc: Nodes, *, commitment: str) -> None:
        self._rpc = rpc
        self._commitment = commitment
        self._read: tuple[int, float] | None = None
        """The newest block that was read or agreed on, and when."""
        self._refused: dict[str, tuple[float, str]] = {}
        """By node: until when it is left out, and why."""

    def is_plausible(self, slot: int) -> bool:
        """Return whether blocks that were read make this slot likely."""
        return slot <= self._highest_plausible()

    def note_read(self, slot: int) -> None:
        """The block of this slot was read, or several nodes agree on it."""
        if self._read is None or slot > self._read[0]:
            self._read = slot, monotonic()

    def problems(self) -> dict[str, str]:
        """Why nodes are left out, by name."""
        at = monotonic()
        return {name: why for name, (until, why) in self._refused.items() if until > at}

    async def ask(self) -> int:
        """The newest slot that may be believed.

        Raises:
            Unavailable: no node answered, or none was to be believed.
        """
        try:
            claim = await current_slot(self._rpc, commitment=self._commitment, avoid=self._left_out())
        except (Rejected, Skipped) as error:
            raise NodeUnavailable(f"no node says how far the chain is: {error}") from None
        return claim if self.is_plausible(claim) else await self.ask_each_node()

    async def ask_each_node(self) -> int:
        """Ask each node alone; the newest slot that blocks confirm.

        Raises:
            NodeUnavailable: there is none.
        """
        names = [name for name in self._rpc.names if name not in self._left_out()]
        claims = [(claim, name) for name in names if (claim := await self._claim_of(name)) is not None]
        believed, disputed = 0, list[tuple[int, int, str]]()
        for claim, name in sorted(claims):
            block = None if self.is_plausible(claim) else await self._own_block(claim, name)
            if self.is_plausible(claim) or (block and await self._is_agreed(*block, name)):
                believed = max(believed, min(claim, self._highest_plausible()))
            elif block:
                disputed.append((claim, block[0], name))
            else:
                self._refuse(name, claim)
        if disputed and not believed:  # each says something else: too low a slot costs time, and no alerts
            believed, slot, _ = disputed.pop(0)
            self.note_read(slot)
        for claim, _, name in disputed:
            self._refuse(name, claim)
        if not believed:
            raise NodeUnavailable("no node names a slot that a block confirms")
        return believed

    def _highest_plausible(self) -> int:
        if self._read is None:
            return -1
        slot, at = self._read
        seconds = monotonic() - at
        return slot + SLACK_SLOTS + int(min(seconds, BELIEVED_SECONDS) / MIN_SLOT_SECONDS)

    def _others(self, name: str) -> Collection[str]:
        return [other for other in self._rpc.names if other != name]

    async def _claim_of(self, name: str) -> int | None:
        try:
            return await current_slot(
                self._rpc, commitment=self._commitment, seconds=ANSWER_SECONDS, avoid=self._others(name)
            )
        except _FAULTS:
            return None

    async def _own_block(self, claim: int, name: str) -> tuple[int, BlockSummary] | None:
        """The block with which a node shows its claim, and its slot; None: it has none that can be."""
        slot = await self._slot_with_block(claim, name)
        own = None if slot is None else await self._block_of(slot, name)
        if slot is None or own is None or own is _ABSENT:
            return None
        has_possible_time = own.block_time is None or self._rpc.slot_bound.is_past(own.block_time)
        return (slot, own) if has_possible_time else None

    async def _is_agreed(self, slot: int, own: BlockSummary, name: str) -> bool:
        """Return whether another node has the same block, or no other node answers."""
        words = [await self._block_of(slot, other) for other in self._others(name)]
        answers = [word for word in words if word is not None]
        if answers and all(word.blockhash != own.blockhash for word in answers):
            return False
        self._rpc.slot_bound.note(slot, own.block_time)
        self.note_read(slot)
        return True

    async def _slot_with_block(self, claim: int, name: str) -> int | None:
        """The highest slot with a block some way below the claim, else right below it."""
        first = max(0, claim - LISTED_SLOTS)
        try:
            listed = await blocks_between(
                self._rpc, first, claim, commitment=self._commitment, avoid=self._others(name)
            )
        except _FAULTS:
            return None
        return max(
            (slot for slot in listed if slot <= claim - BEHIND_SLOTS), default=max(listed, default=None)
        )

    async def _block_of(self, slot: int, name: str) -> BlockSummary | None:
        """Return what this node says of the block; None: it does not answer."""
        try:
            return await block_summary(
                self._rpc, slot, commitment=self._commitment, seconds=ANSWER_SECONDS, avoid=self._others(name)
            )
        except (NotYet, Skipped):
            return _ABSENT
        except (NodeUnavailable, Rejected):
            return None

    def _refuse(self, name: str, claim: int) -> None:
        sentence = (
            f"names slot {claim:,}, which no block confirms, since {now():%H:%M} UTC; it is not asked how"
            " far the chain is. Check this node, or take it out of RPC_URLS"
        )
        log.warning("%s %s", name, sentence)
        rpc_claims_refused.labels(name).inc()
        self._refused[name] = monotonic() + DISTRUST_SECONDS, sentence

    def _left_out(self) -> Collection[str]:
        """Nodes that are not asked; none, if that would leave nobody to ask."""
        at = monotonic()
        names = {name for name, (until, _) in self._refused.items() if until > at}
        return () if names.issuperset(self._rpc.names) else names


_ABSENT = BlockSummary(blockhash="")
"""A node says that it has no such block."""
