"""The ledger over a simulation: quantities as the chain has them, costs as a plain re-computation.

The re-computation stands here, in fractions, over what the simulation says it did: it shares nothing with the
product but the rule that what is sold leaves known and unknown cost pro rata.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from solders.pubkey import Pubkey

from chain.decoders.activities import activities
from chain.market.trade_price import with_prices
from domain.activity.activity import SOL, Kind
from domain.positions.entries import MONEY
from domain.positions.ledger import Ledger
from domain.positions.outcomes import entry_of
from sandbox.actors.config import SimulationConfig, Timing
from sandbox.actors.operations import Operation
from tests.sandbox.actors.running import RunningSimulation, build_running, transactions

BUSY = Timing(first_within=1, min_interval=1, max_interval=4, spam=3, volume=0)
SLOTS = 250


@dataclass
class Plain:
    """One token of one wallet, in fractions of lamports."""

    with_cost: int = 0
    without: int = 0
    of_sol: int = 0
    """Of how much the cost is known in SOL."""
    cost: Fraction = field(default_factory=Fraction)
    realised: Fraction = field(default_factory=Fraction)
    sales: int = 0

    def leave(self, raw: int) -> tuple[int, int, Fraction]:
        """So much leaves: of known cost, of cost known in SOL, and that cost."""
        missing = max(0, raw - self.with_cost - self.without)
        self.without += missing
        known = round(Fraction(raw * self.with_cost, self.with_cost + self.without))
        known = min(max(known, raw - self.without), self.with_cost, raw)
        of_sol = round(Fraction(self.of_sol * known, self.with_cost)) if self.with_cost else 0
        cost = self.cost * of_sol / self.of_sol if self.of_sol else Fraction(0)
        self.without -= raw - known
        self.with_cost -= known
        self.of_sol -= of_sol
        self.cost -= cost
        return known, of_sol, cost

    def sell(self, raw: int, lamports: int | None) -> None:
        _, of_sol, cost = self.leave(raw)
        self.sales += 1
        if lamports is not None:
            self.realised += Fraction(lamports * of_sol, raw) - cost


def book(books: dict[tuple[str, str], Plain], operation: Operation) -> None:
    given = {leg.mint: leg.raw for leg in operation.paid}
    got = {leg.mint: leg.raw for leg in operation.received}
    trades = operation.kind in {Kind.BUY, Kind.SELL, Kind.SWAP}
    paid_in_sol = given.get(SOL) if set(given) == {SOL} else None
    got_in_sol = got.get(SOL) if set(got) == {SOL} else None
    has_worth = trades and (set(given) <= MONEY or set(got) <= MONEY)
    for mint, raw in given.items():
        if mint not in MONEY:
            mine = books[operation.wallet, mint]
            mine.sell(raw, got_in_sol) if trades else mine.leave(raw)
    for mint, raw in got.items():
        if mint in MONEY:
            continue
        mine = books[operation.wallet, mint]
        if has_worth:
            mine.with_cost += raw
            mine.of_sol += raw if paid_in_sol is not None else 0
            mine.cost += paid_in_sol or 0
        else:
            mine.without += raw


@pytest.fixture(scope="module")
def running() -> RunningSimulation:
    """A simulation in which everybody acts often; not to be changed."""
    found = build_running(SimulationConfig(timing=BUSY))
    found.run(SLOTS)
    return found


def owned(running: RunningSimulation, wallet: str, mint: str) -> int:
    token = running.simulation.token(mint)
    account = running.chain.account(token.account_of(Pubkey.from_string(wallet)))
    return 0 if account is None else int.from_bytes(bytes(account.data)[64:72], "little")


def test_quantities_are_the_chains_and_profits_a_plain_recomputations(running: RunningSimulation) -> None:
    whales = frozenset(whale.address for whale in running.simulation.whales)
    entries = [
        entry_of(one, None)
        for transaction in transactions(running, "json")
        for one in with_prices(transaction, activities(transaction, chain="solana", wallets=whales))
    ]
    ledger = Ledger()
    booked = [(one.entry.wallet, one.mint, one.entry.pre is not None) for one in ledger.fold(entries)]
    # What was there before the first block is seen in a trade; of who only gives it away nobody can know.
    positions = {(wallet, mint) for wallet, mint, has_balances in booked if has_balances}
    plain: dict[tuple[str, str], Plain] = defaultdict(Plain)
    for operation in running.simulation.journal:
        if not operation.failed and operation.wallet in whales:
            book(plain, operation)
    sales = off = 0
    for wallet, mint in sorted(positions):
        holding, mine = ledger.holding(wallet, mint), plain[wallet, mint]
        off += holding.quantity != owned(running, wallet, mint)
        off += abs(holding.sol.cost - mine.cost) > mine.sales + 1
        off += abs(holding.sol.realised - mine.realised) > mine.sales + 1
        off += holding.known != mine.with_cost
        sales += mine.sales
    assert len(positions) > 10
    assert sales > 50
    assert off == 0
