"""The product's decoders read from the simulation's blocks what its journal says."""

import msgspec
import pytest

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.whale_search import findings
from sandbox.actors.config import USDC, SimulationConfig, Timing
from sandbox.chain.transactions.landed import Encoding
from tests.sandbox.actors.running import RunningSimulation, build_running

BUSY = Timing(first_within=1, min_interval=1, max_interval=4, spam=3, volume=1)


def decoded(running: RunningSimulation, encoding: Encoding, *, everybody: bool = False) -> list[Activity]:
    whales = None if everybody else {whale.address for whale in running.simulation.whales}
    found: list[Activity] = []
    for block in running.blocks:
        for one in block.transactions:
            transaction, meta = one.body.full(encoding)
            answer = {"slot": block.slot, "transaction": transaction, "meta": meta, "version": one.version}
            read = read_transaction(msgspec.json.encode(answer))
            found += activities(read, chain="solana", wallets=whales)
    return found


@pytest.fixture(scope="module")
def running() -> RunningSimulation:
    """A simulation in which everybody acts often; not to be changed."""
    found = build_running(SimulationConfig(timing=BUSY))
    found.run(150)
    return found


@pytest.mark.parametrize("encoding", ["json", "jsonParsed", "base64"])
def test_every_operation_is_decoded_exactly_and_nothing_else_is(
    running: RunningSimulation, encoding: Encoding
) -> None:
    seen = {
        (one.signature, one.wallet): (one.slot, one.kind, one.paid, one.received)
        for one in decoded(running, encoding)
    }
    expected = {
        (operation.signature, operation.wallet): (
            operation.slot,
            operation.kind,
            operation.paid,
            operation.received,
        )
        for operation in running.simulation.journal
        if not operation.failed
    }
    assert len(expected) > 200
    assert seen == expected


def test_the_dollar_of_the_simulation_is_a_quote_mint_of_the_product() -> None:
    assert USDC in QUOTE_MINTS


def test_a_search_for_whales_finds_traders_and_no_pools(running: RunningSimulation) -> None:
    pools = {str(token.pool.authority) for token in running.simulation.tokens}
    found = findings(decoded(running, "json", everybody=True), min_lamports=1)
    addresses = {one.address for one in found.sightings}
    assert addresses.isdisjoint(pools)
    assert {whale.address for whale in running.simulation.whales} <= addresses
