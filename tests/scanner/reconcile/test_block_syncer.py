"""The cursor, whatever nodes say at each attempt: no block is passed unread, and none is stored twice."""

import asyncio
import itertools
from collections.abc import Collection, Sequence
from typing import Any, cast

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.errors import NotYet, Skipped
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.reconcile.block_fetcher import BlockBuffer, BlockFetcher
from scanner.reconcile.block_reader import NextSlots
from scanner.reconcile.block_syncer import BlockSyncer
from scanner.reconcile.sync_state import MissingSlots, SyncState
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch

WALLET = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
START = 10
HONEST, LIE, NOT_YET, NULL, GARBAGE, MAD, LATER = range(7)
"""What a node says of a slot: the truth, that it was skipped, or nothing of use."""


class Nodes:
    """Two of them, of one chain, that answer as a test says, and the truth when all that is used up."""

    names = ("a", "b")

    def __init__(self, produced: Sequence[bool], said: dict[tuple[str, int], list[int]]) -> None:
        self.head = START + len(produced)
        self.parents = dict(_parents(produced))
        self._said = said

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        node = next(name for name in self.names if name not in avoid)
        if method == "getBlocks":
            listed = [slot for slot in self.parents if params[0] <= slot <= params[1]]
            return msgspec.Raw(msgspec.json.encode(listed))
        slot = params[0]
        left = self._said.get((node, slot), [])
        return self._answer(slot, left.pop() if left else HONEST, node)

    def _answer(self, slot: int, manner: int, node: str) -> msgspec.Raw:
        if manner == NOT_YET:
            raise NotYet("soon", provider=node)
        if manner == NULL:
            return msgspec.Raw(b"null")
        if slot not in self.parents or manner == LIE:
            raise Skipped("skipped", provider=node)
        if manner == GARBAGE:
            return msgspec.Raw(b'{"transactions": 3}')
        parent = {MAD: 10**12, LATER: slot}.get(manner, self.parents[slot])
        return msgspec.Raw(msgspec.json.encode(_block(parent)))


class Commits:
    """What was committed: where the cursor went, and of which slots there was something."""

    def __init__(self) -> None:
        self.cursors: list[int] = []
        self.slots: list[int] = []

    async def record(self, batch: Batch) -> int:
        assert batch.slot is not None
        assert all(quarantined.slot <= batch.slot for quarantined in batch.quarantined)
        self.cursors.append(batch.slot)
        self.slots += [quarantined.slot for quarantined in batch.quarantined]
        return 0


class Everybody:
    """The watched wallets, always available."""

    index = WatchedWallets([WALLET])
    served = None

    async def catch_up(self) -> None:
        pass


def _parents(produced: Sequence[bool]) -> list[tuple[int, int]]:
    slots = [START + number for number, has_block in enumerate(produced, 1) if has_block]
    return list(zip(slots, [START, *slots], strict=False))


def _block(parent: int) -> dict[str, Any]:
    """A block with one transaction that cannot be read, so that its reading leaves a trace."""
    meta = {"err": None, "fee": 5_000, "preBalances": [1], "postBalances": ["x"]}
    message = {"accountKeys": [WALLET], "instructions": []}
    transaction = {"meta": meta, "transaction": {"message": message, "signatures": ["s"]}}
    return {"parentSlot": parent, "blockhash": "b", "blockTime": 1, "transactions": [transaction]}


def syncer(nodes: Nodes, commits: Commits, at_once: int) -> BlockSyncer:
    buffer, watchlist = BlockBuffer(), Everybody()
    sink = Committer(cast("Recorder", commits), Decoder(chain="sandbox"), watchlist.index)
    fetcher = BlockFetcher(nodes, commitment="confirmed")
    next_slots = NextSlots(fetcher, buffer, providers=nodes.names, max_at_once=at_once)
    return BlockSyncer(sink, next_slots, buffer, cast("Watchlist", watchlist), blind_seconds=None)


SAID = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(START + 1, START + 40)),
    st.lists(st.sampled_from((LIE, NOT_YET, NULL, GARBAGE, MAD, LATER)), min_size=1, max_size=4)
    | st.sampled_from((LIE, GARBAGE)).map(lambda manner: [manner] * 6),
    max_size=40,
)


@given(
    produced=st.lists(st.booleans(), min_size=1, max_size=40).map(lambda slots: [*slots, True]),
    said=SAID,
    at_once=st.integers(1, 9),
    heads=st.lists(st.integers(0, 6), min_size=1, max_size=10),
)
@example(
    produced=[True, True, True],
    said={("a", 11): [LIE] * 9, ("a", 12): [GARBAGE] * 9},
    at_once=8,
    heads=[3],
)
def test_no_block_is_passed_unread_and_the_head_is_reached_once_nodes_tell_the_truth(
    produced: list[bool],
    said: dict[tuple[str, int], list[int]],
    at_once: int,
    heads: list[int],
) -> None:
    """The head grows by some slots at each attempt, as it does on a chain that continues."""
    nodes, commits = Nodes(produced, {key: list(answers) for key, answers in said.items()}), Commits()
    made = syncer(nodes, commits, at_once)
    state = SyncState(cursor=START, missing=MissingSlots(nodes.names, patience=1_000_000))

    async def play() -> None:
        head, growth = START, itertools.cycle(heads)
        for _ in range(600):
            head = min(nodes.head, head + next(growth) + 1)
            before = state.cursor
            moved = await made.advance(state, head, 0.0)
            assert (state.cursor - before, state.cursor >= before) == (moved, True)
            assert state.cursor <= head
            passed = {slot for slot in nodes.parents if slot <= state.cursor}
            assert passed == set(commits.slots), "a block was passed unread, or stored before its time"
            if state.cursor == nodes.head:
                return

    asyncio.run(play())
    assert state.cursor == nodes.head
    assert commits.cursors == sorted(set(commits.cursors))
    assert sorted(commits.slots) == sorted(set(commits.slots))
