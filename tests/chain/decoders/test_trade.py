"""Buy, sell and swap, from what went out and what came in."""

import pytest

from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.trade import trade_kind
from domain.activity.activity import Kind, Leg
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, USDC, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    MSOL,
    PUMP,
    SOL,
    SQUADS,
    activity_of,
    anchor_data,
    exchange,
    kind_and_amounts,
    recorded_activity,
)

PURCHASE = "4G1gvudg2PyQV17v8agjHKYJQA9bxxJtMWEvKzk1Lb9k5yHTj3dnrvDGEiaDT7qSYePvswBrUq1bC5j4iPbk5gzQ"
SALE = "3bYXWjjNkVZpz3VWrp8Sh12usVCnzEqhYCnNNMQrMu7C8XHssi2WBTW37zukC5oyYTsAKYRtUQ1xhwFMYFMH19VJ"
SWAP = "2DfsmTYvMqKwXDBEicEtqLeFfyJ43LLPeVbg8NSjzsQZuhzKzUmZP9XeQLm8C9z8pu3z5paHdJKcnQrw3PA8s4hs"


@pytest.mark.parametrize(
    ("gave", "got", "kind"),
    [
        (USDC, MINT, Kind.BUY),
        (MINT, USDC, Kind.SELL),
        (MINT, address("other"), Kind.SWAP),
        (USDC, MSOL, Kind.SWAP),
    ],
)
def test_a_trade_follows_from_balances_alone_even_where_the_other_side_signs_too(
    gave: str, got: str, kind: Kind
) -> None:
    sample = exchange(gave, got, signers=2)
    assert kind_and_amounts(activity_of(sample, ALICE)) == (kind, {gave: 100}, {got: 7})
    assert kind_and_amounts(activity_of(sample, BOB))[1:] == ({got: 7}, {gave: 100})


def test_what_counts_as_a_quote_currency_can_be_chosen() -> None:
    other = address("other")
    assert activity_of(exchange(other, MINT), ALICE, QUOTE_MINTS | {other}).kind is Kind.BUY
    assert activity_of(exchange(USDC, MINT), ALICE, frozenset()).kind is Kind.SWAP


def test_a_trade_by_a_delegate_is_the_owners_though_only_the_delegate_signs_and_pays() -> None:
    sample = exchange(USDC, MINT)
    keeper = address("keeper")
    sample["transaction"]["message"]["accountKeys"][0] = keeper
    bought = activity_of(sample, ALICE)
    assert (kind_and_amounts(bought), bought.fee) == ((Kind.BUY, {USDC: 100}, {MINT: 7}), 0)


def test_several_trades_in_one_transaction_give_all_their_legs() -> None:
    sample = exchange(USDC, MINT)
    other, more = address("other"), address("more")
    sample["transaction"]["message"]["accountKeys"] += [more, address("their more")]
    sample["meta"]["preBalances"] += [RENT, RENT]
    sample["meta"]["postBalances"] += [RENT, RENT]
    keys = sample["transaction"]["message"]["accountKeys"]
    for name, owner, sides in ((more, ALICE, (0, 30)), (address("their more"), BOB, (30, 0))):
        for side, raw in zip(("preTokenBalances", "postTokenBalances"), sides, strict=True):
            sample["meta"][side].append(
                {**token_balance(name, owner, other, raw), "accountIndex": keys.index(name)}
            )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.BUY, {USDC: 100}, {MINT: 7, other: 30})


def test_a_vault_of_several_people_trades_though_it_never_signs() -> None:
    sample = exchange(USDC, MINT, program=SQUADS)
    sample["transaction"]["message"]["accountKeys"][0] = address("a member")
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.BUY, {USDC: 100}, {MINT: 7})


def test_the_supply_minted_at_creation_is_not_bought() -> None:
    curve = address("curve")
    sample = transaction(
        {ALICE: (9 * SOL, 8 * SOL - FEE), curve: (0, SOL), HERS: (0, 0), HIS: (0, 0)},
        tokens=((), (token_balance(HERS, ALICE, MINT, 300), token_balance(HIS, curve, MINT, 999_700))),
        calls=(
            (call(PUMP, anchor_data("create")), (call(TOKEN, b"\x14", depth=2),)),
            (call(PUMP, anchor_data("buy")), ()),
        ),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.BUY, {"SOL": SOL}, {MINT: 300})


def test_a_trade_is_a_sale_for_a_quote_currency_and_a_purchase_with_one() -> None:
    token, usdc = Leg(mint=MINT, raw=7, decimals=6), Leg(mint=USDC, raw=100, decimals=6)
    assert trade_kind((usdc,), (token,), frozenset({USDC})) is Kind.BUY
    assert trade_kind((token,), (usdc,), frozenset({USDC})) is Kind.SELL
    assert trade_kind((token,), (usdc,), frozenset()) is Kind.SWAP


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_purchase_through_a_router(self) -> None:
        bought = recorded_activity(PURCHASE, "FvTqiyvB52rmV82jj9Wc5efLyuWht9vprr8bivDBzGnV")
        token = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump"
        assert kind_and_amounts(bought) == (Kind.BUY, {USDC: 500_000_000}, {token: 812_420_478})
        assert (bought.venue, bought.route) == ("Jupiter v6", ("Jupiter v6", "SolFi"))

    def test_a_sale_on_a_curve(self) -> None:
        sold = recorded_activity(SALE, "4DdrfiDHpmx55i4SPssxVzS9ZaKLb8qr45NKY9Er9nNh")
        token = "CnNVDyM7GXBBcH8giuRYm17YCn6kpFTTbnd6Tx4hpump"
        assert kind_and_amounts(sold) == (Kind.SELL, {token: 592_443_959_000_000}, {"SOL": 37_052_911_064})

    def test_a_swap_between_quote_currencies(self) -> None:
        swapped = recorded_activity(SWAP, "MfDuWeqSHEqTFVYZ7LoexgAK9dxk7cy4DFJWjWMGVWa")
        assert kind_and_amounts(swapped) == (Kind.SWAP, {USDC: 116_033_029}, {"SOL": 521_092_597})
