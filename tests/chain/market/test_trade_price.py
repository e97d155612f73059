"""The price that a trade shows."""

from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec import structs

from chain.decoders.activities import activities
from chain.market.pools import MAX_FEE, PoolSwap, Side
from chain.market.trade_price import pool_price, swaps_in, trade_price, traded_token, with_prices
from chain.parsing.transaction import read_transaction
from domain.activity.activity import SOL, TRADES, Activity, Kind, Leg
from tests.chain import recorded, samples
from tests.chain.market import pool_samples
from tests.chain.market.pool_samples import MINT, POOL

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
COIN = 10**9


def _leg(mint: str, raw: int, decimals: int | None = 6) -> Leg:
    return Leg(mint=mint, raw=raw, decimals=9 if mint == SOL else decimals)


def _trade(kind: Kind, paid: Leg, received: Leg, *, tip: int = 0, venue_fee: int = 0) -> Activity:
    return Activity(
        chain="solana",
        signature="1" * 64,
        slot=1,
        block_time=None,
        wallet="w",
        kind=kind,
        paid=(paid,),
        received=(received,),
        tip=tip,
        venue_fee=venue_fee,
    )


def _swap(pool: str, token: tuple[int, int], sol: tuple[int, int], max_fee: Fraction = MAX_FEE) -> PoolSwap:
    base = Side(
        mint=MINT,
        decimals=6,
        exchanged=abs(token[1] - token[0]),
        before=token[0],
        after=token[1],
        reserve=token[1],
    )
    quote = Side(
        mint=SOL, decimals=9, exchanged=abs(sol[1] - sol[0]), before=sol[0], after=sol[1], reserve=sol[1]
    )
    return PoolSwap(program="p", pool=pool, taken=quote, given=base, max_fee=max_fee)


class TestOfAPool:
    def test_a_swap_shows_what_was_paid_and_the_prices_around_it(self) -> None:
        price = pool_price(_swap(POOL, (10_000_000, 8_000_000), (8 * COIN, 10 * COIN)), MINT)
        assert (price.fill, price.spot) == (Decimal(1), Decimal("1.25"))
        assert price.impact == Decimal("0.5625")
        assert (price.quote, price.pool, price.liquidity_quote) == (SOL, POOL, 10 * COIN)
        assert (price.depth_quote, price.fee) == (10 * COIN, Decimal(0))

    def test_a_swap_shows_what_its_pool_kept_and_what_counts_there(self) -> None:
        # 1,000 SOL and 1,000 tokens; of 10 SOL 9.9 counted, so that 9.8029 tokens came out
        price = pool_price(_swap(POOL, (1_000_000_000, 990_197_050), (1_000 * COIN, 1_010 * COIN)), MINT)
        assert price.fee is not None
        assert abs(price.fee - Decimal("0.01")) < Decimal("0.000001")
        assert price.depth_quote == 1_010 * COIN

    def test_amounts_that_do_not_fit_the_prices_show_what_was_paid_alone(self) -> None:
        price = pool_price(_swap(POOL, (10_000_000, 9_000_000), (8 * COIN, 10 * COIN)), MINT)
        assert (price.fill, price.spot, price.impact, price.liquidity_quote) == (
            Decimal(2),
            None,
            None,
            None,
        )

    def test_a_pool_of_which_not_all_is_known_may_keep_less(self) -> None:
        amounts = ((10_000_000, 8_000_000), (8 * COIN, 8 * COIN + 2 * COIN * 103 // 100))
        assert pool_price(_swap(POOL, *amounts, max_fee=MAX_FEE), MINT).spot is not None
        assert pool_price(_swap(POOL, *amounts, max_fee=Fraction(1, 100)), MINT).spot is None

    @pytest.mark.parametrize(
        ("is_bought", "liquidity", "spot", "impact"),
        [
            # The root of the price goes from 1 to 1.01 where 100 of the quote come into 10,000.
            (True, 10_000, Decimal("1.0201"), Decimal("0.0201")),
            (False, 10_000, Decimal(1), Decimal("-0.01970395")),
            (True, 1_000, None, None),  # it moved the price so far that other liquidity was met
        ],
    )
    def test_a_pool_that_concentrates_liquidity_shows_its_price_by_what_lies_there(
        self, *, is_bought: bool, liquidity: int, spot: Decimal | None, impact: Decimal | None
    ) -> None:
        coin, token = 100 * COIN, round(100 * COIN / 1.01)
        quote = Side(mint=SOL, decimals=9, exchanged=coin, in_vault=7 * COIN)
        base = Side(mint=MINT, decimals=9, exchanged=token, in_vault=5)
        taken, given = (quote, base) if is_bought else (base, quote)
        swap = PoolSwap(program="p", pool=POOL, taken=taken, given=given, liquidity=liquidity * COIN)
        price = pool_price(swap, MINT)
        assert (price.spot is None, price.impact is None) == (spot is None, impact is None)
        if spot is not None and impact is not None:
            assert price.spot == pytest.approx(spot, rel=Decimal("1e-6"))
            assert price.impact == pytest.approx(impact, rel=Decimal("1e-4"))
        assert (price.vault_quote, price.liquidity_quote) == (7 * COIN, None)
        assert (price.depth_quote is None) is (price.spot is None)

    @pytest.mark.parametrize(("tokens", "worth"), [(3, 6 * COIN), (900, 7 * COIN)])
    def test_what_lies_in_such_a_pool_of_the_token_counts_at_the_price_and_no_more_than_the_quote(
        self, tokens: int, worth: int
    ) -> None:
        quote = Side(mint=SOL, decimals=9, exchanged=2 * COIN, in_vault=7 * COIN)
        base = Side(mint=MINT, decimals=6, exchanged=10**6, in_vault=tokens * 10**6)
        price = pool_price(PoolSwap(program="p", pool=POOL, taken=quote, given=base), MINT)
        assert (price.vault_quote, price.vault_token) == (7 * COIN, worth)

    def test_an_emptied_pool_has_no_price_afterwards(self) -> None:
        assert pool_price(_swap(POOL, (10_000_000, 0), (8 * COIN, 10 * COIN)), MINT).spot is None


class TestOfATrade:
    def test_the_pool_that_exchanged_most_of_the_token_decides(self) -> None:
        small = _swap("small", (100_000, 99_000), (COIN, COIN * 100 // 99))
        large = _swap("large", (10_000_000, 8_000_000), (8 * COIN, 10 * COIN))
        trade = _trade(Kind.BUY, _leg(SOL, 3 * COIN), _leg(MINT, 2_001_000))
        price = trade_price(trade, [small, large])
        assert price is not None
        assert price.pool == "large"

    def test_without_a_known_pool_what_was_given_for_what_is_the_price_without_tips(self) -> None:
        bought = trade_price(
            _trade(Kind.BUY, _leg(SOL, 3 * COIN), _leg(MINT, 2_000_000), tip=COIN // 2, venue_fee=COIN // 2),
            [],
        )
        sold = trade_price(_trade(Kind.SELL, _leg(MINT, 2_000_000), _leg(SOL, 3 * COIN), tip=COIN), [])
        assert bought is not None
        assert sold is not None
        assert (bought.fill, bought.pool, bought.spot, sold.fill) == (Decimal(1), None, None, Decimal(2))

    def test_nothing_is_said_where_nothing_is_known(self) -> None:
        unknown = _trade(Kind.BUY, _leg(SOL, COIN), _leg(MINT, 1, decimals=None))
        only_tips = _trade(Kind.BUY, _leg(SOL, COIN), _leg(MINT, 1), tip=COIN)
        transfer = _trade(Kind.TRANSFER_IN, _leg(SOL, COIN), _leg(MINT, 1))
        assert [trade_price(one, []) for one in (unknown, only_tips, transfer)] == [None, None, None]

    def test_the_token_is_what_is_no_money(self) -> None:
        dollars, token = _leg(USDC, 1), _leg(MINT, 1)
        assert traded_token(_trade(Kind.SELL, token, dollars)) == MINT
        assert traded_token(_trade(Kind.SWAP, dollars, _leg(SOL, 1))) == SOL
        assert traded_token(_trade(Kind.SWAP, _leg("another", 1), token)) == MINT
        assert traded_token(_trade(Kind.SWAP, dollars, dollars)) is None


def test_who_sells_for_staked_sol_sells_the_token() -> None:
    """Staked SOL is what is paid with: what the wallet had of it says nothing of what it left."""
    staked = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
    token, quote = _leg(MINT, 1_000_000), _leg(staked, COIN, 9)
    sold, bought = _trade(Kind.SELL, token, quote), _trade(Kind.BUY, quote, token)
    assert (traded_token(sold), traded_token(bought)) == (MINT, MINT)
    price = trade_price(sold, [])
    assert price is not None
    assert (price.token, price.quote, price.fill) == (MINT, staked, Decimal(1))


def test_swaps_are_found_in_a_transaction_and_none_where_no_pool_is_named() -> None:
    transaction = pool_samples.buy(tokens=(1000, 900), sol=(9 * COIN, 10 * COIN))
    assert [swap.pool for swap in swaps_in(transaction)] == [POOL]
    plain = pool_samples.placed(
        [(pool_samples.transfer(pool_samples.OTHER, pool_samples.OTHER, 1, None), [])],
        tokens=(1, 1),
        sol=(1, 1),
    )
    assert swaps_in(plain) == []


class TestOfATransaction:
    def test_a_trade_says_what_the_wallet_had_of_the_token_before_and_afterwards(self) -> None:
        sample = samples.swap()
        transaction = read_transaction(samples.raw(sample))
        (found,) = with_prices(
            transaction, activities(transaction, chain="solana", wallets={samples.address("trader")})
        )
        assert found.price is not None
        assert (found.price.token, found.price.fill) == (samples.address("mint"), Decimal(4000))
        assert (found.token_before, found.token_after) == (0, 250)

    def test_what_is_no_trade_stays_as_it_is(self) -> None:
        transaction = pool_samples.buy(tokens=(1000, 900), sol=(9 * COIN, 10 * COIN))
        other = _trade(Kind.TRANSFER_IN, _leg(SOL, 1), _leg(MINT, 1))
        assert with_prices(transaction, [other]) == [other]


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_what_pools_exchanged_lies_within_a_percent_of_the_prices_around_it(self) -> None:
        near = priced_swaps = 0
        for raw in recorded.transactions().values():
            transaction = read_transaction(raw)
            if transaction.failed:
                continue
            for swap in swaps_in(transaction):
                price = pool_price(swap, swap.given.mint)
                if price.impact is None or price.spot is None:
                    continue
                priced_swaps += 1
                middle = (price.spot / (1 + price.impact) * price.spot).sqrt()
                near += abs(price.fill / middle - 1) <= Decimal("0.01")
        assert priced_swaps >= 60
        assert near >= priced_swaps * 0.94

    def test_pools_keep_a_fee_as_their_venues_ask_for(self) -> None:
        fees = [
            fee
            for transaction in map(read_transaction, recorded.transactions().values())
            if not transaction.failed
            for swap in swaps_in(transaction)
            if (fee := pool_price(swap, swap.given.mint).fee) is not None
        ]
        assert len(fees) >= 40
        assert sum(fee <= Decimal("0.0131") for fee in fees) >= len(fees) * 0.95

    def test_nine_in_ten_trades_show_a_price(self) -> None:
        found = [
            one.price
            for transaction in map(read_transaction, recorded.transactions().values())
            if not transaction.failed
            for one in with_prices(
                transaction, activities(transaction, chain="solana", wallets=frozenset(transaction.signers))
            )
            if one.kind in TRADES
        ]
        priced = [price for price in found if price is not None]
        assert len(found) > 70
        assert len(priced) >= len(found) * 9 // 10
        assert all(price.fill > 0 for price in priced)


ME, MINE = samples.address("me"), samples.address("my account")


def _sent(before: int, after: int, *, moved: int | None = None) -> Activity:
    """A token that left a wallet's account; `moved`: as it was decoded."""
    sample = samples.transaction(
        {ME: (10**9, 10**9 - 5_000), MINE: (samples.RENT, samples.RENT)},
        tokens=(
            (samples.token_balance(MINE, ME, MINT, before),),
            (samples.token_balance(MINE, ME, MINT, after),),
        ),
    )
    leg = Leg(mint=MINT, raw=before - after if moved is None else moved, decimals=6)
    activity = structs.replace(_trade(Kind.TRANSFER_OUT, leg, leg), wallet=ME, received=())
    (found,) = with_prices(read_transaction(samples.raw(sample)), [activity])
    return found


def test_a_transfer_tells_what_the_wallet_had_of_it_and_has_left() -> None:
    found = _sent(10, 4)
    assert (found.token_before, found.token_after) == (10, 4)


def test_balances_that_do_not_show_all_that_moved_say_nothing() -> None:
    found = _sent(10, 4, moved=7)
    assert (found.token_before, found.token_after) == (None, None)
