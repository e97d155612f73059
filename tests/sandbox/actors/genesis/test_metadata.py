"""Accounts written by decree."""

from solders.pubkey import Pubkey

from sandbox.actors.config import TOKENS
from sandbox.actors.genesis.metadata import lookup_table_data, metadata_address, metadata_data

MINT = Pubkey(b"m" * 32)
PLAN = TOKENS[1]


def test_names_are_padded_to_their_full_width() -> None:
    data = metadata_data(PLAN, MINT, MINT)
    assert data[0] == 4
    assert [int.from_bytes(data[at : at + 4], "little") for at in (65, 101, 115)] == [32, 10, 200]


def test_the_metadata_says_whether_a_name_may_change() -> None:
    assert metadata_data(PLAN, MINT, MINT)[322] == PLAN.mutable


def test_each_mint_has_its_own_place() -> None:
    assert metadata_address(MINT) != metadata_address(Pubkey.default())


def test_a_lookup_table_is_active_for_ever() -> None:
    data = lookup_table_data(MINT, [MINT, Pubkey.default()])
    assert len(data) == 56 + 64
    assert data[4:12] == b"\xff" * 8
