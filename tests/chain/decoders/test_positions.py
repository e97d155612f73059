"""Positions and receipts are opened and closed, never bought or sold."""

from domain.activity.activity import Kind
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
from tests.chain.wallets import ALICE, FEE, HERS, MINT, SOL, SQUADS, VAULT, activity_of

PERPS = "PERPHjGBqRHArX4DySjwM6UJHiR3sWAatqfdBS2qQJu"
STRANGER = address("unknown vault")


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
