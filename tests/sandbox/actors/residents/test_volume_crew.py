"""The volume bot on a real chain: the print it leaves there."""

from dataclasses import replace

import pytest

from domain.activity.activity import SOL
from sandbox.actors.config import Population
from sandbox.actors.residents.population import census_of
from sandbox.actors.residents.volume_crew import crew_of
from sandbox.actors.strategies.volume_bot import PART, ROUNDS, cycle
from tests.sandbox.actors.conftest import QUIET, Settle
from tests.sandbox.actors.truth import by_signature, deltas

WALLETS = 8
ALONE = Population(whales=(), retail=0, volume_wallets=WALLETS, pace=replace(QUIET, volume=1))


def test_one_wallet_funds_many_alike_which_trade_one_token_in_turn_and_return_the_rest(
    settle: Settle,
) -> None:
    place = settle(ALONE)
    funder, *members = [str(person.key.pubkey()) for person in census_of(ALONE).crew]
    mint = str(place.town.token(ALONE.volume_symbol).mint)
    recorded = list(by_signature(place.live(1 + cycle(WALLETS))).values())[: cycle(WALLETS)]

    funding, trades, returns = recorded[0], recorded[1:-WALLETS], recorded[-WALLETS:]
    assert [deltas(funding, member) for member in members] == [{SOL: PART}] * WALLETS
    assert [one.keys[0] for one in trades] == [member for member in members for _ in (0, 1)] * ROUNDS
    bought = [deltas(one, one.keys[0]) for one in trades[::2]]
    sold = [deltas(one, one.keys[0]) for one in trades[1::2]]
    assert [change[mint] for change in bought] == [-change[mint] for change in sold]
    sizes = [-change[SOL] for change in bought]
    assert max(sizes) < 1.03 * min(sizes)
    back = [deltas(one, funder)[SOL] for one in returns]
    assert min(back) > 0.9 * PART
    assert sum(back) < PART * WALLETS


def test_it_goes_on_for_many_cycles_without_failing(settle: Settle) -> None:
    place = settle(ALONE)
    recorded = by_signature(place.live(5 * cycle(WALLETS))).values()
    assert len(recorded) >= 5 * cycle(WALLETS) - 1
    assert not [one for one in recorded if one.err]


def test_its_token_must_be_of_the_town() -> None:
    with pytest.raises(LookupError, match="NOWHERE"):
        crew_of(census_of(Population(volume_symbol="NOWHERE")))
