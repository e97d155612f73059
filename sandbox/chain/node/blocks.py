"""Blocks and their commitment."""

from dataclasses import dataclass, field
from enum import IntEnum

from solders.hash import Hash

from sandbox.chain.node.bank import States
from sandbox.chain.transactions.landed import Json, LandedTransaction


class Commitment(IntEnum):
    """The commitment of a block; a higher one is greater."""

    processed = 0
    """Produced; may still be dropped with its fork."""
    confirmed = 1
    """Voted for by a supermajority of the stake."""
    finalized = 2
    """Rooted: can no longer be dropped."""


@dataclass(slots=True, eq=False, kw_only=True)
class Block:
    """One closed block."""

    slot: int
    parent: int
    height: int
    blockhash: Hash
    previous: Hash
    time: int | None
    transactions: list[LandedTransaction]
    rewards: list[Json] = field(default_factory=list)
    before: States = field(default_factory=dict)
    """Accounts as they were before this block; kept until it is finalized."""
    after: States = field(default_factory=dict)
    """Accounts that this block changed, as it left them; kept until it is finalized."""
    commitment: Commitment = Commitment.processed
    encoded: dict[str, bytes] = field(default_factory=dict)
    """Notifications about the whole block, encoded once for all equal subscriptions."""
    _by_key: dict[str, list[LandedTransaction]] | None = None

    def raise_to(self, commitment: Commitment) -> None:
        """Raise the block to a higher commitment."""
        self.commitment = commitment

    def naming(self, key: str) -> list[LandedTransaction]:
        """The transactions of this block whose account keys include `key`, in order."""
        if self._by_key is None:
            self._by_key = {}
            for one in self.transactions:
                for named in one.key_set:
                    self._by_key.setdefault(named, []).append(one)
        return self._by_key.get(key, [])

    def forget_states(self) -> None:
        """Drop what only a block that is not finalized needs."""
        self.before, self.after, self._by_key = {}, {}, None
        self.encoded.clear()
        for one in self.transactions:
            one.finalize()
