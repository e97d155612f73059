from __future__ import annotations

import pytest
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.keypair import Keypair
from solders.transaction import VersionedTransaction
from spl.token import instructions as spl
from spl.token import models

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.encodings.tokens import TOKEN_2022, holding_of
from sandbox.chain.node.chain import Chain
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, meta_of, pay, signed


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


def test_a_forged_signature_is_rejected(chain: Chain, alice: Keypair) -> None:
    honest = signed(chain, [alice], pay(alice, key(2).pubkey(), SOL))
    other = signed(chain, [alice], pay(alice, key(2).pubkey(), 2 * SOL))
    forged = VersionedTransaction.populate(honest.message, other.signatures)
    with pytest.raises(TransactionRejected, match="signature verification"):
        chain.send(forged)


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


def test_lamports_are_conserved_in_everything_that_runs(chain: Chain, alice: Keypair) -> None:
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    issuer.give(alice.pubkey(), 5)
    chain.send(signed(chain, [alice], pay(alice, key(2).pubkey(), 99 * SOL)))
    for one in chain.open.transactions.values():
        meta = one.body.full("json")[1]
        assert sum(meta["preBalances"]) == sum(meta["postBalances"]) + meta["fee"]
