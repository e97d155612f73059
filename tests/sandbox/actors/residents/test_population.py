"""Everybody, before there is a chain."""

from sandbox.actors.config import HabitName, Population, WhalePlan
from sandbox.actors.residents.population import FRIENDS, census_of

CENSUS = census_of(Population())


def test_nobody_shares_a_key() -> None:
    keys = [person.key.pubkey() for person in CENSUS.everybody]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(CENSUS.pools)


def test_a_transferrer_has_friends_who_know_only_it() -> None:
    dory = next(person for whale, person in CENSUS.whales.items() if whale.habit is HabitName.TRANSFERRER)
    assert len(dory.friends) == FRIENDS
    assert [friend.key.pubkey() for friend in CENSUS.friends] == list(dory.friends)
    assert all(friend.friends == (dory.key.pubkey(),) for friend in CENSUS.friends)


def test_impostors_pester_the_whale_they_look_like() -> None:
    assert len(CENSUS.impostors) >= 4
    for address, impostor in CENSUS.impostors.items():
        assert address in CENSUS.addresses
        assert [str(friend) for friend in impostor.friends] == [address]


def test_there_may_be_more_whales_than_look_alikes() -> None:
    whales = tuple(
        WhalePlan(name=f"whale {number}", habit=HabitName.SLICER, sentence="") for number in range(12)
    )
    assert len(census_of(Population(whales=whales)).addresses) == 12


def test_nobody_of_retail_is_its_own_friend() -> None:
    assert all(person.key.pubkey() not in person.friends for person in CENSUS.retail)


def test_the_funder_pays_its_wallets_and_they_pay_it() -> None:
    funder, *members = CENSUS.crew
    assert funder.friends == tuple(member.key.pubkey() for member in members)
    assert {member.friends for member in members} == {(funder.key.pubkey(),)}
