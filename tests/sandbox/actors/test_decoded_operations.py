"""The product's decoders read from the simulation's blocks what its journal says."""

import pytest

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from domain.activity.activity import Activity
from domain.security.market import market_of
from domain.security.volume_bots import find_volume_bots
from domain.whale_search import findings
from sandbox.actors.config import USDC, SimulationConfig, Timing
from sandbox.actors.residents.population import population_of
from sandbox.chain.transactions.landed import Encoding
from tests.sandbox.actors.running import RunningSimulation, build_running, transactions

BUSY = Timing(first_within=1, min_interval=1, max_interval=4, spam=3, volume=1)


def decoded(running: RunningSimulation, encoding: Encoding, *, everybody: bool = False) -> list[Activity]:
    whales = None if everybody else {whale.address for whale in running.simulation.whales}
    return [
        one
        for transaction in transactions(running, encoding)
        for one in activities(transaction, chain="solana", wallets=whales)
    ]


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


def test_the_volume_bot_is_found_by_its_print_and_nobody_of_the_crowd_is(running: RunningSimulation) -> None:
    config = running.simulation.config
    crew = [str(actor.key.pubkey()) for actor in population_of(config).volume_crew]
    mint = str(running.simulation.token(config.volume_symbol).mint)
    done = [
        one
        for transaction in transactions(running, "json")
        for one in activities(transaction, chain="solana", wallets=frozenset(transaction.keys))
    ]
    (bot,) = find_volume_bots(market_of(done, mint))
    assert (bot.funder, set(bot.wallets)) == (crew[0], set(crew[1:]))
    others = [one for one in done if one.wallet not in crew]
    assert len(market_of(others, mint).trades) > 20
    assert not find_volume_bots(market_of(others, mint))
