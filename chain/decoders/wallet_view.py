"""One wallet's side of one transaction, as the decoders are shown it. Pure."""

import msgspec

from chain.decoders.balances import supply_change
from chain.decoders.instructions import Verb, verbs
from chain.decoders.programs import Role
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, Leg


class Scene(msgspec.Struct, gc=False):
    """What one wallet paid and received, and what happened around it (read when asked for)."""

    transaction: Transaction
    wallet: str
    paid: tuple[Leg, ...]
    received: tuple[Leg, ...]
    role: Role | None
    """What the outermost venue is for; None: no venue, or one that nobody knows."""
    venue: str | None
    """The outermost venue's name; None: no program but the basic ones was called."""
    quote_mints: frozenset[str]
    """Currencies that prices are told in."""
    said: frozenset[Verb] | None = None
    """The verbs, once they have been asked for."""

    @property
    def both_ways(self) -> bool:
        """Whether something went out and something else came in."""
        return bool(self.paid and self.received)

    @property
    def signed(self) -> bool:
        """Whether the wallet itself signed."""
        return self.wallet in self.transaction.signers

    @property
    def verbs(self) -> frozenset[Verb]:
        """What the instructions of pools and staking programs say they do."""
        if self.said is None:
            self.said = verbs(self.transaction)
        return self.said

    def supply_change(self, leg: Leg) -> int:
        """How much more (minted) or less (burned) of the leg's token there is; 0 for SOL."""
        return 0 if leg.mint == SOL else supply_change(self.transaction, leg.mint)
