"""One wallet's side of one transaction: what every decoder is given. Pure."""

import msgspec

from chain.decoders.assets import asset_supply_change
from chain.decoders.balances import supply_change
from chain.decoders.flows import Flows, flows_in
from chain.decoders.instructions import Operation, operations_in
from chain.decoders.programs import Role
from chain.decoders.route import Route
from chain.parsing.calls import Call, calls_of
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, Leg


class CallReading(msgspec.Struct, gc=False):
    """What the calls of a transaction say, each part read once, when it is first asked for."""

    transaction: Transaction
    known_calls: list[Call] | None = None
    known_operations: frozenset[Operation] | None = None
    known_flows: Flows | None = None

    @property
    def calls(self) -> list[Call]:
        """Every call with what it was given."""
        if self.known_calls is None:
            self.known_calls = calls_of(self.transaction)
        return self.known_calls

    @property
    def operations(self) -> frozenset[Operation]:
        """What the instructions of pools, staking, lending and bridges say they do."""
        if self.known_operations is None:
            self.known_operations = operations_in(self.calls)
        return self.known_operations

    @property
    def flows(self) -> Flows:
        """What went from account to account."""
        if self.known_flows is None:
            self.known_flows = flows_in(self.transaction, self.calls)
        return self.known_flows


class WalletView(msgspec.Struct, gc=False):
    """What one wallet paid and received, and what happened around it; calls are read on demand."""

    reading: CallReading
    """Of the transaction, shared by all its wallets."""
    wallet: str
    paid: tuple[Leg, ...]
    received: tuple[Leg, ...]
    route: Route
    """The venues called."""
    quote_mints: frozenset[str]
    """Currencies in which prices are given."""

    @property
    def transaction(self) -> Transaction:
        """What happened."""
        return self.reading.transaction

    @property
    def role(self) -> Role | None:
        """What the outermost venue is for; None: no venue, or one that nobody knows."""
        return self.route.role

    @property
    def venue(self) -> str | None:
        """The outermost venue's name; None: no program but the basic ones was called."""
        return self.route.venue

    @property
    def is_exchange(self) -> bool:
        """Whether something went out and something else came in."""
        return bool(self.paid and self.received)

    @property
    def signed(self) -> bool:
        """Whether the wallet itself signed."""
        return self.wallet in self.transaction.signers

    @property
    def calls(self) -> list[Call]:
        """Every call with what it was given."""
        return self.reading.calls

    @property
    def operations(self) -> frozenset[Operation]:
        """What the instructions of pools, staking, lending and bridges say they do."""
        return self.reading.operations

    @property
    def flows(self) -> Flows:
        """What went from account to account."""
        return self.reading.flows

    def supply_change(self, leg: Leg) -> int:
        """Return how much more (minted) or less (burned) of the leg's token there is; 0 for SOL."""
        if leg.mint == SOL:
            return 0
        change = supply_change(self.transaction, leg.mint)
        return change or (asset_supply_change(self.transaction, leg.mint) if self.route.has_assets else 0)
