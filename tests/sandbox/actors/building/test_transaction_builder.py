"""Signed transactions of each version."""

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import MessageV0, MessageV1
from solders.pubkey import Pubkey

from sandbox.actors.building.instructions import pay
from sandbox.actors.building.transaction_builder import UNITS, Form, Postage, seal

PAYER, OTHER = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2))
SHOP = Pubkey(b"s" * 32)
TABLE = AddressLookupTableAccount(Pubkey(b"t" * 32), [SHOP])


def postage(form: Form = Form.LEGACY, nonce: int = 0, priority: int = 0) -> Postage:
    return Postage(blockhash=Hash.default(), nonce=nonce, table=TABLE, form=form, priority=priority)


@pytest.mark.parametrize("form", Form)
def test_every_form_is_signed_by_all_who_are_asked_for_and_nobody_else(form: Form) -> None:
    instructions = [pay(PAYER.pubkey(), SHOP, 1), pay(OTHER.pubkey(), SHOP, 2)]
    stranger = Keypair.from_seed(b"z" * 32)
    tx = seal(instructions, [PAYER, stranger, OTHER], postage(form))
    assert tx.message.account_keys[0] == PAYER.pubkey()
    assert len(tx.signatures) == 2
    assert tx.verify_with_results() == [True, True]


def test_a_table_shortens_the_message() -> None:
    tx = seal([pay(PAYER.pubkey(), SHOP, 1)], [PAYER], postage(Form.TABLE))
    assert isinstance(tx.message, MessageV0)
    assert SHOP not in tx.message.account_keys


def test_version_1_carries_its_budget_in_its_head() -> None:
    tx = seal([pay(PAYER.pubkey(), SHOP, 1)], [PAYER], postage(Form.V1, nonce=3, priority=1_000_000))
    assert isinstance(tx.message, MessageV1)
    assert len(tx.message.instructions) == 1
    assert tx.message.config.compute_unit_limit == UNITS + 3
    assert tx.message.config.priority_fee == UNITS + 3


@pytest.mark.parametrize("form", Form)
def test_equal_payments_of_one_block_differ_by_their_nonce(form: Form) -> None:
    made = [seal([pay(PAYER.pubkey(), SHOP, 1)], [PAYER], postage(form, nonce)) for nonce in (1, 2)]
    assert made[0].signatures != made[1].signatures
