"""The open slot: the transactions that have run in it, and the accounts that they changed."""

from dataclasses import dataclass, field

from sandbox.chain.node.bank import Execution, States
from sandbox.chain.transactions.landed import LandedTransaction


@dataclass(slots=True)
class OpenSlot:
    """A block that is not closed yet."""

    slot: int
    transactions: dict[str, LandedTransaction] = field(default_factory=dict)
    before: States = field(default_factory=dict)
    after: States = field(default_factory=dict)

    def add(self, execution: Execution) -> None:
        """Add a transaction that has run."""
        self.transactions[execution.transaction.signature] = execution.transaction
        for key, state in execution.before.items():
            self.before.setdefault(key, state)
        self.after.update(execution.after)

    def changed(self) -> States:
        """The accounts whose state differs from the beginning of the slot."""
        return {key: state for key, state in self.after.items() if state != self.before[key]}
