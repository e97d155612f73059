"""Signed transactions of each version."""

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import MessageV0, MessageV1
from solders.pubkey import Pubkey

from sandbox.actors.building.instructions import transfer_sol
from sandbox.actors.building.transaction_builder import (
    UNITS,
    MessageVersion,
    TransactionOptions,
    build_transaction,
)

PAYER, OTHER = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2))
SHOP = Pubkey(b"s" * 32)
V0 = AddressLookupTableAccount(Pubkey(b"t" * 32), [SHOP])


def options(
    version: MessageVersion = MessageVersion.LEGACY, nonce: int = 0, priority: int = 0
) -> TransactionOptions:
    return TransactionOptions(
        blockhash=Hash.default(), nonce=nonce, table=V0, version=version, priority=priority
    )


@pytest.mark.parametrize("version", MessageVersion)
def test_every_form_is_signed_by_all_who_are_asked_for_and_nobody_else(version: MessageVersion) -> None:
    instructions = [transfer_sol(PAYER.pubkey(), SHOP, 1), transfer_sol(OTHER.pubkey(), SHOP, 2)]
    stranger = Keypair.from_seed(b"z" * 32)
    tx = build_transaction(instructions, [PAYER, stranger, OTHER], options(version))
    assert tx.message.account_keys[0] == PAYER.pubkey()
    assert len(tx.signatures) == 2
    assert tx.verify_with_results() == [True, True]


def test_a_table_shortens_the_message() -> None:
    tx = build_transaction([transfer_sol(PAYER.pubkey(), SHOP, 1)], [PAYER], options(MessageVersion.V0))
    assert isinstance(tx.message, MessageV0)
    assert SHOP not in tx.message.account_keys


def test_version_1_carries_its_budget_in_its_head() -> None:
    tx = build_transaction(
        [transfer_sol(PAYER.pubkey(), SHOP, 1)],
        [PAYER],
        options(MessageVersion.V1, nonce=3, priority=1_000_000),
    )
    assert isinstance(tx.message, MessageV1)
    assert len(tx.message.instructions) == 1
    assert tx.message.config.compute_unit_limit == UNITS + 3
    assert tx.message.config.priority_fee == UNITS + 3


@pytest.mark.parametrize("version", MessageVersion)
def test_equal_payments_of_one_block_differ_by_their_nonce(version: MessageVersion) -> None:
    made = [
        build_transaction([transfer_sol(PAYER.pubkey(), SHOP, 1)], [PAYER], options(version, nonce))
        for nonce in (1, 2)
    ]
    assert made[0].signatures != made[1].signatures
