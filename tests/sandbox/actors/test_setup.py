"""Coming to town."""

import time

import pytest

from sandbox.actors.config import Population
from sandbox.actors.residents.population import census_of
from sandbox.actors.setup import settle
from sandbox.actors.simulation import Town
from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.chain import Chain


def chain() -> Chain:
    return Chain(ChainConfig(slot_seconds=None, now=lambda: 1_700_000_000.0), Faults())


def test_everybody_gets_what_they_begin_with() -> None:
    ground, census = chain(), census_of(Population())
    settle(ground, census)
    assert all(ground.balance(person.key.pubkey()) >= person.wealth for person in census.everybody)
    assert not [one for one in ground.open.transactions.values() if one.err]


def test_it_takes_less_than_a_second() -> None:
    begun = time.perf_counter()
    Town().found(chain())
    assert time.perf_counter() - begun < 1


def test_sellers_and_givers_begin_with_a_hundredth_of_the_supply() -> None:
    ground, census = chain(), census_of(Population())
    desk = settle(ground, census)
    held = {whale.name: desk.purse(person.key.pubkey()).tokens for whale, person in census.whales.items()}
    for plan in census.population.whales:
        for token, begun in zip(census.tokens, census.population.tokens, strict=True):
            expected = begun.supply * 10**begun.decimals // 100 if token.symbol in plan.stock else 0
            assert held[plan.name][token] == expected


def test_the_spammer_begins_with_worthless_tokens() -> None:
    ground, census = chain(), census_of(Population())
    purse = settle(ground, census).purse(census.spammer.key.pubkey())
    assert [token.decimals for token in purse.held] == [0]


def test_a_faucet_that_is_too_small_is_told() -> None:
    with pytest.raises(TransactionRejected):
        settle(chain(), census_of(Population(whale_lamports=2**63)))
