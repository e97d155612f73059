"""Pools whose liquidity lies in positions: what of it is locked, by looking at the lockers."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from chain.market.depth.sales import accounts_below
from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL
from chain.market.position_locks import LOCKS
from chain.rpc.accounts import Account
from chain.scans.shares import read_shares
from domain.activity.activity import WRAPPED_SOL
from domain.security.checks import NotRead
from domain.security.facts import LiquidityShares
from domain.sentences import sentence
from tests.chain import samples
from tests.chain.market.position_samples import (
    SPACING,
    lock_bytes,
    pool_bytes,
    position_bytes,
    tick_array_bytes,
)
from tests.chain.scans.pools import MINT, POOL, listed, opened
from tests.chain.scans.tables import REFUSED, TableNode, account, token_account

BASE, QUOTE = samples.address("base"), samples.address("quote")
VENUES = [WHIRLPOOL, RAYDIUM_CLMM]


def read(program: str, *, liquidity: int = 1_000_000, quote: int = 1_000_000) -> dict[str, Account]:
    """A pool at a price of one, with its vaults."""
    data = pool_bytes(program, liquidity=liquidity, tick=0, mints=(MINT, WRAPPED_SOL), vaults=(BASE, QUOTE))
    return {
        POOL: account(POOL, data, program),
        BASE: account(BASE, token_account(MINT, POOL, quote)),
        QUOTE: account(QUOTE, token_account(WRAPPED_SOL, POOL, quote)),
    }


def locking(
    program: str, more: Mapping[str, Account] | None = None, **positions: tuple[int, tuple[int, int]]
) -> TableNode:
    """A node that lists locks of positions with this liquidity from tick to tick; `more`: other accounts."""
    at = {samples.address(name): of for name, of in positions.items()}
    accounts = dict(more or {}) | {
        name: account(name, position_bytes(program, POOL, liquidity=liquidity, ticks=ticks), program)
        for name, (liquidity, ticks) in at.items()
    }
    locks = [
        listed(samples.address(name), lock_bytes(program, POOL, name), LOCKS[program].program) for name in at
    ]
    return TableNode(accounts, {"getProgramAccounts": locks})


@pytest.mark.parametrize("program", VENUES)
async def test_locked_positions_count_with_what_they_have_of_the_quote_at_the_price(program: str) -> None:
    accounts = read(program)
    node = locking(program, wide=(700_000, (-443_636, 443_636)), far=(10**12, (6, 9)))
    found = await read_shares(node, opened(accounts[POOL]), accounts)
    assert isinstance(found, LiquidityShares)
    assert abs(found.locked - Fraction(7, 10)) < Fraction(1, 1_000)
    free = TableNode({}, {"getProgramAccounts": []})
    assert await read_shares(free, opened(accounts[POOL]), accounts) == LiquidityShares()
    refusing = await read_shares(TableNode({}), opened(accounts[POOL]), accounts)
    assert refusing == NotRead(reason=sentence(REFUSED))


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize(
    ("part", "over", "under"),
    [
        (Fraction(999, 1_000), Fraction(85, 100), Fraction(88, 100)),  # 3.2 of 3.7 parts of the money
        (
            Fraction(9, 10),
            0,
            Fraction(6, 100),
        ),  # nearly all liquidity at the price, next to none of the money
    ],
)
async def test_a_locked_position_of_a_single_tick_locks_no_more_than_lies_in_it(
    program: str, part: Fraction, over: Fraction, under: Fraction
) -> None:
    accounts, narrow = read(program, liquidity=10**9), int(part * 10**9)
    below, *_ = accounts_below(accounts[POOL], side=1, limit=2)[1:]
    start = -(88 if program == WHIRLPOOL else 60) * SPACING
    ticks = tick_array_bytes(program, POOL, start, {-SPACING: narrow})
    node = locking(program, {below: account(below, ticks, program)}, narrow=(narrow, (-SPACING, SPACING)))
    found = await read_shares(node, opened(accounts[POOL]), accounts)
    assert isinstance(found, LiquidityShares)
    assert over < found.locked < under


@pytest.mark.parametrize("program", VENUES)
async def test_a_locked_position_far_below_the_price_locks_nothing(program: str) -> None:
    accounts = read(program)
    node = locking(program, far=(10**15, (-40_000 * SPACING, -300 * SPACING)))
    assert await read_shares(node, opened(accounts[POOL]), accounts) == LiquidityShares()


@pytest.mark.parametrize("program", VENUES)
async def test_where_not_all_ticks_are_read_a_locked_position_counts_as_far_as_the_others_do(
    program: str,
) -> None:
    """Of a pool that uses each tick 50 accounts do not reach to a quarter of the price."""
    accounts, spacing_at = read(program), 41 if program == WHIRLPOOL else 235
    data = bytearray(accounts[POOL].data)
    data[spacing_at : spacing_at + 2] = (1).to_bytes(2, "little")
    accounts[POOL] = account(POOL, bytes(data), program)
    node = locking(program, wide=(300_000, (-443_636, 443_636)))
    found = await read_shares(node, opened(accounts[POOL]), accounts)
    assert isinstance(found, LiquidityShares)
    assert abs(found.locked - Fraction(3, 10)) < Fraction(1, 1_000)


async def test_a_pool_without_liquidity_at_its_price_or_without_vaults_says_nothing() -> None:
    for accounts in (read(WHIRLPOOL, liquidity=0), {POOL: read(WHIRLPOOL)[POOL]}, read(WHIRLPOOL, quote=0)):
        found = await read_shares(locking(WHIRLPOOL), opened(accounts[POOL]), accounts)
        assert isinstance(found, NotRead)
