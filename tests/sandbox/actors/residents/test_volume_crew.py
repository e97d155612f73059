"""The volume bot on a real chain: the print it leaves there."""

from dataclasses import replace

import pytest

from domain.activity.activity import SOL
from sandbox.actors.config import SimulationConfig
from sandbox.actors.residents.population import population_of
from sandbox.actors.residents.volume_crew import volume_crew_of
from sandbox.actors.strategies.volume_bot import CYCLES, PART, cycle
from tests.sandbox.actors.running import QUIET, SetUp
from tests.sandbox.actors.truth import by_signature, deltas

WALLETS = 8
ALONE = SimulationConfig(whales=(), retail=0, volume_wallets=WALLETS, timing=replace(QUIET, volume=1))


def test_one_wallet_funds_many_alike_which_trade_one_token_in_turn_and_return_the_rest(
    set_up: SetUp,
) -> None:
    running = set_up(ALONE)
    funder, *members = [str(actor.key.pubkey()) for actor in population_of(ALONE).volume_crew]
    mint = str(running.simulation.token(ALONE.volume_symbol).mint)
    recorded = list(by_signature(running.run(1 + cycle(WALLETS))).values())[: cycle(WALLETS)]

    funding, trades, returns = recorded[0], recorded[1:-WALLETS], recorded[-WALLETS:]
    assert [deltas(funding, member) for member in members] == [{SOL: PART}] * WALLETS
    assert [one.keys[0] for one in trades] == [member for member in members for _ in (0, 1)] * CYCLES
    bought = [deltas(one, one.keys[0]) for one in trades[::2]]
    sold = [deltas(one, one.keys[0]) for one in trades[1::2]]
    assert [change[mint] for change in bought] == [-change[mint] for change in sold]
    sizes = [-change[SOL] for change in bought]
    assert max(sizes) < 1.03 * min(sizes)
    back = [deltas(one, funder)[SOL] for one in returns]
    assert min(back) > 0.9 * PART
    assert sum(back) < PART * WALLETS


def test_it_goes_on_for_many_cycles_without_failing(set_up: SetUp) -> None:
    running = set_up(ALONE)
    recorded = by_signature(running.run(5 * cycle(WALLETS))).values()
    assert len(recorded) >= 5 * cycle(WALLETS) - 1
    assert not [one for one in recorded if one.err]


def test_its_token_must_be_among_the_tokens_of_the_simulation() -> None:
    with pytest.raises(LookupError, match="NOWHERE"):
        volume_crew_of(population_of(SimulationConfig(volume_symbol="NOWHERE")))
