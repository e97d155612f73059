"""Look-alikes."""

import pytest

from sandbox.actors.residents.lookalikes import lookalike_pairs, shared_ends


def test_those_of_the_usual_seed_share_seven_characters() -> None:
    for pair in lookalike_pairs(1, 4):
        assert shared_ends(str(pair.whale.pubkey()), str(pair.impostor.pubkey())) >= (4, 3)


@pytest.mark.parametrize("seed", [2, 3])
def test_those_of_any_seed_share_their_ends(seed: int) -> None:
    pairs = lookalike_pairs(seed, 5)
    assert len(pairs) == 5
    for pair in pairs:
        head, tail = shared_ends(str(pair.whale.pubkey()), str(pair.impostor.pubkey()))
        assert head >= 1
        assert tail >= 1


def test_nobody_is_in_two_pairs() -> None:
    keys = [key.pubkey() for pair in lookalike_pairs(2, 50) for key in pair]
    assert len(keys) == len(set(keys))


def test_likeness_counts_from_both_ends() -> None:
    assert shared_ends("abcXYZ", "abdWYZ") == (2, 2)
    assert shared_ends("abc", "abc") == (3, 3)
