"""Bridges send and receive."""

from chain.decoders.activities import activities
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import USDC
from tests.chain.wallets import (
    ALICE,
    MINT,
    activity_of,
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


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_what_is_changed_on_the_way_through_a_bridge_is_sent(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("58F9fNP7"))
        (sent,) = activities(recorded_transaction(signature), chain="solana", wallets=None)
        assert (sent.kind, "deBridge" in sent.route) == (Kind.TRANSFER_OUT, True)
