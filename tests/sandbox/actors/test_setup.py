"""The set-up of a simulation."""

import time

import pytest

from sandbox.actors.config import SimulationConfig
from sandbox.actors.residents.population import population_of
from sandbox.actors.setup import set_up
from sandbox.actors.simulation import Simulation
from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.chain import Chain


def new_chain() -> Chain:
    return Chain(ChainConfig(slot_seconds=None, now=lambda: 1_700_000_000.0), Faults())


def test_everybody_gets_what_they_begin_with() -> None:
    chain, population = new_chain(), population_of(SimulationConfig())
    set_up(chain, population)
    assert all(chain.balance(actor.key.pubkey()) >= actor.initial_lamports for actor in population.everyone)
    assert not [one for one in chain.open.transactions.values() if one.err]


def test_it_takes_less_than_a_second() -> None:
    begun = time.perf_counter()
    Simulation().set_up(new_chain())
    assert time.perf_counter() - begun < 1


def test_sellers_and_givers_begin_with_a_hundredth_of_the_supply() -> None:
    chain, population = new_chain(), population_of(SimulationConfig())
    trader = set_up(chain, population)
    owned = {
        whale.name: trader.balances(actor.key.pubkey()).tokens for whale, actor in population.whales.items()
    }
    for plan in population.config.whales:
        for token, begun in zip(population.tokens, population.config.tokens, strict=True):
            expected = begun.supply * 10**begun.decimals // 100 if token.symbol in plan.stock else 0
            assert owned[plan.name][token] == expected


def test_the_spammer_begins_with_worthless_tokens() -> None:
    chain, population = new_chain(), population_of(SimulationConfig())
    balances = set_up(chain, population).balances(population.spammer.key.pubkey())
    assert [token.decimals for token in balances.owned] == [0]


def test_a_faucet_that_is_too_small_is_an_error() -> None:
    with pytest.raises(TransactionRejected):
        set_up(new_chain(), population_of(SimulationConfig(whale_lamports=2**63)))
