"""Keys and random generators of all actors, derived from the seed; nothing here is secret."""

from functools import lru_cache
from hashlib import sha256
from random import Random

from solders.keypair import Keypair


@lru_cache(maxsize=8192)
def keypair(seed: int, name: str) -> Keypair:
    """The key of the actor, mint or pool called `name`; equal seeds and names give equal keys."""
    return Keypair.from_seed(sha256(f"sandbox/{seed}/{name}".encode()).digest())


def rng_for(action_seed: str, name: str) -> Random:
    """The random generator of the actor called `name`, in its first state."""
    return Random(f"{action_seed}/{name}")  # noqa: S311 - repeatable on purpose
