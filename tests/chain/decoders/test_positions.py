"""Positions and receipts are opened and closed, never bought or sold."""

import pytest

from chain.decoders import positions
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import (
    RAYDIUM_CLMM,
    RENT,
    SYSTEM,
    TOKEN,
    USDC,
    address,
    call,
    token_balance,
    transaction,
)
from tests.chain.wallets import (
    ALICE,
    FEE,
    HERS,
    MINT,
    SOL,
    SQUADS,
    VAULT,
    activity_of,
    recorded_transaction,
    view_of,
)

PERPS = "PERPHjGBqRHArX4DySjwM6UJHiR3sWAatqfdBS2qQJu"
STRANGER = address("unknown vault")
JOINED = "63PQNtzDQdBDnf7FMC4jafDPhDVZHHhZwhJAbCT25efDgXt4H3fxPSQCAacV5Psaz5aKrRk35ubc97oQuozg9rwV"
LEFT = "2Z6pDoWEVYwf4v4fzNVNLW1c2DzEK24WhpyK45ZBkZBiUBogVCfG67U5b1ff6W3ixKPotLTB2k5FTKCKgNtKYJgv"
CLOSED = "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X"


def _deposited(program: str, *, usdc: int, receipt: int) -> Kind:
    before, after = (0, receipt) if receipt >= 0 else (-receipt, 0)
    sample = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT), VAULT: (RENT, RENT), address("receipt"): (RENT, RENT)},
        tokens=(
            (
                token_balance(HERS, ALICE, USDC, 500),
                token_balance(VAULT, address("reserve"), USDC, 500),
                token_balance(address("receipt"), ALICE, MINT, before, 0),
            ),
            (
                token_balance(HERS, ALICE, USDC, 500 + usdc),
                token_balance(VAULT, address("reserve"), USDC, 500 - usdc),
                token_balance(address("receipt"), ALICE, MINT, after, 0),
            ),
        ),
        calls=((call(program, b"12345678"), (call(TOKEN, depth=2),)),),
    )
    return activity_of(sample, ALICE).kind


def test_a_receipt_that_is_minted_for_a_deposit_opens_and_one_that_is_burned_closes() -> None:
    for program in (STRANGER, SQUADS):
        assert _deposited(program, usdc=-100, receipt=90) is Kind.POSITION_OPEN
        assert _deposited(program, usdc=100, receipt=-90) is Kind.POSITION_CLOSE


def test_the_share_in_a_pool_is_liquidity_whatever_the_instruction_is_called() -> None:
    assert _deposited(RAYDIUM_CLMM, usdc=-100, receipt=1) is Kind.LIQUIDITY_ADD
    assert _deposited(RAYDIUM_CLMM, usdc=100, receipt=-1) is Kind.LIQUIDITY_REMOVE


def test_an_empty_position_in_a_pool_is_opened_not_minted() -> None:
    assert _deposited(RAYDIUM_CLMM, usdc=0, receipt=1) is Kind.POSITION_OPEN


def test_what_goes_to_perpetuals_opens_a_position_and_what_comes_back_closes_one() -> None:
    assert _deposited(PERPS, usdc=-100, receipt=0) is Kind.POSITION_OPEN
    assert _deposited(PERPS, usdc=100, receipt=0) is Kind.POSITION_CLOSE
    assert SYSTEM != PERPS


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize(
        ("signature", "wallet", "kind"),
        [
            (JOINED, "xQnMtxxFqh1WDcaYmi9vLqdWUoJpUni2xGFsa5Gqbtz", Kind.LIQUIDITY_ADD),
            (LEFT, "CBmMUBCWvUXZc7WuoTVpb8cqhvC9DxWMato6JijqJ1Ci", Kind.LIQUIDITY_REMOVE),
            (CLOSED, "7T8ckKtdc5DH7ACS5AnCny7rVXYJPEsaAbdBri1FhPxY", Kind.LIQUIDITY_REMOVE),
        ],
    )
    def test_a_receipt_of_a_pool_that_was_minted_or_burned_is_no_trade(
        self, signature: str, wallet: str, kind: Kind
    ) -> None:
        assert positions.kind(view_of(recorded_transaction(signature), wallet)) is kind
