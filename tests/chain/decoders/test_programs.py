"""The table of programs: each address is one, and each line says where it is from."""

from solders.pubkey import Pubkey

from chain.decoders.programs import PROGRAMS, Role
from chain.decoders.route import route_of
from tests.chain import recorded
from tests.chain.wallets import recorded_transaction

TRADE = "4G1gvudg2PyQV17v8agjHKYJQA9bxxJtMWEvKzk1Lb9k5yHTj3dnrvDGEiaDT7qSYePvswBrUq1bC5j4iPbk5gzQ"


def test_every_address_is_one_and_every_program_has_a_name_and_a_source() -> None:
    for address, program in PROGRAMS.items():
        assert str(Pubkey.from_string(address)) == address
        assert program.name.strip() == program.name != ""
        assert program.source.startswith("https://")


def test_every_role_has_a_program() -> None:
    assert {program.role for program in PROGRAMS.values()} == set(Role)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_recorded_trade_is_named_by_the_table(self) -> None:
        assert route_of(recorded_transaction(TRADE)).venues == ("Jupiter v6", "SolFi")
