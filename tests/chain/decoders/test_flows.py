"""What instructions moved, in every encoding."""

import json

import pytest

from chain.decoders.flows import Flows, flows_in, total
from chain.parsing.calls import calls_of
from chain.parsing.transaction import Transaction, read_transaction
from tests.chain import recorded, samples


def flows_of(transaction: Transaction) -> Flows:
    return flows_in(transaction, calls_of(transaction))


@pytest.mark.parametrize("name", ["b04-full-exit", "b05-nothing-but-a-tip.2CT", "b15-dca"])
def test_the_payments_of_a_wallet_are_found_by_source_target_and_amount(name: str) -> None:
    transaction = read_transaction(recorded.fault(name))
    flows = flows_of(transaction)
    moved = {(move.target[:4], move.raw) for move in flows.paid_by(transaction.payer)}
    assert (
        moved
        >= {
            "b04-full-exit": {("J7R6", 177_590_297), ("BB5d", 2_023), ("6GZV", 5_900_000)},
            "b05-nothing-but-a-tip.2CT": {("ADaU", 5_000)},
            "b15-dca": {("4pKV", 25_000_000_000)},
        }[name]
    )


def test_an_account_that_lived_only_within_the_transaction_has_its_owner() -> None:
    transaction = read_transaction(recorded.fault("b04-sale-smaller"))
    flows = flows_of(transaction)
    assert set(flows.closed.values()) == {transaction.payer}
    assert all(flows.owner_of(account) == transaction.payer for account in flows.closed)
    assert total(flows.paid_by(transaction.payer)) == 1_000


def test_base64_says_the_same_as_json() -> None:
    sample = json.loads(recorded.fault("b04-sale-smaller"))
    plain, packed = (
        flows_of(read_transaction(samples.raw(form))) for form in (sample, samples.as_base64(sample))
    )
    assert (plain.moves, plain.owners, plain.opened) == (packed.moves, packed.owners, packed.opened)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_every_recorded_transaction_is_read_without_a_fault(self) -> None:
        for raw in recorded.transactions().values():
            flows_of(read_transaction(raw))
