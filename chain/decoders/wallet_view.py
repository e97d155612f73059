"""One wallet's side of one transaction: what every decoder is given. Pure."""

import msgspec

from chain.decoders.balances import supply_change
from chain.decoders.instructions import Operation, operations_of
from chain.decoders.programs import Role
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, Leg


class WalletView(msgspec.Struct, gc=False):
    """What one wallet paid and received, and what happened around it; operations are read on demand."""

    transaction: Transaction
    wallet: str
    paid: tuple[Leg, ...]
    received: tuple[Leg, ...]
    role: Role | None
    """What the outermost venue is for; None: no venue, or one that nobody knows."""
    venue: str | None
    """The outermost venue's name; None: no program but the basic ones was called."""
    quote_mints: frozenset[str]
    """Currencies in which prices are given."""
    known_operations: frozenset[Operation] | None = None
    """What `operations` gives, once it has been read."""

    @property
    def is_exchange(self) -> bool:
        """Whether something went out and something else came in."""
        return bool(self.paid and self.received)

    @property
    def signed(self) -> bool:
        """Whether the wallet itself signed."""
        return self.wallet in self.transaction.signers

    @property
    def operations(self) -> frozenset[Operation]:
        """What the instructions of pools and staking programs say they do."""
        if self.known_operations is None:
            self.known_operations = operations_of(self.transaction)
        return self.known_operations

    def supply_change(self, leg: Leg) -> int:
        """How much more (minted) or less (burned) of the leg's token there is; 0 for SOL."""
        return 0 if leg.mint == SOL else supply_change(self.transaction, leg.mint)
