"""One wallet's side of one transaction, as the decoders are shown it. Pure."""

from functools import cached_property

from chain import route
from chain.balances import supply_change
from chain.instructions import Verb, verbs
from chain.programs import Role
from chain.transaction import Transaction
from domain.activity import SOL, Leg


class Scene:
    """What one wallet paid and received, and what happened around it (read when asked for)."""

    __slots__ = ("__dict__", "paid", "quotes", "received", "transaction", "venue", "wallet")

    def __init__(
        self,
        transaction: Transaction,
        wallet: str,
        legs: tuple[tuple[Leg, ...], tuple[Leg, ...]],
        *,
        venue: str | None,
        quotes: frozenset[str],
    ) -> None:
        self.transaction = transaction
        self.wallet = wallet
        self.paid, self.received = legs
        self.venue = venue
        self.quotes = quotes

    @property
    def both_ways(self) -> bool:
        """Whether something went out and something else came in."""
        return bool(self.paid and self.received)

    @cached_property
    def signed(self) -> bool:
        """Whether the wallet itself signed."""
        return self.wallet in self.transaction.signers

    @cached_property
    def role(self) -> Role | None:
        """What the outermost venue is for."""
        return route.role(self.venue)

    @cached_property
    def verbs(self) -> frozenset[Verb]:
        """What the instructions say they do."""
        return verbs(self.transaction)

    def supply_change(self, leg: Leg) -> int:
        """How much more (minted) or less (burned) of the leg's token there is; 0 for SOL."""
        return 0 if leg.mint == SOL else supply_change(self.transaction, leg.mint)
