"""How much of the liquidity at a pool's price a position has."""

import pytest

from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL
from chain.market.position_locks import LOCKS, active_liquidity, liquidity_at_price, locked_position
from tests.chain import samples
from tests.chain.market.position_samples import lock_bytes, pool_bytes, position_bytes

POOL, OTHER = samples.address("pool"), samples.address("other")
VENUES = (WHIRLPOOL, RAYDIUM_CLMM)


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize(
    ("pool", "ticks", "liquidity"),
    [
        (POOL, (-10, 10), 70),
        (POOL, (-5, 10), 70),
        (POOL, (-10, -5), 0),
        (POOL, (0, 10), 0),
        (OTHER, (-10, 10), 0),
    ],
)
def test_only_what_is_in_range_of_this_pool_counts(
    program: str, pool: str, ticks: tuple[int, int], liquidity: int
) -> None:
    at_pool = pool_bytes(program, liquidity=100, tick=-5)
    position = position_bytes(program, pool, liquidity=70, ticks=ticks)
    assert active_liquidity(at_pool, program=program) == 100
    assert liquidity_at_price(position, at_pool, program=program, address=POOL) == liquidity


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
