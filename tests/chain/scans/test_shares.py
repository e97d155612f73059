"""Pools whose liquidity lies in positions: what of it is locked, by looking at the lockers."""

from fractions import Fraction

import pytest

from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL
from chain.market.position_locks import LOCKS
from chain.scans.shares import read_shares
from domain.activity.activity import WRAPPED_SOL
from domain.security.checks import NotRead
from domain.security.facts import LiquidityShares
from domain.sentences import sentence
from tests.chain import samples
from tests.chain.market.position_samples import lock_bytes, pool_bytes, position_bytes
from tests.chain.scans.pools import MINT, ONE, POOL, TWO, listed, opened
from tests.chain.scans.tables import REFUSED, TableNode, account


@pytest.mark.parametrize("program", [WHIRLPOOL, RAYDIUM_CLMM])
async def test_locked_positions_count_with_what_they_have_at_the_price(program: str) -> None:
    at_pool = account(POOL, pool_bytes(program, liquidity=100, tick=5, mints=(MINT, WRAPPED_SOL)), program)
    positions = {
        ONE: account(ONE, position_bytes(program, POOL, liquidity=70, ticks=(0, 9)), program),
        TWO: account(TWO, position_bytes(program, POOL, liquidity=900, ticks=(6, 9)), program),
    }
    locks = [
        listed(samples.address(at), lock_bytes(program, POOL, at), LOCKS[program].program) for at in positions
    ]
    node = TableNode(dict(positions), {"getProgramAccounts": locks})
    assert await read_shares(node, opened(at_pool), {POOL: at_pool}) == LiquidityShares(
        locked=Fraction(7, 10)
    )
    free = TableNode({}, {"getProgramAccounts": []})
    assert await read_shares(free, opened(at_pool), {POOL: at_pool}) == LiquidityShares()
    refusing = await read_shares(TableNode({}), opened(at_pool), {POOL: at_pool})
    assert refusing == NotRead(reason=sentence(REFUSED))


async def test_a_pool_without_liquidity_at_its_price_says_nothing() -> None:
    at_pool = account(POOL, pool_bytes(WHIRLPOOL, liquidity=0, tick=5, mints=(MINT, WRAPPED_SOL)), WHIRLPOOL)
    found = await read_shares(TableNode({}), opened(at_pool), {POOL: at_pool})
    assert isinstance(found, NotRead)
