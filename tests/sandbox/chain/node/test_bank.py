from __future__ import annotations

import pytest
from solders.address_lookup_table_account import (
    AddressLookupTableAccount,
)
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from spl.token import instructions as spl
from spl.token import models

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.encodings.tokens import TOKEN_2022, holding_of
from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, meta_of, new_chain, note, pay, signed

LOOKUP_TABLES = Pubkey.from_string("AddressLookupTab1e1111111111111111111111111")


@pytest.fixture
def chain() -> Chain:
    return new_chain()


@pytest.fixture
def alice(chain: Chain) -> Keypair:
    chain.airdrop(key(1).pubkey(), 10 * SOL)
    return key(1)


@pytest.mark.parametrize("version", [None, 0, 1])
def test_it_runs_transfers_in_every_version_of_transactions(
    chain: Chain, alice: Keypair, version: int | None
) -> None:
    signature = chain.send(signed(chain, [alice], pay(alice, key(2).pubkey(), SOL), version=version))
    meta = meta_of(chain, signature)
    assert meta["err"] is None
    assert meta["fee"] == 5_000
    assert meta["preBalances"] == [10 * SOL, 0, 1]
    assert meta["postBalances"] == [9 * SOL - 5_000, SOL, 1]
    recorded = chain.open.transactions[str(signature)]
    assert recorded.version == ("legacy" if version is None else version)


def test_a_priority_fee_is_charged(chain: Chain, alice: Keypair) -> None:
    paid = pay(alice, key(2).pubkey(), SOL)
    dear = [set_compute_unit_limit(100_000), set_compute_unit_price(2_000_000)]
    meta = meta_of(chain, chain.send(signed(chain, [alice], *dear, paid)))
    assert meta["fee"] == 5_000 + 200_000


def test_a_failed_transaction_lands_costs_its_fee_and_says_why(chain: Chain, alice: Keypair) -> None:
    meta = meta_of(chain, chain.send(signed(chain, [alice], pay(alice, key(2).pubkey(), 99 * SOL))))
    assert meta["err"] == {"InstructionError": [0, {"Custom": 1}]}
    assert meta["status"] == {"Err": meta["err"]}
    assert meta["postBalances"] == [10 * SOL - 5_000, 0, 1]
    assert "Transfer: insufficient lamports" in "\n".join(meta["logMessages"])


def test_what_cannot_land_is_rejected_with_the_reason(chain: Chain, alice: Keypair) -> None:
    poor = key(3)
    with pytest.raises(TransactionRejected, match="no record of a prior credit") as found:
        chain.send(signed(chain, [poor], pay(poor, alice.pubkey(), 1)))
    assert found.value.err == "AccountNotFound"


def test_a_forged_signature_is_rejected(chain: Chain, alice: Keypair) -> None:
    honest = signed(chain, [alice], pay(alice, key(2).pubkey(), SOL))
    other = signed(chain, [alice], pay(alice, key(2).pubkey(), 2 * SOL))
    forged = VersionedTransaction.populate(honest.message, other.signatures)
    with pytest.raises(TransactionRejected, match="signature verification"):
        chain.send(forged)


def test_a_memo_is_listed_with_the_signature(chain: Chain, alice: Keypair) -> None:
    signature = chain.send(signed(chain, [alice], note("grüße".encode(), alice.pubkey())))
    assert chain.open.transactions[str(signature)].memo == "[7] grüße"


def test_token_balances_name_owner_mint_program_and_exact_amounts(chain: Chain, alice: Keypair) -> None:
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    issuer.give(alice.pubkey(), 2_500_000)
    issuer.give(key(2).pubkey(), 0)
    meta = meta_of(chain, chain.send(signed(chain, [alice], issuer.move(alice, key(2).pubkey(), 1_000_001))))
    by_owner = {one["owner"]: one for one in meta["postTokenBalances"]}
    assert by_owner[str(alice.pubkey())]["uiTokenAmount"] == {
        "amount": "1499999",
        "decimals": 6,
        "uiAmount": 1.499999,
        "uiAmountString": "1.499999",
    }
    before = {one["owner"]: one for one in meta["preTokenBalances"]}
    assert before[str(key(2).pubkey())]["uiTokenAmount"]["uiAmount"] is None
    assert before[str(key(2).pubkey())]["mint"] == str(issuer.mint.pubkey())
    assert before[str(key(2).pubkey())]["programId"] == "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def test_calls_between_programs_are_kept_as_inner_instructions(chain: Chain, alice: Keypair) -> None:
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    meta = meta_of(chain, issuer.give(alice.pubkey(), 1))
    (group,) = meta["innerInstructions"]
    assert group["index"] == 0
    assert {one["stackHeight"] for one in group["instructions"]} == {2}
    assert len(group["instructions"]) >= 3


def test_token_2022_withholds_its_transfer_fee(chain: Chain, alice: Keypair) -> None:
    issuer = TokenIssuer(chain, program=TOKEN_2022, size=278)
    fee = spl.initialize_transfer_fee_config(
        models.InitializeTransferFeeConfigParams(
            program_id=TOKEN_2022,
            mint=issuer.mint.pubkey(),
            transfer_fee_config_authority=issuer.issuer.pubkey(),
            withdraw_withheld_authority=issuer.issuer.pubkey(),
            transfer_fee_basis_points=100,
            maximum_fee=10**9,
        )
    )
    issuer.open_mint(fee)
    issuer.give(alice.pubkey(), 1_000_000)
    issuer.give(key(2).pubkey(), 0)
    meta = meta_of(chain, chain.send(signed(chain, [alice], issuer.move(alice, key(2).pubkey(), 500_000))))
    assert meta["err"] is None
    owned = holding_of(chain.account(issuer.account_of(key(2).pubkey())))
    assert owned is not None
    assert owned.amount == 495_000


async def test_a_lookup_table_made_on_chain_can_be_used(chain: Chain, alice: Keypair) -> None:
    chain.step()
    chain.step()
    recent = chain.tip.slot
    seeds = [bytes(alice.pubkey()), recent.to_bytes(8, "little")]
    table, bump = Pubkey.find_program_address(seeds, LOOKUP_TABLES)
    chain.send(signed(chain, [alice], _create_table(alice, table, recent, bump)))
    bob = key(2).pubkey()
    chain.send(signed(chain, [alice], _extend_table(alice, table, [bob])))
    chain.step()
    known = AddressLookupTableAccount(table, [bob])
    message = MessageV0.try_compile(alice.pubkey(), [pay(alice, bob, SOL)], [known], chain.latest_blockhash())
    meta = meta_of(chain, chain.send(VersionedTransaction(message, [alice])))
    assert meta["err"] is None
    assert meta["loadedAddresses"] == {"writable": (str(bob),), "readonly": ()}
    assert meta["postBalances"][-1] == SOL


def _create_table(payer: Keypair, table: Pubkey, slot: int, bump: int) -> Instruction:
    data = (0).to_bytes(4, "little") + slot.to_bytes(8, "little") + bytes([bump])
    return Instruction(
        LOOKUP_TABLES,
        data,
        [
            AccountMeta(table, is_signer=False, is_writable=True),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=False),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(Pubkey.default(), is_signer=False, is_writable=False),
        ],
    )


def _extend_table(payer: Keypair, table: Pubkey, keys: list[Pubkey]) -> Instruction:
    data = (2).to_bytes(4, "little") + len(keys).to_bytes(8, "little") + b"".join(map(bytes, keys))
    return Instruction(
        LOOKUP_TABLES,
        data,
        [
            AccountMeta(table, is_signer=False, is_writable=True),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=False),
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(Pubkey.default(), is_signer=False, is_writable=False),
        ],
    )


def test_lamports_are_conserved_in_everything_that_runs(chain: Chain, alice: Keypair) -> None:
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    issuer.give(alice.pubkey(), 5)
    chain.send(signed(chain, [alice], pay(alice, key(2).pubkey(), 99 * SOL)))
    for one in chain.open.transactions.values():
        meta = one.body.full("json")[1]
        assert sum(meta["preBalances"]) == sum(meta["postBalances"]) + meta["fee"]
