"""What counts as paid and received: rent and fee apart."""

from chain.decoders.balances import Change
from chain.decoders.legs import MAX_RENT_AND_TIP, legs_of
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.samples import RENT, USDC, WSOL, address, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    POOL,
    SOL,
    VAULT,
    activity_of,
    amounts,
    kind_and_amounts,
    recorded_activity,
)

CLOSED = "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X"


def test_fee_and_rent_of_own_accounts_are_no_part_of_the_price() -> None:
    bought = activity_of(samples.swap(), address("trader"))
    assert kind_and_amounts(bought) == (Kind.BUY, {"SOL": SOL}, {MINT: 250})
    assert (bought.fee, bought.rent, bought.venue) == (FEE, RENT, "Jupiter v6")


def test_wrapped_sol_opened_and_closed_inside_is_sol() -> None:
    sample = transaction(
        {
            ALICE: (SOL, 3 * SOL - FEE),
            HERS: (RENT, RENT),
            HIS: (RENT, RENT),
            VAULT: (9 * SOL, 7 * SOL),
            POOL: (1, 1),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, MINT, 90),
                token_balance(HIS, POOL, MINT, 0),
                token_balance(VAULT, POOL, WSOL, 9 * SOL, 9),
            ),
            (
                token_balance(HERS, ALICE, MINT, 0),
                token_balance(HIS, POOL, MINT, 90),
                token_balance(VAULT, POOL, WSOL, 7 * SOL, 9),
            ),
        ),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.SELL, {MINT: 90}, {"SOL": 2 * SOL})


def test_a_closed_account_gives_back_its_rent_and_that_is_no_leg() -> None:
    sample = transaction(
        {
            ALICE: (SOL, SOL + RENT + 2 * SOL - FEE),
            HERS: (RENT, 0),
            HIS: (RENT, RENT),
            BOB: (9 * SOL, 7 * SOL),
        },
        tokens=(
            (token_balance(HERS, ALICE, MINT, 90), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HIS, BOB, MINT, 90),),
        ),
    )
    sold = activity_of(sample, ALICE)
    assert (kind_and_amounts(sold), sold.rent) == ((Kind.SELL, {MINT: 90}, {"SOL": 2 * SOL}), -RENT)


def _sol_legs(lamports: int) -> list[int]:
    paid, received = legs_of(Change(lamports, 0, {USDC: -100, MINT: 7}, {USDC: 6, MINT: 6}))
    return [leg.raw for leg in (*paid, *received) if leg.mint == "SOL"]


def test_few_lamports_are_no_leg_of_a_trade_of_tokens() -> None:
    assert _sol_legs(MAX_RENT_AND_TIP) == _sol_legs(-MAX_RENT_AND_TIP) == []
    assert _sol_legs(MAX_RENT_AND_TIP + 1) == _sol_legs(-MAX_RENT_AND_TIP - 1) == [MAX_RENT_AND_TIP + 1]


def test_few_lamports_alone_are_a_leg_and_sol_comes_first() -> None:
    paid, received = legs_of(Change(-1, 0, {MINT: -7}, {MINT: 6}))
    assert ([leg.mint for leg in paid], received) == (["SOL", MINT], ())


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_rent_that_comes_back_is_no_leg(self) -> None:
        removed = recorded_activity(CLOSED, "7T8ckKtdc5DH7ACS5AnCny7rVXYJPEsaAbdBri1FhPxY")
        assert amounts(removed.received)["SOL"] == 14_991_296
        assert removed.rent == -2_074_080
