"""Bridges send and receive."""

import pytest

from chain.decoders.activities import activities
from chain.decoders.programs import PROGRAMS, Role
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity, Kind
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, USDC, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HERS,
    MINT,
    SOL,
    activity_of,
    anchor_data,
    exchange,
    fault_activity,
    kind_and_amounts,
    recorded_transaction,
)


def test_what_leaves_through_a_bridge_is_sent_not_burned_and_its_rent_is_apart() -> None:
    sent = fault_activity("b06-bridged-out", "3DBoK4")
    assert kind_and_amounts(sent) == (Kind.TRANSFER_OUT, {USDC: 30_000_000_000}, {})
    assert sent.venue == "Circle CCTP"


def test_what_comes_through_a_bridge_is_received_not_minted_and_its_relayer_did_nothing() -> None:
    transaction = read_transaction(recorded.fault("b06-bridged-in"))
    owner = next(balance.owner for balance in transaction.post_tokens if balance.owner)
    (received,) = activities(transaction, chain="solana", wallets={owner})
    assert kind_and_amounts(received) == (Kind.TRANSFER_IN, {}, {USDC: 30_000_000_000})
    assert kind_and_amounts(fault_activity("b06-bridged-in", "HuHz5V")) == (Kind.OTHER, {}, {})


def test_who_exchanges_something_to_carry_a_message_is_no_trader() -> None:
    relayed = activity_of(exchange(USDC, MINT, program="dst5MGcFPoBeREFAA5E3tU5ij8m5uVYwkzkSAbsLbNo"), ALICE)
    assert relayed.kind is Kind.OTHER


def _supply_changed(program: str, name: str, before: int, after: int) -> Activity:
    """Return what Alice did, who asked the program for this, which burned or minted her tokens."""
    sample = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MINT, before),), (token_balance(HERS, ALICE, MINT, after),)),
        calls=((call(program, anchor_data(name)), (call(TOKEN, b"\x08", depth=2),)),),
    )
    return activity_of(sample, ALICE)


@pytest.mark.parametrize("program", sorted(one for one in PROGRAMS if PROGRAMS[one].role is Role.BRIDGE))
def test_every_listed_bridge_sends_what_it_burns_and_is_named(program: str) -> None:
    sent = _supply_changed(program, "whatever", 25, 5)
    assert (*kind_and_amounts(sent), sent.bridge) == (
        Kind.TRANSFER_OUT,
        {MINT: 20},
        {},
        PROGRAMS[program].name,
    )


@pytest.mark.parametrize("name", ["transfer_burn", "transfer_lock"])
def test_a_bridge_that_a_token_has_for_itself_is_known_by_what_it_is_asked_for(name: str) -> None:
    sent = _supply_changed(address("manager"), name, 25, 5)
    assert (*kind_and_amounts(sent), sent.bridge) == (Kind.TRANSFER_OUT, {MINT: 20}, {}, "Wormhole")


@pytest.mark.parametrize("name", ["release_inbound_mint", "release_inbound_unlock"])
def test_what_it_mints_is_received(name: str) -> None:
    received = _supply_changed(address("manager"), name, 5, 25)
    assert (*kind_and_amounts(received), received.bridge) == (Kind.TRANSFER_IN, {}, {MINT: 20}, "Wormhole")


def test_another_unknown_program_that_burns_burns() -> None:
    burned = _supply_changed(address("manager"), "burn", 25, 5)
    assert (*kind_and_amounts(burned), burned.bridge) == (Kind.BURN, {MINT: 20}, {}, None)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_what_is_changed_on_the_way_through_a_bridge_is_sent(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("58F9fNP7"))
        (sent,) = activities(recorded_transaction(signature), chain="solana", wallets=None)
        assert (sent.kind, "deBridge" in sent.route) == (Kind.TRANSFER_OUT, True)
