"""Names that end with .sol: each row of the cases of SNS-IP 5, on accounts built for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from chain.parsing.name_accounts import (
    NAMES_PROGRAM,
    TOKENIZER_PROGRAM,
    NameAccount,
    by_holder,
    keys_of,
    resolve,
)
from chain.parsing.names import NameFault, NameSource, Resolved, Tokenised

KEYS = keys_of("whale.sol")
OWNER, CONTENT, OTHER = (
    Keypair.from_seed(b"o" * 32),
    Keypair.from_seed(b"c" * 32),
    Keypair.from_seed(b"x" * 32),
)
PROGRAM_ADDRESS = Pubkey.find_program_address([b"vault"], Pubkey.from_string(NAMES_PROGRAM))[0]
HEADER = bytes(96)


def registry(owner: Pubkey) -> NameAccount:
    return NameAccount(owner=NAMES_PROGRAM, data=bytes(32) + bytes(owner) + bytes(32))


def token_record(tag: int, *, mint: str = KEYS.mint) -> NameAccount:
    data = bytes([tag, 255]) + bytes(64) + bytes(Pubkey.from_string(mint))
    return NameAccount(owner=TOKENIZER_PROGRAM, data=data)


def second(set_by: Pubkey, agreed: Pubkey, *, kinds: tuple[int, int] = (1, 1)) -> NameAccount:
    numbers = kinds[0].to_bytes(2, "little") + kinds[1].to_bytes(2, "little") + (32).to_bytes(4, "little")
    data = HEADER + numbers + bytes(set_by) + bytes(agreed) + bytes(CONTENT.pubkey())
    return NameAccount(owner=NAMES_PROGRAM, data=data)


def first(signer: Keypair) -> NameAccount:
    content = bytes(CONTENT.pubkey())
    signed = (content + bytes(Pubkey.from_string(KEYS.record_v1))).hex().encode()
    return NameAccount(owner=NAMES_PROGRAM, data=HEADER + content + bytes(signer.sign_message(signed)))


def outcome(
    owner: Pubkey | None,
    *,
    token: NameAccount | None = None,
    record_v2: NameAccount | None = None,
    record_v1: NameAccount | None = None,
) -> object:
    found = {
        KEYS.registry: None if owner is None else registry(owner),
        KEYS.token_record: token,
        KEYS.record_v2: record_v2,
        KEYS.record_v1: record_v1,
    }
    return resolve(KEYS, {key: account for key, account in found.items() if account is not None})


BY_OWNER = Resolved(address=str(OWNER.pubkey()), source=NameSource.OWNER)
BY_RECORD = Resolved(address=str(CONTENT.pubkey()), source=NameSource.RECORD)
STALE = second(OTHER.pubkey(), CONTENT.pubkey())


def test_row_1_a_name_that_is_a_token_belongs_to_its_holder() -> None:
    assert outcome(PROGRAM_ADDRESS, token=token_record(2)) == Tokenised(mint=KEYS.mint)
    assert by_holder(str(OTHER.pubkey())) == Resolved(address=str(OTHER.pubkey()), source=NameSource.HOLDER)


def test_row_2_a_second_record_that_is_fresh_and_agreed_counts() -> None:
    assert outcome(OWNER.pubkey(), record_v2=second(OWNER.pubkey(), CONTENT.pubkey())) == BY_RECORD


def test_row_3_a_second_record_to_which_nobody_agreed_is_an_error() -> None:
    assert outcome(OWNER.pubkey(), record_v2=second(OWNER.pubkey(), OTHER.pubkey())) is NameFault.BAD_RECORD


def test_row_4_a_stale_second_record_leaves_the_owner() -> None:
    assert outcome(OWNER.pubkey(), record_v2=STALE) == BY_OWNER


def test_rows_5_and_6_a_stale_second_record_never_leaves_a_program() -> None:
    assert outcome(PROGRAM_ADDRESS, record_v2=STALE) is NameFault.PROGRAM


def test_row_7_a_first_record_that_its_owner_signed_counts() -> None:
    assert outcome(OWNER.pubkey(), record_v1=first(OWNER)) == BY_RECORD


def test_row_8_a_first_record_that_another_signed_leaves_the_owner() -> None:
    assert outcome(OWNER.pubkey(), record_v1=first(OTHER)) == BY_OWNER


def test_row_9_without_records_the_owner_counts() -> None:
    assert outcome(OWNER.pubkey()) == BY_OWNER


def test_rows_10_and_11_without_records_a_program_never_counts() -> None:
    assert outcome(PROGRAM_ADDRESS) is NameFault.PROGRAM


def test_row_12_a_first_record_does_not_stand_in_for_a_refused_second_one() -> None:
    refused = second(OWNER.pubkey(), OTHER.pubkey())
    assert outcome(OWNER.pubkey(), record_v2=refused, record_v1=first(OWNER)) is NameFault.BAD_RECORD


def test_a_stale_second_record_hides_the_first_one_too() -> None:
    assert outcome(OWNER.pubkey(), record_v2=STALE, record_v1=first(OWNER)) == BY_OWNER


@pytest.mark.parametrize("kinds", [(0, 1), (1, 0), (2, 1), (1, 3)])
def test_a_second_record_of_another_validation_is_an_error(kinds: tuple[int, int]) -> None:
    record = second(OWNER.pubkey(), CONTENT.pubkey(), kinds=kinds)
    assert outcome(OWNER.pubkey(), record_v2=record) is NameFault.BAD_RECORD


def test_a_name_that_is_no_token_any_more_goes_by_its_records() -> None:
    assert outcome(OWNER.pubkey(), token=token_record(3)) == BY_OWNER
    other = str(OTHER.pubkey())
    assert outcome(OWNER.pubkey(), token=token_record(2, mint=other)) is NameFault.NO_HOLDER


def test_accounts_of_other_programs_do_not_count() -> None:
    forged = NameAccount(owner=str(OTHER.pubkey()), data=registry(OTHER.pubkey()).data)
    assert resolve(KEYS, {KEYS.registry: forged}) is NameFault.NOT_REGISTERED
    assert outcome(None) is NameFault.NOT_REGISTERED


def test_a_holder_that_is_a_program_never_counts() -> None:
    assert by_holder(str(PROGRAM_ADDRESS)) is NameFault.PROGRAM


@given(st.binary(max_size=260), st.binary(max_size=260))
def test_any_bytes_are_read_or_refused(record_v2: bytes, record_v1: bytes) -> None:
    outcome(
        OWNER.pubkey(),
        record_v2=NameAccount(owner=NAMES_PROGRAM, data=record_v2) if record_v2 else None,
        record_v1=NameAccount(owner=NAMES_PROGRAM, data=record_v1),
    )


def test_known_names_have_their_known_accounts() -> None:
    assert keys_of("bonfida.sol").registry == "Crf8hzfthWGbGbLTVCiqRqV5MVnbpHB1L9KQMd6gsinb"
    assert keys_of("dex.bonfida.sol").registry == "HoFfFXqFHAC8RP3duuQNzag1ieUwJRBv1HtRNiWFq4Qu"
