"""Instructions by hand are those that the libraries build."""

from solders.pubkey import Pubkey
from spl.memo.constants import MEMO_PROGRAM_ID
from spl.token import instructions as library
from spl.token import models
from spl.token.constants import TOKEN_PROGRAM_ID

from sandbox.actors.building import instructions as ix
from sandbox.actors.market.tokens import Token
from tests.sandbox.actors.samples import ALL

TOKEN: Token = ALL["KRILL"]
A, B, C = (Pubkey(bytes([number]) * 32) for number in (1, 2, 3))


def test_a_named_transfer() -> None:
    params = models.TransferCheckedParams(
        program_id=TOKEN.program, source=A, mint=TOKEN.mint, dest=B, owner=C, amount=9, decimals=5
    )
    assert ix.transfer_checked(TOKEN, A, B, C, 9) == library.transfer_checked(params)


def test_an_unnamed_transfer() -> None:
    params = models.TransferParams(program_id=TOKEN.program, source=A, dest=B, owner=C, amount=9)
    assert ix.transfer_unchecked(TOKEN, A, B, C, 9) == library.transfer(params)


def test_minting_is_what_the_library_builds() -> None:
    params = models.MintToParams(
        program_id=TOKEN.program, mint=TOKEN.mint, dest=A, mint_authority=B, amount=9
    )
    assert ix.mint_to(TOKEN, A, B, 9) == library.mint_to(params)


def test_opening_an_account() -> None:
    expected = library.create_idempotent_associated_token_account(A, B, TOKEN.mint, TOKEN.program)
    assert ix.create_account_for(A, B, TOKEN) == expected


def test_closing_an_account() -> None:
    params = models.CloseAccountParams(program_id=TOKEN_PROGRAM_ID, account=A, dest=B, owner=B)
    assert ix.close(TOKEN_PROGRAM_ID, A, B) == library.close_account(params)


def test_harvesting_withheld_fees() -> None:
    tithe = ALL["TITHE"]
    params = models.HarvestWithheldTokensToMintParams(program_id=tithe.program, mint=tithe.mint, sources=[A])
    assert ix.harvest_fees(tithe, A) == library.harvest_withheld_tokens_to_mint(params)


def test_renouncing_the_power_to_mint() -> None:
    instruction = ix.revoke_authority(TOKEN, A, 0)
    assert bytes(instruction.data) == bytes([6, 0, 0])
    assert [meta.pubkey for meta in instruction.accounts] == [TOKEN.mint, A]


def test_wrapping_pays_into_ones_own_account_and_unwrapping_closes_it() -> None:
    opened, paid, synced = ix.wrap(A, 5)
    account = ix.wrapped_account(A)
    assert opened == ix.create_wrapped_account(A)
    assert [meta.pubkey for meta in paid.accounts] == [A, account]
    assert synced == library.sync_native(
        models.SyncNativeParams(program_id=TOKEN_PROGRAM_ID, account=account)
    )
    assert ix.unwrap(A).accounts[0].pubkey == account


def test_a_memo_is_signed_by_its_author() -> None:
    note = ix.memo(A, "hé")
    assert (note.program_id, bytes(note.data)) == (MEMO_PROGRAM_ID, "hé".encode())
    assert note.accounts[0].is_signer


def test_no_price_is_set_where_none_is_offered() -> None:
    assert len(ix.compute_budget(1_000, 0)) == 1
    assert len(ix.compute_budget(1_000, 5)) == 2
