"""The slot that is being filled: transactions that have run in it, and what they changed."""

from dataclasses import dataclass, field

from sandbox.chain.node.bank import Execution, States
from sandbox.chain.transactions.landed import LandedTransaction


@dataclass(slots=True)
class OpenSlot:
    """A block in the making."""

    slot: int
    transactions: dict[str, LandedTransaction] = field(default_factory=dict)
    before: States = field(default_factory=dict)
    after: States = field(default_factory=dict)

    def take(self, execution: Execution) -> None:
        """Add a transaction that has just run."""
        self.transactions[execution.transaction.signature] = execution.transaction
        for key, state in execution.before.items():
            self.before.setdefault(key, state)
        self.after.update(execution.after)

    def changed(self) -> States:
        """Accounts that the slot left otherwise than it found them."""
        return {key: state for key, state in self.after.items() if state != self.before[key]}
