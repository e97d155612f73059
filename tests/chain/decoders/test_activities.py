"""From a transaction to what each wallet did: who has an activity, and who has none.
Legs of tokens that are shown scaled.
"""

from chain.decoders.activities import activities, as_shown, mentioned
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.samples import TOKEN, USDC, address, call, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HERS,
    MINT,
    POOL,
    SOL,
    activity_of,
    amounts,
    exchange,
    kind_and_amounts,
    recorded_activity,
)

TRADE = "4G1gvudg2PyQV17v8agjHKYJQA9bxxJtMWEvKzk1Lb9k5yHTj3dnrvDGEiaDT7qSYePvswBrUq1bC5j4iPbk5gzQ"


def test_a_signer_of_whom_nothing_moved_has_an_activity_and_a_bystander_has_none() -> None:
    transaction_ = read_transaction(samples.raw(exchange(USDC, MINT)))
    assert activities(transaction_, chain="solana", wallets={TOKEN}) == []
    sample = read_transaction(samples.raw(transaction({ALICE: (SOL, SOL - FEE)})))
    (nothing,) = activities(sample, chain="solana", wallets=None)
    assert (kind_and_amounts(nothing), nothing.fee) == ((Kind.OTHER, {}, {}), FEE)


def test_a_failed_transaction_is_no_activity() -> None:
    sample = exchange(USDC, MINT)
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    assert activities(read_transaction(samples.raw(sample)), chain="solana", wallets=None) == []


def test_profit_of_a_round_trip_through_venues_is_neither_trade_nor_transfer() -> None:
    sample = transaction(
        {ALICE: (SOL, 2 * SOL - FEE), POOL: (5 * SOL, 4 * SOL)},
        calls=((call(samples.JUPITER), (call(samples.WHIRLPOOL, depth=2), call(TOKEN, depth=3))),),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.OTHER, {}, {"SOL": SOL})


def test_a_wallet_is_mentioned_as_an_account_or_as_the_owner_of_tokens() -> None:
    transaction_ = read_transaction(samples.raw(exchange(USDC, MINT)))
    assert mentioned(transaction_, {ALICE, HERS, address("somebody else")}) == [ALICE, HERS]
    vault_of_pool = read_transaction(samples.raw(samples.swap()))
    assert mentioned(vault_of_pool, {POOL}) == [POOL]


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_both_sides_of_a_recorded_trade_have_an_activity(self) -> None:
        bought = recorded_activity(TRADE, "FvTqiyvB52rmV82jj9Wc5efLyuWht9vprr8bivDBzGnV")
        sold = recorded_activity(TRADE, "FeLULW5RCKDT2NuThu4vrAQ8BjH5YbU2Y7GbiZXYohm8")
        assert (bought.kind, sold.kind) == (Kind.BUY, Kind.SELL)
        assert (amounts(bought.paid), amounts(bought.received)) == (
            amounts(sold.received),
            amounts(sold.paid),
        )
        assert (bought.fee, sold.fee) == (FEE, 0)


def test_only_the_legs_of_scaled_tokens_are_scaled_and_cut_not_rounded() -> None:
    bought = activity_of(exchange(USDC, MINT), ALICE)
    (scaled,) = as_shown([bought], {MINT: (10_039, 10_000)})
    assert [(leg.raw, leg.displayed_raw) for leg in scaled.received] == [(7, 7)]
    assert scaled.paid == bought.paid
    (tenfold,) = as_shown([bought], {MINT: (100, 10)})
    assert [(leg.raw, leg.displayed_raw) for leg in tenfold.received] == [(7, 70)]
    assert as_shown([bought], {}) == [bought]
