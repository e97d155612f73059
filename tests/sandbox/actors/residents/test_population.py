"""All actors, before there is a chain."""

from sandbox.actors.config import SimulationConfig, StrategyName, WhalePlan
from sandbox.actors.residents.population import FRIENDS, population_of

POPULATION = population_of(SimulationConfig())


def test_nobody_shares_a_key() -> None:
    keys = [actor.key.pubkey() for actor in POPULATION.everyone]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(POPULATION.pools)


def test_a_transferrer_has_friends_who_know_only_it() -> None:
    dory = next(
        actor for whale, actor in POPULATION.whales.items() if whale.strategy is StrategyName.TRANSFERRER
    )
    assert len(dory.friends) == FRIENDS
    assert [friend.key.pubkey() for friend in POPULATION.friends] == list(dory.friends)
    assert all(friend.friends == (dory.key.pubkey(),) for friend in POPULATION.friends)


def test_impostors_pester_the_whale_they_look_like() -> None:
    assert len(POPULATION.impostors) >= 4
    for address, impostor in POPULATION.impostors.items():
        assert address in POPULATION.addresses
        assert [str(friend) for friend in impostor.friends] == [address]


def test_there_may_be_more_whales_than_look_alikes() -> None:
    whales = tuple(
        WhalePlan(name=f"whale {number}", strategy=StrategyName.SLICER, sentence="") for number in range(12)
    )
    assert len(population_of(SimulationConfig(whales=whales)).addresses) == 12


def test_nobody_of_retail_is_its_own_friend() -> None:
    assert all(actor.key.pubkey() not in actor.friends for actor in POPULATION.retail)


def test_the_funder_pays_its_wallets_and_they_pay_it() -> None:
    funder, *members = POPULATION.volume_crew
    assert funder.friends == tuple(member.key.pubkey() for member in members)
    assert {member.friends for member in members} == {(funder.key.pubkey(),)}
