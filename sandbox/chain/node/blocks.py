"""Blocks, how firm they are, and the bounded history of them that every question is answered from."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from solders.account import Account
from solders.hash import Hash
from solders.pubkey import Pubkey

from sandbox.chain.node.bank import States
from sandbox.chain.transactions.landed import Json, LandedTransaction


class Commitment(IntEnum):
    """How firm a block is; a firmer one is greater."""

    processed = 0
    """Produced; may still vanish."""
    confirmed = 1
    """Voted for by most of the stake."""
    finalized = 2
    """Will never vanish."""


@dataclass(slots=True, eq=False, kw_only=True)
class Block:
    """One block of the chain, closed."""

    slot: int
    parent: int
    height: int
    blockhash: Hash
    previous: Hash
    time: int | None
    transactions: list[LandedTransaction]
    rewards: list[Json] = field(default_factory=list)
    before: States = field(default_factory=dict)
    """Accounts as they were before this block; kept until it is final."""
    after: States = field(default_factory=dict)
    """Accounts that this block changed, as it left them; kept until it is final."""
    commitment: Commitment = Commitment.processed
    encoded: dict[str, bytes] = field(default_factory=dict)
    """Notifications of the whole block, encoded once for all who wait for the same."""
    _by_key: dict[str, list[LandedTransaction]] | None = None

    def naming(self, key: str) -> list[LandedTransaction]:
        """Transactions of this block that name `key`, in their order."""
        if self._by_key is None:
            self._by_key = {}
            for one in self.transactions:
                for named in one.key_set:
                    self._by_key.setdefault(named, []).append(one)
        return self._by_key.get(key, [])

    def forget_states(self) -> None:
        """Let go of what only an unsettled block needs."""
        self.before, self.after, self._by_key = {}, {}, None
        self.encoded.clear()
        for one in self.transactions:
            one.finalize()


class History:
    """The last blocks in order, found by slot, signature and address. The oldest fall out."""

    def __init__(self, first: Block, size: int) -> None:
        """Begin with a settled first block; keep at most `size` blocks."""
        self._size = size
        self._blocks: deque[Block] = deque()
        self._by_slot: dict[int, Block] = {}
        self._by_signature: dict[str, LandedTransaction] = {}
        self._by_address: defaultdict[str, deque[LandedTransaction]] = defaultdict(deque)
        self._tips = dict.fromkeys(Commitment, first)
        first.commitment = Commitment.finalized
        self.append(first)

    @property
    def first_slot(self) -> int:
        """The oldest slot that is still known."""
        return self._blocks[0].slot

    def tip(self, commitment: Commitment) -> Block:
        """The newest block that is at least as firm as `commitment`."""
        return self._tips[commitment]

    def block(self, slot: int) -> Block | None:
        """The block of `slot`, if there is one and it is still known."""
        return self._by_slot.get(slot)

    def transaction(self, signature: str) -> LandedTransaction | None:
        """The transaction of that signature, if it is still known."""
        return self._by_signature.get(signature)

    def newest_first(self, address: str) -> Iterator[LandedTransaction]:
        """Transactions that name `address`, the newest first."""
        return reversed(self._by_address.get(address, deque()))

    def backwards(self) -> Iterator[Block]:
        """Blocks, the newest first."""
        return reversed(self._blocks)

    def at_or_before(self, slot: int) -> Block:
        """The newest block that is not beyond `slot`; the oldest known one if all are."""
        return next((one for one in self.backwards() if one.slot <= slot), self._blocks[0])

    def append(self, block: Block) -> None:
        """Add the next block and let the oldest fall out where there are too many."""
        self._blocks.append(block)
        self._by_slot[block.slot] = block
        self._tips[Commitment.processed] = block
        for index, one in enumerate(block.transactions):
            one.slot, one.index = block.slot, index
            self._by_signature[one.signature] = one
            for key in one.key_set:
                self._by_address[key].append(one)
        if len(self._blocks) > self._size:
            self._drop_oldest()

    def drop_newest(self) -> Block:
        """Take the newest block back: its fork has died."""
        block = self._blocks.pop()
        del self._by_slot[block.slot]
        self._tips[Commitment.processed] = self._blocks[-1]
        for one in reversed(block.transactions):
            self._forget(one, newest=True)
        return block

    def firm_up(self, commitment: Commitment, up_to: int) -> list[Block]:
        """Raise all blocks up to slot `up_to` to `commitment`; those that rose, oldest first."""
        risen: list[Block] = []
        for block in self.backwards():
            if block.commitment >= commitment:
                break
            if block.slot <= up_to:
                risen.append(block)
        for block in risen:
            block.commitment = commitment
        if risen:
            self._tips[commitment] = risen[0]
        return risen[::-1]

    def state_before(self, slot: int, key: Pubkey) -> tuple[bool, Account | None]:
        """Whether a block later than `slot` changed `key`, and what it was before the first such block."""
        found: tuple[bool, Account | None] = (False, None)
        for block in self.backwards():
            if block.slot <= slot:
                break
            if key in block.before:
                found = (True, block.before[key])
        return found

    def _drop_oldest(self) -> None:
        block = self._blocks.popleft()
        del self._by_slot[block.slot]
        for one in block.transactions:
            self._forget(one, newest=False)

    def _forget(self, one: LandedTransaction, *, newest: bool) -> None:
        self._by_signature.pop(one.signature, None)
        for key in one.key_set:
            line = self._by_address[key]
            line.pop() if newest else line.popleft()
            if not line:
                del self._by_address[key]
