"""Look-alikes."""

import pytest

from sandbox.actors.residents.lookalikes import likeness, twins


def test_those_of_the_usual_seed_share_seven_characters() -> None:
    for pair in twins(1, 4):
        assert likeness(str(pair.whale.pubkey()), str(pair.impostor.pubkey())) >= (4, 3)


@pytest.mark.parametrize("seed", [2, 3])
def test_those_of_any_seed_share_their_ends(seed: int) -> None:
    pairs = twins(seed, 5)
    assert len(pairs) == 5
    for pair in pairs:
        head, tail = likeness(str(pair.whale.pubkey()), str(pair.impostor.pubkey()))
        assert head >= 1
        assert tail >= 1


def test_nobody_is_in_two_pairs() -> None:
    keys = [key.pubkey() for pair in twins(2, 50) for key in pair]
    assert len(keys) == len(set(keys))


def test_likeness_counts_from_both_ends() -> None:
    assert likeness("abcXYZ", "abdWYZ") == (2, 2)
    assert likeness("abc", "abc") == (3, 3)
