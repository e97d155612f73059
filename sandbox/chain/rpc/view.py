"""The chain as one request sees it: at a commitment, and as old as a lagging node has it."""

from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.config import ChainConfig
from sandbox.chain.errors import min_context_slot
from sandbox.chain.faults import Faults
from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.node.chain import Chain
from sandbox.chain.rpc.params import read_commitment

API_VERSION = "4.2.2"


class View:
    """What a node knows."""

    def __init__(self, chain: Chain, config: ChainConfig, faults: Faults, behind: int = 0) -> None:
        """Build it, for one request.

        Args:
            chain: is read.
            config: of the node.
            faults: may hide blocks.
            behind: by how many slots the node lags; 0: not at all.
        """
        self.chain = chain
        self.config = config
        self.faults = faults
        self.behind = behind

    def tip(self, commitment: Commitment) -> Block:
        """The newest block of a commitment that this node knows."""
        tip = self.chain.history.tip(commitment)
        return tip if self.behind == 0 else self.chain.history.at_or_before(tip.slot - self.behind)

    def at(self, commitment: str | None, min_slot: int | None = None) -> Block:
        """The newest block by the name of a commitment.

        Raises:
            RpcError: no such commitment, or the node has not reached `min_slot`.
        """
        tip = self.tip(read_commitment(commitment))
        if min_slot is not None and tip.slot < min_slot:
            raise min_context_slot(tip.slot)
        return tip

    def knows(self, block: Block, commitment: Commitment) -> bool:
        """Return whether this node has `block` at that commitment."""
        return block.slot <= self.tip(commitment).slot

    def account(self, tip: Block, key: Pubkey) -> Account | None:
        """The account as it was after `tip`, without what later blocks and the open slot changed."""
        changed, before = self.chain.history.state_before(tip.slot, key)
        if changed:
            return before
        opened = self.chain.open.before
        return opened[key] if key in opened else self.chain.bank.account(key)


def with_context(tip: Block, value: Any) -> dict[str, Any]:
    """An answer with the slot at which it was read."""
    return {"context": {"apiVersion": API_VERSION, "slot": tip.slot}, "value": value}
