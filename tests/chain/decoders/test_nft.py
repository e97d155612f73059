"""NFT trades: one piece of something indivisible against anything else."""

from chain.decoders.nft import is_single
from domain.activity.activity import Kind, Leg
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    SOL,
    activity_of,
    kind_and_amounts,
    recorded_activity,
)

MAGIC_EDEN = "M2mx93ekt1fmXSVkTrUL9xVFHkmME8HTUi5Cyc5aF7K"
CLOSED = "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X"


def test_one_indivisible_piece_for_sol_is_an_nft_trade() -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 5 * SOL), HERS: (RENT, RENT), HIS: (RENT, RENT)},
        tokens=(
            (token_balance(HIS, BOB, MINT, 1, 0), token_balance(HERS, ALICE, MINT, 0, 0)),
            (token_balance(HIS, BOB, MINT, 0, 0), token_balance(HERS, ALICE, MINT, 1, 0)),
        ),
        calls=((call(MAGIC_EDEN), (call(TOKEN, depth=2),)),),
    )
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.NFT_TRADE, {"SOL": 5 * SOL}, {MINT: 1})


def test_a_single_piece_has_no_fractions() -> None:
    assert is_single(Leg(mint=MINT, raw=1, decimals=0))
    assert not is_single(Leg(mint=MINT, raw=2, decimals=0))
    assert not is_single(Leg(mint=MINT, raw=1, decimals=6))


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_position_that_is_burned_when_it_is_closed_is_no_nft_trade(self) -> None:
        removed = recorded_activity(CLOSED, "7T8ckKtdc5DH7ACS5AnCny7rVXYJPEsaAbdBri1FhPxY")
        assert any(is_single(leg) for leg in removed.paid)
        assert removed.kind is Kind.LIQUIDITY_REMOVE
