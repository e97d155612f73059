"""The history that questions are answered from: the latest blocks and their transactions."""

from collections import defaultdict, deque
from collections.abc import Iterator

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.transactions.landed import LandedTransaction


class History:
    """The latest blocks, found by slot; their transactions, found by signature and address."""

    def __init__(self, first: Block, size: int) -> None:
        """Begin with a first block, which is finalized at once; keep at most `size` blocks."""
        self._size = size
        self._blocks: deque[Block] = deque()
        self._by_slot: dict[int, Block] = {}
        self._by_signature: dict[str, LandedTransaction] = {}
        self._by_address: defaultdict[str, deque[LandedTransaction]] = defaultdict(deque)
        self._tips = dict.fromkeys(Commitment, first)
        first.raise_to(Commitment.finalized)
        self.append(first)

    @property
    def first_slot(self) -> int:
        """The slot of the oldest block kept."""
        return self._blocks[0].slot

    def tip(self, commitment: Commitment) -> Block:
        """The newest block of at least this commitment."""
        return self._tips[commitment]

    def block(self, slot: int) -> Block | None:
        """The block of `slot`; None: it was skipped, or is not kept."""
        return self._by_slot.get(slot)

    def transaction(self, signature: str) -> LandedTransaction | None:
        """The transaction of that signature; None: it is not in any block kept."""
        return self._by_signature.get(signature)

    def newest_first(self, address: str) -> Iterator[LandedTransaction]:
        """The transactions whose account keys include `address`, newest first."""
        return reversed(self._by_address.get(address, deque()))

    def backwards(self) -> Iterator[Block]:
        """All blocks kept, newest first."""
        return reversed(self._blocks)

    def at_or_before(self, slot: int) -> Block:
        """The newest block up to `slot`; the oldest block kept if all are later."""
        return next((one for one in self.backwards() if one.slot <= slot), self._blocks[0])

    def append(self, block: Block) -> None:
        """Add the next block; drop the oldest if there are too many."""
        self._blocks.append(block)
        self._by_slot[block.slot] = block
        self._tips[Commitment.processed] = block
        for index, one in enumerate(block.transactions):
            one.set_position(block.slot, index)
            self._by_signature[one.signature] = one
            for key in one.key_set:
                self._by_address[key].append(one)
        if len(self._blocks) > self._size:
            self._drop_oldest()

    def drop_newest(self) -> Block:
        """Drop the newest block, whose fork is abandoned."""
        block = self._blocks.pop()
        del self._by_slot[block.slot]
        self._tips[Commitment.processed] = self._blocks[-1]
        for one in reversed(block.transactions):
            self._forget(one, newest=True)
        return block

    def raise_commitment(self, commitment: Commitment, up_to: int) -> list[Block]:
        """Raise all blocks up to slot `up_to` to `commitment`; those that were below it, oldest first."""
        raised: list[Block] = []
        for block in self.backwards():
            if block.commitment >= commitment:
                break
            if block.slot <= up_to:
                raised.append(block)
        for block in raised:
            block.raise_to(commitment)
        if raised:
            self._tips[commitment] = raised[0]
        return raised[::-1]

    def state_before(self, slot: int, key: Pubkey) -> tuple[bool, Account | None]:
        """Whether a block after `slot` changed the account `key`, and the account before that block."""
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
            listed = self._by_address[key]
            listed.pop() if newest else listed.popleft()
            if not listed:
                del self._by_address[key]
