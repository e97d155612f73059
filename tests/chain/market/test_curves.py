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
from tests.chain import recorded, samples
from tests.chain.market import pool_samples
from tests.chain.market.pool_samples import BASE_VAULT, MINT, OTHER, POOL, QUOTE_VAULT, TRADER, key_bytes

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


USDC, JUNK = samples.address("a dollar"), samples.address("junk")
TEN_DOLLARS = 10_000_000


def _paid_in(moved: dict[str, int], lamports: int) -> PoolSwap | None:
    """A purchase on a curve for ten dollars by its event, whose lamports were 5,000 before.

    Args:
        moved: what went into its accounts, by mint.
        lamports: what it had afterwards.
    """
    curve = pump_curve(MINT)
    numbers = (True, bytes(32), 0, 30 * SOL, 1000, 2 * SOL, 900)
    fields = struct.pack("<32sQQ?32sqQQQQ", key_bytes(MINT), TEN_DOLLARS, 50, *numbers)
    accounts = {mint: samples.address(f"{mint} of the curve") for mint in moved}
    calls = [pool_samples.transfer(TRADER, accounts[mint], raw) for mint, raw in moved.items()]
    calls.append(pool_samples.event_call(PUMP, fields, None))
    keys = [TRADER, OTHER, curve, *accounts.values(), samples.TOKEN, PUMP]
    for one in calls:
        one["accounts"] = [keys.index(account) for account in one["accounts"]]
    before, after = (
        [samples.token_balance(accounts[mint], curve, mint, 7 + raw * at) for mint, raw in moved.items()]
        for at in (0, 1)
    )
    owned = dict.fromkeys(keys[:-2], (10**9, 10**9)) | {curve: (5_000, lamports)}
    sample = samples.transaction(owned, tokens=(before, after), calls=[(one, []) for one in calls])
    return _swap(read_transaction(samples.raw(sample)), len(calls) - 1)


@pytest.mark.parametrize(
    ("moved", "lamports", "quote"),
    [
        ({}, 5_000 + TEN_DOLLARS, "SOL"),
        ({USDC: TEN_DOLLARS}, 5_000, USDC),
        ({USDC: TEN_DOLLARS + TEN_DOLLARS // 20}, 5_000 + 100_000, USDC),
        ({JUNK: 1}, 5_000 + TEN_DOLLARS, "SOL"),
        ({JUNK: 1, USDC: TEN_DOLLARS}, 5_000, USDC),
    ],
)
def test_a_curve_is_paid_in_what_moved_as_its_event_says(
    moved: dict[str, int], lamports: int, quote: str
) -> None:
    swap = _paid_in(moved, lamports)
    assert swap is not None
    assert swap.taken.mint == quote


@pytest.mark.parametrize(
    ("moved", "lamports"),
    [
        ({JUNK: TEN_DOLLARS}, 5_000 + TEN_DOLLARS),
        ({JUNK: TEN_DOLLARS, USDC: TEN_DOLLARS}, 5_000),
        ({USDC: 1}, 5_000),
        ({}, 5_000),
    ],
)
def test_a_curve_whose_money_cannot_be_known_for_certain_shows_no_price(
    moved: dict[str, int], lamports: int
) -> None:
    assert _paid_in(moved, lamports) is None


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

    def test_every_recorded_trade_on_a_curve_says_its_price_afterwards(self) -> None:
        programs = {PUMP, RAYDIUM_LAUNCHLAB}
        prices = [
            (swap.program, pool_price(swap, swap.given.mint).spot)
            for transaction in map(read_transaction, recorded.transactions().values())
            if not transaction.failed and not programs.isdisjoint(transaction.keys)
            for swap in swaps_in(transaction)
            if swap.program in programs
        ]
        assert {program for program, _ in prices} == programs
        assert [program for program, spot in prices if spot is None] == []


def _launchlab(*events: bytes, program: str = RAYDIUM_LAUNCHLAB) -> PoolSwap | None:
    """A purchase for 1 SOL of 100 tokens."""
    accounts = (OTHER, OTHER, OTHER, OTHER, POOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    call = pool_samples.call_of(RAYDIUM_LAUNCHLAB, bytes.fromhex("faea0d7bd59c13ec"), accounts)
    inner = [
        *[pool_samples.event_call(program, event) for event in events],
        pool_samples.transfer(OTHER, QUOTE_VAULT, SOL),
        pool_samples.transfer(BASE_VAULT, OTHER, 100),
    ]
    return _swap(pool_samples.placed([(call, inner)], tokens=(800, 700), sol=(4 * SOL, 5 * SOL)))


def _launched(pool: str, quote_after: int) -> bytes:
    """Of a curve that counted 34 SOL and 3,500 tokens before."""
    return struct.pack("<32s7Q", key_bytes(pool), 800, 4500, 30 * SOL, 1000, 4 * SOL, 1100, quote_after)


def test_launchlabs_event_says_what_sets_the_price() -> None:
    swap = _launchlab(_launched(POOL, 5 * SOL))
    assert swap is not None
    assert swap.pool == POOL
    assert (swap.given.exchanged, swap.given.before, swap.given.after) == (100, 3500, 3400)
    assert (swap.taken.exchanged, swap.taken.before, swap.taken.after) == (SOL, 34 * SOL, 35 * SOL)
    price = pool_price(swap, MINT)
    assert price.spot == ratio(Fraction(35 * SOL, 3400) / 10**3)
    assert price.impact == ratio(Fraction(35 * 3500, 34 * 3400) - 1)
    assert price.liquidity_quote == 5 * SOL


def test_fees_that_stay_in_launchlabs_vault_are_no_part_of_the_price() -> None:
    swap = _launchlab(_launched(POOL, 5 * SOL - SOL // 100))
    assert swap is not None
    assert swap.taken.exchanged == SOL - SOL // 100
    assert pool_price(swap, MINT).extra_fee == ratio(Fraction(1, 100))


@pytest.mark.parametrize(
    ("pool", "program", "quote_after"),
    [(OTHER, RAYDIUM_LAUNCHLAB, 5 * SOL), (POOL, OTHER, 5 * SOL), (POOL, RAYDIUM_LAUNCHLAB, 4 * SOL)],
)
def test_an_event_of_another_pool_or_program_or_without_an_exchange_sets_no_price(
    pool: str, program: str, quote_after: int
) -> None:
    swap = _launchlab(_launched(pool, quote_after), program=program)
    assert swap is not None
    assert pool_price(swap, MINT).spot is None


def test_without_the_event_only_what_was_exchanged_is_known() -> None:
    swap = _launchlab()
    assert swap is not None
    assert (swap.given.exchanged, swap.given.before, swap.taken.exchanged) == (100, None, SOL)
