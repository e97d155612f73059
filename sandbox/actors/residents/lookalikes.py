"""Pairs of keys with similar addresses: one for a whale, one for the impostor that poses as it.

A search for an address similar to a given one is expensive; a search for any two similar ones among many is
cheap (birthday paradox). Therefore both keys of a pair come from one row of candidates.
"""

from typing import NamedTuple

from solders.keypair import Keypair

from sandbox.actors.keys import keypair

CANDIDATES = 4_000
"""How many keys are searched for a new seed: about 0.15 s of work."""

_SHAPES = ((3, 2), (2, 2), (3, 1), (2, 1), (1, 1))

_FOUND: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((137_401, 171_227), (53_454, 1_466_976), (561_438, 2_133_060), (126_298, 2_160_024)),
}
"""Numbers of candidates for the default seed; each pair shares its first four and last three characters."""


class LookalikePair(NamedTuple):
    """Two keys whose addresses begin and end alike."""

    whale: Keypair
    impostor: Keypair


def lookalike_pairs(seed: int, count: int) -> tuple[LookalikePair, ...]:
    """Up to `count` pairs without a common key; those of the default seed are known, others searched for."""
    pairs = _FOUND.get(seed) or _search(seed)
    return tuple(LookalikePair(_candidate(seed, a), _candidate(seed, b)) for a, b in pairs[:count])


def shared_ends(one: str, other: str) -> tuple[int, int]:
    """Return how many leading and how many trailing characters two addresses share."""
    return _shared(one, other), _shared(one[::-1], other[::-1])


def _candidate(seed: int, number: int) -> Keypair:
    return keypair(seed, f"twin/{number}")


def _search(seed: int) -> tuple[tuple[int, int], ...]:
    addresses = [str(_candidate(seed, number).pubkey()) for number in range(CANDIDATES)]
    found: list[tuple[int, int]] = []
    taken: set[int] = set()
    for head, tail in _SHAPES:
        for pair in _pairs(addresses, head, tail):
            if taken.isdisjoint(pair):
                found.append(pair)
                taken.update(pair)
    return tuple(found)


def _pairs(addresses: list[str], head: int, tail: int) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    pairs = []
    for number, address in enumerate(addresses):
        shape = address[:head] + address[-tail:]
        if shape in first:
            pairs.append((first.pop(shape), number))
        else:
            first[shape] = number
    return pairs


def _shared(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
