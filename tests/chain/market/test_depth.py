"""How much of a pool's quote a seller could get: what lies far from the price does not count."""

from collections.abc import Mapping

import pytest

from chain.market.bin_positions import bin_arrays
from chain.market.depth.sales import accounts_below, backing_quote, near_bins, quote_below
from chain.market.depth.ticks import TickPool, array_address
from chain.market.pools import METEORA_DLMM, RAYDIUM_CLMM, WHIRLPOOL
from chain.parsing.transaction import read_transaction
from chain.rpc.accounts import Account
from tests.chain import recorded, samples
from tests.chain.market.position_samples import (
    SPACING,
    bin_array_bytes,
    dlmm_bytes,
    pool_bytes,
    tick_array_bytes,
)
from tests.chain.scans.tables import account

POOL, OTHER, FIRST, SECOND = (samples.address(name) for name in ("pool", "other", "first", "second"))
LIMIT = 30
QUARTER = 13_863
SIZES = {WHIRLPOOL: 88 * SPACING, RAYDIUM_CLMM: 60 * SPACING}
VENUES = [*SIZES]


def ticks(
    program: str, changes: Mapping[int, int], *, pool: str = POOL, is_dynamic: bool = False
) -> dict[str, Account | None]:
    """The accounts of these ticks, at the addresses where they are looked for."""
    at = account(POOL, pool_bytes(program, liquidity=1, tick=0), program)
    under, above = (accounts_below(at, side=side, limit=LIMIT) for side in (1, 0))
    size, found = SIZES[program], dict[str, Account | None]()
    for number in {tick // size for tick in changes}:
        address = above[number] if number >= 0 else under[-number]
        own = {tick: net for tick, net in changes.items() if tick // size == number}
        data = tick_array_bytes(program, pool, number * size, own, is_dynamic=is_dynamic)
        found[address] = account(address, data, program)
    return found


def below(
    program: str, accounts: Mapping[str, Account | None], *, liquidity: int, side: int = 1, limit: int = LIMIT
) -> int:
    at = account(POOL, pool_bytes(program, liquidity=liquidity, tick=0), program)
    return quote_below(at, accounts, side=side, limit=limit)


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize("side", [0, 1])
def test_liquidity_over_all_prices_gives_half_of_its_quote_until_a_quarter_of_the_price(
    program: str, side: int
) -> None:
    assert below(program, {}, liquidity=10**12, side=side) == 10**12 // 2
    assert backing_quote(10**12, 10**12 // 2) == 10**12


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize("side", [0, 1])
def test_a_position_counts_while_the_price_is_in_its_range(program: str, side: int) -> None:
    """From the price to one tick beyond it, and from four ticks beyond it to eight."""
    sign = -1 if side else 1
    near, far, end = (sign * SPACING * number for number in (1, 4, 8))
    # as the price rises, liquidity begins at the lower end of a range and ends at the upper one
    changes = {near: -sign * 10**12, far: sign * 10**10, end: -sign * 10**10}
    found = below(program, ticks(program, changes), liquidity=10**12, side=side)
    narrow, wide = (1 - 1.0001 ** (-SPACING / 2)), 1.0001 ** (-SPACING * 2) - 1.0001 ** (-SPACING * 4)
    assert found == pytest.approx(narrow * 10**12 + wide * 10**10, rel=1e-6)


@pytest.mark.parametrize("program", VENUES)
def test_money_far_below_the_price_does_not_count(program: str) -> None:
    far = -(2 * QUARTER // SPACING) * SPACING
    near = {-SPACING: 10**9, far: 10**18, far + SPACING: -(10**18)}
    with_decoy = below(program, ticks(program, {-SPACING: 10**9}), liquidity=10**9)
    without = below(program, ticks(program, {at: near[at] for at in (-SPACING,)}), liquidity=10**9)
    assert with_decoy == without < 10**9 // 100
    assert below(program, {}, liquidity=0) == 0


def test_ticks_of_whirlpools_are_read_in_both_forms() -> None:
    changes = {-SPACING: 10**12, -5 * SPACING: 10**9, -88 * SPACING: 7}
    fixed, dynamic = (
        below(WHIRLPOOL, ticks(WHIRLPOOL, changes, is_dynamic=form), liquidity=10**12)
        for form in (False, True)
    )
    assert fixed == dynamic > 0
    assert fixed < 10**10


@pytest.mark.parametrize("program", VENUES)
def test_accounts_of_another_pool_or_program_change_nothing(program: str) -> None:
    changes = {-SPACING: 10**12}
    of_another = ticks(program, changes, pool=OTHER)
    forged = {at: account(at, one.data, OTHER) for at, one in ticks(program, changes).items() if one}
    cut = {at: account(at, one.data[:50], program) for at, one in ticks(program, changes).items() if one}
    for accounts in (of_another, forged, cut):
        assert below(program, accounts, liquidity=10**12) == 10**12 // 2


@pytest.mark.parametrize("program", VENUES)
@pytest.mark.parametrize("tick", [-(2**31), 2**31 - 1])
def test_a_pool_at_a_price_that_cannot_be_has_nothing(program: str, tick: int) -> None:
    at = account(POOL, pool_bytes(program, liquidity=10**12, tick=tick), program)
    for side in (0, 1):
        assert accounts_below(at, side=side, limit=LIMIT) == []
        assert quote_below(at, {}, side=side, limit=LIMIT) == 0


@pytest.mark.parametrize("program", VENUES)
def test_what_lies_beyond_the_accounts_that_are_read_is_out_of_reach(program: str) -> None:
    one, all_ = (below(program, {}, liquidity=10**12, limit=limit) for limit in (2, LIMIT))
    assert 0 < one < all_


def at_bins(active: int, step: int) -> Account:
    return account(POOL, dlmm_bytes(FIRST, SECOND, active=active, step=step), METEORA_DLMM)


def bins(found: Mapping[int, tuple[int, int, int]], *, pool: str = POOL) -> dict[str, Account | None]:
    """The accounts of these bins: what lies in each of the first and second token."""
    numbers = bin_arrays(POOL, found)
    return {
        address: account(
            address,
            bin_array_bytes(pool, number, {at: one for at, one in found.items() if at // 70 == number}),
            METEORA_DLMM,
        )
        for number, address in numbers.items()
    }


def test_of_bins_those_count_in_which_the_price_is_no_less_than_a_quarter() -> None:
    pool = at_bins(-10, 100)  # 139 bins of one per cent are a quarter
    accounts = bins({-9: (7, 0, 1), -10: (3, 40, 1), -149: (0, 500, 1), -150: (0, 6_000, 1)})
    assert quote_below(pool, accounts, side=1, limit=LIMIT) == 540
    assert quote_below(pool, accounts, side=0, limit=LIMIT) == 10
    assert quote_below(pool, bins({-10: (0, 40, 1)}, pool=OTHER), side=1, limit=LIMIT) == 0
    assert set(accounts) <= {
        *accounts_below(pool, side=1, limit=LIMIT),
        *accounts_below(pool, side=0, limit=LIMIT),
    }
    assert len(accounts_below(pool, side=1, limit=2)) == 2


@pytest.mark.parametrize("step", [0, 1, 65_535])
def test_any_step_gives_a_range_of_bins(step: int) -> None:
    found = near_bins(at_bins(5, step).data, side=1)
    assert found[-1] == 5
    assert len(accounts_below(at_bins(5, step), side=1, limit=LIMIT)) <= LIMIT


def test_what_lies_in_the_vault_is_the_most_there_is() -> None:
    assert backing_quote(100, 70) == 100
    assert backing_quote(100, 7) == 14


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize(
        ("program", "pool", "start"), [(WHIRLPOOL, "83v8iPyZ", -18_040), (RAYDIUM_CLMM, "DmXoBk9f", 64_800)]
    )
    def test_ticks_lie_where_recorded_swaps_have_theirs(self, program: str, pool: str, start: int) -> None:
        """In the accounts of a swap its pool stands beside those of the ticks that it crossed."""
        found = [read_transaction(raw).keys for raw in recorded.transactions().values()]
        keys = next(one for one in found if any(key.startswith(pool) for key in one))
        address = next(key for key in keys if key.startswith(pool))
        at = TickPool(address=address, program=program, spacing=1, liquidity=1, root=1 << 64, tick=0)
        assert array_address(at, start) in keys
