"""Each strategy over a few hundred slots of a real chain does what its description says."""

from dataclasses import replace

from solders.pubkey import Pubkey

from domain.activity.activity import SOL, Kind
from sandbox.actors.config import SimulationConfig
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.operations import Operation
from sandbox.actors.residents.population import population_of
from sandbox.actors.strategies.holder import PURCHASES
from sandbox.actors.strategies.seller import PARTS
from sandbox.actors.strategies.slicer import SLICES
from tests.sandbox.actors.running import QUIET, RunningSimulation, SetUp
from tests.sandbox.actors.truth import by_signature, check, outcome_of

HURRIED = replace(QUIET, first_within=1, min_interval=1, max_interval=2)


def lived(set_up: SetUp, name: str, slots: int = 300) -> tuple[RunningSimulation, list[Operation]]:
    whales = tuple(plan for plan in SimulationConfig().whales if plan.name == name)
    running = set_up(SimulationConfig(whales=whales, retail=0, failure_rate=0.0, timing=HURRIED))
    running.run(slots)
    check(running.blocks, running.simulation.journal)
    address = running.simulation.whale(name).address
    return running, [operation for operation in running.simulation.journal if operation.wallet == address]


def test_the_slicer_buys_in_equal_slices_and_then_sells_all(set_up: SetUp) -> None:
    running, operations = lived(set_up, "Ahab")
    kinds = [operation.kind for operation in operations]
    assert kinds[: 2 * (SLICES + 1)] == ([Kind.BUY] * SLICES + [Kind.SELL]) * 2
    spent = [operation.paid[0].raw for operation in operations[:SLICES]]
    assert max(spent) < 1.2 * min(spent)
    bought = sum(operation.received[0].raw for operation in operations[:SLICES])
    assert operations[SLICES].paid[0].raw == bought
    assert not any(operation.failed for operation in operations)
    assert running.lamports(operations[0].wallet) > 100 * LAMPORTS


def test_the_seller_sells_its_bag_in_parts(set_up: SetUp) -> None:
    running, operations = lived(set_up, "Bela")
    stock = 10_000_000 * 10**6
    assert [operation.kind for operation in operations[:PARTS]] == [Kind.SELL] * PARTS
    assert sum(operation.paid[0].raw for operation in operations[:PARTS]) == stock
    assert operations[PARTS].kind is Kind.BUY
    assert running.simulation.token("MITTEN").leg(stock).mint == operations[0].paid[0].mint


def test_the_holder_leaves_altogether(set_up: SetUp) -> None:
    running, operations = lived(set_up, "Cora")
    exits = [operation for operation in operations if operation.kind is Kind.SELL]
    assert len(exits) > 5
    gathered = [operation.received[0].raw for operation in operations[:PURCHASES]]
    assert exits[0].paid[0].raw == sum(gathered)
    closed = by_signature(running.blocks)[exits[0].signature]
    account = running.simulation.token(exits[0].paid[0].mint).account_of(Pubkey.from_string(exits[0].wallet))
    assert outcome_of(closed).post_balances[closed.keys.index(str(account))] == 0


def test_the_transferrer_gives_sol_and_tokens_and_is_given_back(set_up: SetUp) -> None:
    running, operations = lived(set_up, "Dory")
    out = [operation for operation in operations if operation.kind is Kind.TRANSFER_OUT]
    assert {SOL, str(running.simulation.token("KRILL").mint)} <= {
        operation.paid[-1].mint for operation in out
    }
    assert [operation for operation in operations if operation.kind is Kind.TRANSFER_IN]
    recorded = by_signature(running.blocks)
    assert any(not set(recorded[operation.signature].keys) & set(friends_of(running)) for operation in out)


def friends_of(running: RunningSimulation) -> list[str]:
    return [str(friend.key.pubkey()) for friend in population_of(running.simulation.config).friends]


def test_the_rotator_changes_tokens_for_tokens_and_dollars(set_up: SetUp) -> None:
    _, operations = lived(set_up, "Enki")
    assert {Kind.SWAP, Kind.SELL, Kind.BUY} == {operation.kind for operation in operations}
    assert all(
        SOL not in {leg.mint for leg in (*operation.paid, *operation.received)}
        for operation in operations[1:]
    )
