"""Transfers: what went one way only, and who was on the other side."""

from typing import Any

import pytest

from domain.activity.activity import Kind
from domain.activity.claims import CLAIM_PROGRAMS, is_claim
from domain.positions.outcomes import entry_of
from tests.chain import recorded
from tests.chain.samples import RENT, SYSTEM, TOKEN, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    POOL,
    SOL,
    SQUADS,
    activity_of,
    kind_and_amounts,
    recorded_activity,
)

BONKBOT = "ZG98FUCjb8mJ824Gbs6RsgVmr1FhXb2oNiJHa2dwmPd"
SENT = "2AAfqKebQHYh1WjfRZgqLF8scC5BCW7D329bP2ektWrfjkaisB5Z2oTkckRuUTc4DJEPu85UCy1vKtazz34FXr8V"


def _sends(arrived: int = 100, program: str | None = None) -> dict[str, Any]:
    return transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT), HIS: (RENT, RENT)},
        tokens=(
            (token_balance(HERS, ALICE, MINT, 500), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HERS, ALICE, MINT, 400), token_balance(HIS, BOB, MINT, arrived)),
        ),
        calls=((call(program or TOKEN), (call(TOKEN, depth=2),) if program else ()),),
    )


@pytest.mark.parametrize("program", [None, SQUADS, address("a program nobody knows")])
def test_a_transfer_names_the_other_side(program: str | None) -> None:
    out, into = activity_of(_sends(program=program), ALICE), activity_of(_sends(program=program), BOB)
    assert (kind_and_amounts(out), out.counterparty) == ((Kind.TRANSFER_OUT, {MINT: 100}, {}), BOB)
    assert (kind_and_amounts(into), into.counterparty) == ((Kind.TRANSFER_IN, {}, {MINT: 100}), ALICE)


@pytest.mark.parametrize("program", CLAIM_PROGRAMS)
def test_an_airdrop_comes_in_though_its_receipt_costs_rent(program: str) -> None:
    """The program notes in an account of its own who has had what; whoever claims pays for it."""
    receipt = address("who has had what")
    opened = {
        **call(SYSTEM, bytes(4) + RENT.to_bytes(8, "little") + bytes(40), depth=2),
        "accounts": [0, 3],
    }
    sample = transaction(
        {ALICE: (SOL, SOL - FEE - RENT), HERS: (RENT, RENT), HIS: (RENT, RENT), receipt: (0, RENT)},
        tokens=(
            (token_balance(HERS, ALICE, MINT, 5), token_balance(HIS, POOL, MINT, 500)),
            (token_balance(HERS, ALICE, MINT, 105), token_balance(HIS, POOL, MINT, 400)),
        ),
        calls=((call(program), (opened, call(TOKEN, depth=2))),),
    )
    found = activity_of(sample, ALICE)
    assert (found.kind, is_claim(found.kind, found.venue)) == (Kind.TRANSFER_IN, True)
    assert entry_of(found, None).is_claim


STAKE = "Stake11111111111111111111111111111111111111"


@pytest.mark.parametrize("taker", ["DttWaMuVvTiduZRnguLF7jNxTgiMBZ1hyAumKUiL2KRL", BONKBOT])
def test_what_an_account_for_tips_and_fees_gets_is_no_transfer(taker: str) -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 4 * SOL), taker: (SOL, 2 * SOL)},
        calls=((call(SYSTEM), ()), (call(SYSTEM), ())),
    )
    assert activity_of(sample, taker).kind is Kind.OTHER
    assert activity_of(sample, ALICE).counterparty == BOB
    assert activity_of(sample, BOB).kind is Kind.TRANSFER_IN


def test_a_token_that_keeps_a_fee_on_transfer_is_exact_on_both_sides() -> None:
    assert kind_and_amounts(activity_of(_sends(arrived=97), ALICE)) == (Kind.TRANSFER_OUT, {MINT: 100}, {})
    assert kind_and_amounts(activity_of(_sends(arrived=97), BOB)) == (Kind.TRANSFER_IN, {}, {MINT: 97})


def test_sol_is_transferred_too() -> None:
    sample = transaction({ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 5 * SOL)}, calls=((call(SYSTEM), ()),))
    sent = activity_of(sample, ALICE)
    assert (kind_and_amounts(sent), sent.counterparty, sent.fee) == (
        (Kind.TRANSFER_OUT, {"SOL": 5 * SOL}, {}),
        BOB,
        FEE,
    )


def test_a_transfer_to_several_names_nobody() -> None:
    sample = transaction({ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (0, 2 * SOL), POOL: (0, 3 * SOL)})
    assert (activity_of(sample, ALICE).kind, activity_of(sample, ALICE).counterparty) == (
        Kind.TRANSFER_OUT,
        None,
    )


def test_rent_for_accounts_that_a_program_opens_is_no_transfer() -> None:
    sample = transaction(
        {ALICE: (SOL, SOL - FEE - 1_500_000), POOL: (0, 1_500_000)},
        calls=((call(address("a program nobody knows")), (call(SYSTEM, depth=2),)),),
    )
    assert activity_of(sample, ALICE).kind is Kind.OTHER


def test_what_is_paid_next_to_a_call_of_the_stake_program_is_sent() -> None:
    sample = transaction(
        {ALICE: (9 * SOL, 4 * SOL - FEE), BOB: (SOL, 6 * SOL)},
        calls=((call(STAKE, b"\x01\0\0\0"), ()), (call(SYSTEM), ())),
    )
    assert (activity_of(sample, ALICE).kind, activity_of(sample, BOB).kind) == (
        Kind.TRANSFER_OUT,
        Kind.TRANSFER_IN,
    )


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_lamports_sent_from_one_wallet_to_another(self) -> None:
        sender, receiver = (
            "otterzZrCX39w8zeRSyXinWgDXS2irJ3GGecVmQJQ5D",
            "A6bewof2qJfq6W2x7ZRPrKQrXcXic2HQPX6JPAnffAPJ",
        )
        sent, arrived = recorded_activity(SENT, sender), recorded_activity(SENT, receiver)
        assert kind_and_amounts(sent) == (Kind.TRANSFER_OUT, {"SOL": 33_960}, {})
        assert kind_and_amounts(arrived) == (Kind.TRANSFER_IN, {}, {"SOL": 33_960})
        assert (sent.counterparty, arrived.counterparty) == (receiver, sender)
