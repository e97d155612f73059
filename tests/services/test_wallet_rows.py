"""Which cells of a row are wallets; whole tables: tests/services/test_wallet_lists.py."""

from services.wallet_rows import MAX_CELLS, NO_HEADER, Header, cells_of, header_of, wallets_of_row
from tests.services.wallets import addresses

ONE, OTHER = addresses(2)


def test_the_header_says_which_columns_are_wallets_and_names() -> None:
    assert header_of(["Group", "Label", "Wallet Address", "token"]) == Header(wallets=(2,), name=1)
    assert header_of(["a", "b"]) == NO_HEADER


def test_a_row_without_an_address_has_no_wallet() -> None:
    assert wallets_of_row(["Moby", "5"], NO_HEADER) == []


def test_only_the_columns_of_wallets_count_where_they_are_named() -> None:
    assert wallets_of_row([ONE, "Moby", OTHER], Header(wallets=(2,), name=1)) == [(OTHER, "Moby")]
    assert wallets_of_row([ONE, "Moby", OTHER, "Dick"], NO_HEADER) == [(ONE, "Moby"), (OTHER, "Dick")]
    assert wallets_of_row(["Moby", ONE, "Dick", OTHER], NO_HEADER) == [(ONE, "Moby"), (OTHER, "Dick")]


def test_cells_are_bounded_and_a_guard_of_formulas_is_taken_off() -> None:
    assert cells_of("'=1,b", ",") == ["=1", "b"]
    assert len(cells_of("a," * 500, ",")) == MAX_CELLS
