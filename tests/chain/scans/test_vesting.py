"""Liquidity that stays locked for a while is told with its date; what is not seen counts as free."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from chain.market.pools import METEORA_DAMM_V2
from chain.rpc.accounts import Account
from chain.scans.shares import read_shares
from domain.activity.activity import WRAPPED_SOL
from domain.security.facts import LiquidityShares
from tests.chain.market.position_samples import damm_bytes, schedule_bytes, vested_bytes, vesting_bytes
from tests.chain.scans.pools import MINT, ONE, POOL, TWO, listed, opened
from tests.chain.scans.tables import TableNode, account

NOW, YEAR = 1_790_000_000, 365 * 86_400
LATER = schedule_bytes(begins=NOW + YEAR, first=400, period=0, part=0, periods=0)
SOON = schedule_bytes(begins=NOW + 86_400, first=400, period=0, part=0, periods=0)


def _pool(locked: int = 0) -> Account:
    return account(POOL, damm_bytes(MINT, WRAPPED_SOL, liquidity=1_000, locked=locked), METEORA_DAMM_V2)


def _lists(positions: Sequence[Any], vestings: Sequence[Any] = ()) -> Callable[[Sequence[Any]], Any]:
    """Return what a node lists for the pool, and for a position."""

    def answer(params: Sequence[Any]) -> Any:
        is_pool = params[1]["filters"][0]["memcmp"]["bytes"] == POOL
        return positions if is_pool else vestings

    return answer


async def _shares(pool: Account, answer: Any = None, now: int | None = NOW) -> object:
    node = TableNode({}, {} if answer is None else {"getProgramAccounts": answer})
    return await read_shares(node, opened(pool), {POOL: pool}, now)


async def test_what_a_position_holds_back_itself_is_locked_until_its_date() -> None:
    found = [listed(ONE, vested_bytes(POOL, 400, LATER), METEORA_DAMM_V2)]
    assert await _shares(_pool(locked=200), _lists(found)) == LiquidityShares(
        locked=Fraction(6, 10), unlocks_at=NOW + YEAR
    )


async def test_a_schedule_next_to_the_position_counts_too_and_what_comes_free_soon_does_not() -> None:
    found = [
        listed(ONE, vested_bytes(POOL, 400), METEORA_DAMM_V2),
        listed(TWO, vested_bytes(POOL, 400, SOON), METEORA_DAMM_V2),
    ]
    own = [listed(MINT, vesting_bytes(ONE, LATER), METEORA_DAMM_V2)]
    shares = await _shares(_pool(), _lists(found, own))
    assert isinstance(shares, LiquidityShares)
    assert shares.locked == Fraction(4, 10)
    assert await _shares(_pool(), _lists(found)) == LiquidityShares()


async def test_without_a_list_or_a_time_only_what_is_locked_for_ever_counts() -> None:
    found = [listed(ONE, vested_bytes(POOL, 400, LATER), METEORA_DAMM_V2)]
    expected = LiquidityShares(locked=Fraction(2, 10))
    assert await _shares(_pool(locked=200)) == expected
    assert await _shares(_pool(locked=200), _lists(found), now=None) == expected
