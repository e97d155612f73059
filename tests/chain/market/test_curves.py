"""Trades on the curves of new tokens, by the events that tell of them."""

import struct
from fractions import Fraction

import pytest

from chain.decoders.flows import flows_in
from chain.market.curves import PUMP, curve_swap, pump_curve
from chain.market.pools import RAYDIUM_LAUNCHLAB, PoolSwap, SwapContext
from chain.market.trade_price import pool_price, swaps_in
from chain.parsing.calls import calls_of
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.amounts import ratio
from tests.chain import recorded
from tests.chain.market import pool_samples
from tests.chain.market.pool_samples import BASE_VAULT, MINT, OTHER, POOL, QUOTE_VAULT, key_bytes

SOL = 10**9


def _swap(transaction: Transaction, at: int = 0) -> PoolSwap | None:
    calls = calls_of(transaction)
    return curve_swap(SwapContext(transaction, calls, flows_in(transaction, calls), {}), at)


def _pump(sol: int, token: int, *, is_buy: bool, cut: int | None = None) -> PoolSwap | None:
    fields = struct.pack(
        "<32sQQ?32sqQQQQ", key_bytes(MINT), sol, token, is_buy, bytes(32), 0, 30 * SOL, 1000, 2 * SOL, 900
    )
    event = pool_samples.event_call(PUMP, fields[:cut], None)
    return _swap(pool_samples.placed([(event, [])], tokens=(1, 1), sol=(1, 1)))


def test_a_purchase_took_sol_and_left_the_curve_as_its_event_says() -> None:
    swap = _pump(SOL, 50, is_buy=True)
    assert swap is not None
    assert swap.pool == pump_curve(MINT)
    taken, given = swap.taken, swap.given
    assert (taken.mint, taken.before, taken.after, taken.reserve) == ("SOL", 29 * SOL, 30 * SOL, 2 * SOL)
    assert (given.mint, given.before, given.after, given.decimals) == (MINT, 1050, 1000, 6)


def test_a_sale_has_the_sides_exchanged() -> None:
    swap = _pump(SOL, 50, is_buy=False)
    assert swap is not None
    assert (swap.taken.mint, swap.taken.before, swap.given.mint, swap.given.before) == (
        MINT,
        950,
        "SOL",
        31 * SOL,
    )


def test_later_events_name_what_the_program_and_the_creator_got() -> None:
    fields = struct.pack(
        "<32sQQ?32sqQQQQ32sQQ32sQQ",
        *(key_bytes(MINT), 10_000, 50, True, bytes(32), 0, 30 * SOL, 1000, 2 * SOL, 900),
        *(bytes(32), 95, 95, bytes(32), 30, 30),
    )
    swap = _swap(
        pool_samples.placed([(pool_samples.event_call(PUMP, fields, None), [])], tokens=(1, 1), sol=(1, 1))
    )
    assert swap is not None
    assert swap.extra_fee == 125
    price = pool_price(swap, MINT)
    assert price.extra_fee == ratio(Fraction(125, 10_125))
    older = _pump(SOL, 50, is_buy=True)
    assert older is not None
    assert older.extra_fee == 0


@pytest.mark.parametrize("cut", [0, 8, 40, 120])
def test_an_event_cut_short_is_no_trade(cut: int) -> None:
    assert _pump(SOL, 50, is_buy=True, cut=cut) is None


@pytest.mark.parametrize(("sol", "token"), [(0, 50), (SOL, 0)])
def test_nothing_for_something_is_no_trade(sol: int, token: int) -> None:
    assert _pump(sol, token, is_buy=True) is None


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_the_curve_of_every_recorded_trade_is_an_account_of_its_transaction(self) -> None:
        found = [
            (swap.pool, transaction.keys)
            for transaction in map(read_transaction, recorded.transactions().values())
            if not transaction.failed and PUMP in transaction.keys
            for swap in swaps_in(transaction)
            if swap.program == PUMP
        ]
        assert len(found) > 15
        assert [pool for pool, keys in found if pool not in keys] == []


def _launchlab(*events: bytes) -> PoolSwap | None:
    accounts = (OTHER, OTHER, OTHER, OTHER, POOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    call = pool_samples.call_of(RAYDIUM_LAUNCHLAB, bytes.fromhex("faea0d7bd59c13ec"), accounts)
    inner = [
        *[pool_samples.event_call(RAYDIUM_LAUNCHLAB, event) for event in events],
        pool_samples.transfer(OTHER, QUOTE_VAULT, SOL),
        pool_samples.transfer(BASE_VAULT, OTHER, 100),
    ]
    return _swap(pool_samples.placed([(call, inner)], tokens=(800, 700), sol=(4 * SOL, 5 * SOL)))


def test_launchlabs_event_says_what_sets_the_price() -> None:
    numbers = (800, 1000, 30 * SOL, 100, 4 * SOL, 200, 5 * SOL)
    swap = _launchlab(struct.pack("<32s7Q", key_bytes(POOL), *numbers))
    assert swap is not None
    assert swap.pool == POOL
    assert (swap.given.exchanged, swap.given.before, swap.given.after) == (100, 900, 800)
    assert (swap.taken.exchanged, swap.taken.before, swap.taken.after) == (SOL, 34 * SOL, 35 * SOL)
    assert swap.taken.reserve == 5 * SOL


def test_without_the_event_only_what_was_exchanged_is_known() -> None:
    swap = _launchlab()
    assert swap is not None
    assert (swap.given.exchanged, swap.given.before, swap.taken.exchanged) == (100, None, SOL)
