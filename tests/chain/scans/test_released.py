"""Positions with bins that are locked: what they have of what holders could sell for, by looking."""

import base64
from collections.abc import Mapping
from fractions import Fraction

import pytest

from chain.market.bin_positions import FOR_EVER, bin_arrays
from chain.market.locks import SOON_SECONDS
from chain.market.pools import METEORA_DLMM
from chain.rpc.accounts import Account
from chain.scans.shares import read_shares
from domain.activity.activity import WRAPPED_SOL
from domain.security.checks import NotRead
from domain.security.facts import LiquidityShares
from tests.chain import samples
from tests.chain.market.position_samples import bin_array_bytes, bin_position_bytes, dlmm_bytes
from tests.chain.scans.pools import MINT, ONE, POOL, TWO, opened
from tests.chain.scans.tables import REFUSED, TableNode, account, token_account

NOW = 1_790_000_000
LATER = NOW + 2 * SOON_SECONDS
BASE, QUOTE = samples.address("base"), samples.address("quote")
AT_POOL = account(POOL, dlmm_bytes(MINT, WRAPPED_SOL, vaults=(BASE, QUOTE), active=0), METEORA_DLMM)
READ = {
    POOL: AT_POOL,
    BASE: account(BASE, token_account(MINT, POOL, 5_000)),
    QUOTE: account(QUOTE, token_account(WRAPPED_SOL, POOL, 1_000)),
}
BELOW, AT_PRICE = bin_arrays(POOL, [-1, 0]).values()
BINS = {
    BELOW: account(BELOW, bin_array_bytes(POOL, -1, {-1: (0, 500, 10)}), METEORA_DLMM),
    AT_PRICE: account(
        AT_PRICE, bin_array_bytes(POOL, 0, {0: (90, 400, 10), 1: (4_900, 0, 10)}), METEORA_DLMM
    ),
}


async def shares(
    positions: Mapping[str, bytes],
    now: int | None = NOW,
    lies: Mapping[str, bytes] | None = None,
    more: Mapping[str, Account] | None = None,
) -> object:
    """Return what a node says whose program has these positions.

    Args:
        positions: by address.
        now: the time.
        lies: releases that it lists instead of theirs.
        more: further bins.
    """
    accounts = (
        {at: account(at, data, METEORA_DLMM) for at, data in positions.items()} | BINS | dict(more or {})
    )
    listed = [
        {
            "pubkey": at,
            "account": {
                "owner": METEORA_DLMM,
                "lamports": 1,
                "executable": False,
                "data": [base64.b64encode((lies or {}).get(at, data[7_992:8_000])).decode(), "base64"],
            },
        }
        for at, data in positions.items()
    ]
    node = TableNode(accounts, {"getProgramAccounts": listed})
    found = await read_shares(node, opened(AT_POOL), READ, now)
    assert len(node.asked) <= 3
    return found


def position(shares_: Mapping[int, int], release: int) -> bytes:
    return bin_position_bytes(POOL, shares_, release=release)


async def test_what_is_free_is_not_locked() -> None:
    assert await shares({ONE: position({0: 10}, 0), TWO: position({-1: 10}, NOW + 5)}) == LiquidityShares()


async def test_locked_positions_count_with_what_they_have_of_the_quote() -> None:
    found = await shares({ONE: position({-1: 10, 0: 5}, FOR_EVER), TWO: position({0: 5}, 0)})
    assert found == LiquidityShares(locked=Fraction(700, 900))


async def test_a_position_that_waits_far_below_the_price_locks_nothing_that_holders_could_get() -> None:
    """Whoever can take what lies at the price leaves holders nothing, whatever they lock far below it."""
    far = -70 * 100
    (address,) = bin_arrays(POOL, [far]).values()
    decoy = {address: account(address, bin_array_bytes(POOL, -100, {far: (0, 10**9, 10)}), METEORA_DLMM)}
    found = await shares({ONE: position({far: 10}, FOR_EVER), TWO: position({0: 10}, 0)}, more=decoy)
    assert found == LiquidityShares()
    both = await shares({ONE: position({far: 10}, FOR_EVER), TWO: position({0: 10}, FOR_EVER)}, more=decoy)
    assert both == LiquidityShares(locked=Fraction(400, 900))


async def test_the_first_release_is_shown() -> None:
    found = await shares({ONE: position({-1: 10}, LATER), TWO: position({0: 5}, LATER + 9)})
    assert found == LiquidityShares(locked=Fraction(700, 900), unlocks_at=LATER)
    assert await shares({ONE: position({-1: 10}, LATER)}, now=None) == LiquidityShares()


async def test_one_locked_position_without_quote_makes_nothing_safe() -> None:
    """The token's maker has as much of it to lock as they like; what buyers paid lies elsewhere."""
    found = await shares({ONE: position({1: 10}, FOR_EVER), TWO: position({-1: 10, 0: 10}, 0)})
    assert found == LiquidityShares()


async def test_a_list_that_says_more_than_the_account_is_not_believed() -> None:
    lies = {ONE: FOR_EVER.to_bytes(8, "little")}
    assert await shares({ONE: position({-1: 10}, 0)}, lies=lies) == LiquidityShares()


async def test_without_a_list_it_is_unknown_with_the_reason() -> None:
    refused = await read_shares(TableNode(BINS), opened(AT_POOL), READ, NOW)
    assert isinstance(refused, NotRead)
    assert str(refused.reason) == REFUSED
    nobody = await shares({})
    assert isinstance(nobody, NotRead)
    assert str(nobody.reason) == "the node lists none of its positions"


@pytest.mark.parametrize("vault", [None, 0])
async def test_a_pool_in_which_nothing_lies_says_nothing(vault: int | None) -> None:
    empty = {**READ, QUOTE: account(QUOTE, token_account(WRAPPED_SOL, POOL, vault or 0))}
    if vault is None:
        del empty[QUOTE]
    found = await read_shares(TableNode(BINS), opened(AT_POOL), empty, NOW)
    assert isinstance(found, NotRead)
