"""Lending: deposits, loans and the way back."""

import pytest

from chain.decoders.activities import activities
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, USDC, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HERS,
    MINT,
    SOL,
    VAULT,
    activity_of,
    anchor_data,
    recorded_transaction,
)

LEND_VAULTS = "jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi"
KAMINO = "KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD"


def _moved(usdc: int, program: str, data: bytes, *, receipt: int = 0) -> Kind:
    """What it is that Alice's USDC changes by so much at a program, and that a receipt is minted for her."""
    sample = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT), VAULT: (RENT, RENT), address("receipt"): (0, RENT)},
        tokens=(
            (token_balance(HERS, ALICE, USDC, 500), token_balance(VAULT, address("reserve"), USDC, 500)),
            (
                token_balance(HERS, ALICE, USDC, 500 + usdc),
                token_balance(VAULT, address("reserve"), USDC, 500 - usdc),
                *([token_balance(address("receipt"), ALICE, MINT, receipt, 0)] if receipt else []),
            ),
        ),
        calls=((call(program, data), (call(TOKEN, depth=2),)),),
    )
    return activity_of(sample, ALICE).kind


def _operate(lent: int, owed: int) -> bytes:
    numbers = [number.to_bytes(16, "little", signed=True) for number in (lent, owed)]
    return anchor_data("operate")[:8] + b"".join(numbers)


@pytest.mark.parametrize(
    ("usdc", "data", "kind"),
    [
        (-100, _operate(100, 0), Kind.LENDING_DEPOSIT),
        (100, _operate(-100, 0), Kind.LENDING_WITHDRAW),
        (100, _operate(0, 100), Kind.LENDING_BORROW),
        (-100, _operate(0, -100), Kind.LENDING_REPAY),
    ],
)
def test_the_signs_of_an_operation_say_what_it_is(usdc: int, data: bytes, kind: Kind) -> None:
    assert _moved(usdc, LEND_VAULTS, data) is kind


@pytest.mark.parametrize(
    ("usdc", "name", "kind"),
    [
        (-100, "deposit_reserve_liquidity", Kind.LENDING_DEPOSIT),
        (100, "borrow_obligation_liquidity", Kind.LENDING_BORROW),
        (-100, "repay_obligation_liquidity_v2", Kind.LENDING_REPAY),
        (100, "something_new", Kind.LENDING_WITHDRAW),
    ],
)
def test_instructions_are_known_by_name_and_unknown_ones_by_their_direction(
    usdc: int, name: str, kind: Kind
) -> None:
    assert _moved(usdc, KAMINO, anchor_data(name)) is kind


def test_the_nft_of_a_new_position_is_not_bought() -> None:
    assert _moved(-100, LEND_VAULTS, _operate(100, 0), receipt=1) is Kind.LENDING_DEPOSIT


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_the_loss_of_a_flash_loan_is_no_deposit(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("5X7cr7bx"))
        done = activities(recorded_transaction(signature), chain="solana", wallets=None)
        assert [one.kind for one in done if one.paid] == [Kind.OTHER]

    def test_deposits_and_withdrawals_with_a_receipt_are_no_trades(self) -> None:
        for prefix, kind in (("2Cxrz8NW", Kind.LENDING_DEPOSIT), ("4Tnpv3Zg", Kind.LENDING_WITHDRAW)):
            signature = next(one for one in recorded.transactions() if one.startswith(prefix))
            (done,) = activities(recorded_transaction(signature), chain="solana", wallets=None)
            assert (done.kind, bool(done.paid), bool(done.received)) == (kind, True, True)
