"""Orders that somebody else filled.
Sales out of a seat at an exchange.
"""

import json
from typing import Any

import pytest

from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.samples import RENT, TOKEN, USDC, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HER_OTHER,
    HERS,
    HIS,
    MINT,
    POOL,
    SOL,
    VAULT,
    activity_of,
    amounts,
    fault_activity,
    kind_and_amounts,
    recorded_activity,
    recorded_transaction,
)

LIMIT = "j1o2qRpjcyUwEvwtcfhEQefh773ZgjxcVRry7LDqg5X"
FILLED = "2GMpqA7duENGaEXJUuP712J3tvX25uU45ZQ8vZdszXVUHyiAwo9byn3vVSVRgxks1PKX7H4wrBcE3FXqH1q6mRa1"


def _fill() -> dict[str, Any]:
    """A keeper fills Alice's order: 100 USDC from its account, 7 tokens to Alice, 1 to the runner."""
    keeper, order, runner, fees = address("keeper"), address("order"), address("runner"), address("fees")
    sample = transaction(
        {
            keeper: (SOL, SOL - FEE),
            ALICE: (SOL, SOL),
            order: (SOL, SOL),
            runner: (SOL, SOL),
            HERS: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
            fees: (RENT, RENT),
            HIS: (RENT, RENT),
            VAULT: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HER_OTHER, order, USDC, 100),
                token_balance(HERS, ALICE, MINT, 0),
                token_balance(fees, runner, MINT, 0),
                token_balance(HIS, POOL, MINT, 9),
                token_balance(VAULT, POOL, USDC, 0),
            ),
            (
                token_balance(HER_OTHER, order, USDC, 0),
                token_balance(HERS, ALICE, MINT, 7),
                token_balance(fees, runner, MINT, 1),
                token_balance(HIS, POOL, MINT, 1),
                token_balance(VAULT, POOL, USDC, 100),
            ),
        ),
        calls=((call(LIMIT), (call(TOKEN, depth=2),)),),
    )
    sample["transaction"]["message"]["instructions"][0]["accounts"] = [0, 1, 2, 3]
    return sample


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_a_filled_order_is_the_trade_of_whoever_placed_it(form: Any) -> None:
    filled = activity_of(form(_fill()), ALICE)
    assert (kind_and_amounts(filled), amounts(filled.from_order)) == (
        (Kind.BUY, {}, {MINT: 7}),
        {USDC: 100},
    )
    assert activity_of(form(_fill()), address("runner")).kind is Kind.TRANSFER_IN


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_recurring_order_that_a_keeper_filled(self) -> None:
        filled = recorded_activity(FILLED, "DHq9E6HLHDbGWhyLqoMV1PGeeNMHsd4LberZEwfxXETx")
        token = "74DSHnK1qqr4z1pXjLjPAVi8XFngZ635jEVpdkJtnizQ"
        assert kind_and_amounts(filled) == (Kind.BUY, {}, {token: 44_075_880})
        assert amounts(filled.from_order) == {"SOL": 1_428_571}

    def test_the_rent_of_a_filled_order_is_not_bought(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("k2eGRDNq"))
        wallet = next(one for one in recorded_transaction(signature).keys if one.startswith("4abvSW"))
        filled = recorded_activity(signature, wallet)
        assert (filled.kind, [leg.raw for leg in filled.received]) == (Kind.BUY, [999_000_000_000])

    def test_the_fee_of_whoever_runs_the_orders_is_no_trade(self) -> None:
        assert recorded_activity(FILLED, "CpoD6tWAsMDeyvVG2q2rD1JbDY6d4AujnvAn2NdrhZV2").from_order == ()


def test_what_lay_at_the_exchange_is_sold_though_no_account_of_the_wallet_lost_it() -> None:
    sold = fault_activity("b01-sale-out-of-funds", "6kntKa")
    assert (sold.kind, sold.paid, sold.tip) == (Kind.SELL, (), 18_000)
    (given,) = sold.from_order
    assert (given.mint[:6], given.raw, given.decimals) == ("J3NKxx", 15_716_000_000, 8)
    assert list(amounts(sold.received).values()) == [224_924_885]


def test_a_vault_that_was_given_less_than_a_lot_does_not_say_how_much_was_sold() -> None:
    sample = json.loads(recorded.fault("b01-sale-out-of-funds"))
    for balances in (sample["meta"]["preTokenBalances"], sample["meta"]["postTokenBalances"]):
        for balance in balances:
            if balance["uiTokenAmount"]["amount"] == "1508695000000":
                balance["uiTokenAmount"]["amount"] = "1508695000001"
    found = activity_of(sample, read_transaction(samples.raw(sample)).signers[0])
    assert (found.kind, found.from_order) == (Kind.ORDER_CLOSE, ())
    assert list(amounts(found.received).values()) == [224_924_885]
