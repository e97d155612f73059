"""How much of the liquidity at a pool's price a position has."""

import pytest

from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL
from chain.market.position_locks import LOCKS, active_liquidity, locked_position, quote_at_price
from tests.chain import samples
from tests.chain.market.position_samples import lock_bytes, pool_bytes, position_bytes

POOL, OTHER = samples.address("pool"), samples.address("other")
VENUES = (WHIRLPOOL, RAYDIUM_CLMM)
A_QUARTER = (1 << 65, 1 << 63)
"""By side, the square root of the price that has fallen from one to a quarter, as a pool counts it."""


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize(
    ("pool", "ticks", "amounts"),
    [
        (POOL, (-10, 10), "some"),
        (POOL, (0, 10), "some"),
        (POOL, (-10, -5), "none"),
        (POOL, (1, 10), "none"),
        (OTHER, (-10, 10), "none"),
    ],
)
def test_only_what_is_in_range_of_this_pool_counts(
    program: str, pool: str, ticks: tuple[int, int], amounts: str
) -> None:
    at_pool = pool_bytes(program, liquidity=100, tick=0, root=(1 << 64) + (1 << 49))
    position = position_bytes(program, pool, liquidity=10**12, ticks=ticks)
    assert active_liquidity(at_pool, program=program) == 100
    for side, end in enumerate(A_QUARTER):
        found = quote_at_price(position, at_pool, program=program, address=POOL, side=side, end=end)
        assert ("some" if found > 0 else "none") == amounts


@pytest.mark.parametrize("program", VENUES)
def test_a_position_has_what_its_range_leaves_of_its_liquidity(program: str) -> None:
    """At a price of one, from a quarter of it to four times that: half of each token stays out of it."""
    at_pool = pool_bytes(program, liquidity=100, tick=0)
    quarter = 13_863
    wide = position_bytes(program, POOL, liquidity=10**12, ticks=(-quarter, quarter))
    narrow = position_bytes(program, POOL, liquidity=10**12, ticks=(-1, 1))
    for side, end in enumerate(A_QUARTER):
        has = quote_at_price(wide, at_pool, program=program, address=POOL, side=side, end=end)
        assert abs(has / 10**12 - 0.5) < 1e-4
        little = quote_at_price(narrow, at_pool, program=program, address=POOL, side=side, end=end)
        assert abs(little / 10**12 - 0.00005) < 1e-7
    whole = position_bytes(program, POOL, liquidity=10**12, ticks=(-443_636, 443_636))
    for side, end in enumerate(A_QUARTER):  # what waits for a price further away does not count
        found = quote_at_price(whole, at_pool, program=program, address=POOL, side=side, end=end)
        assert found == 10**12 // 2


@pytest.mark.parametrize("program", VENUES)
def test_a_lock_names_its_position(program: str) -> None:
    locks, data = LOCKS[program], lock_bytes(program, OTHER, POOL)
    assert locked_position(data, locks) == POOL
    assert not locked_position(data[: locks.position_at + 5], locks)


@pytest.mark.parametrize("program", VENUES)
def test_another_account_of_the_program_is_no_lock(program: str) -> None:
    """What stands there may be of its maker's choice."""
    data = lock_bytes(program, OTHER, POOL)
    assert not locked_position(bytes(8) + data[8:], LOCKS[program])


def test_accounts_of_locks_begin_as_their_programs_say() -> None:
    assert LOCKS[RAYDIUM_CLMM].begins.hex() == "34170507aa5a6cd5"
