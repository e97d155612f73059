"""What an alert of a pattern reports."""

from msgspec import json, structs

from domain.patterns.found import Owner, Pattern, PatternFound, PatternSettings

FOUND = PatternFound(
    chain="solana",
    pattern=Pattern.CONFLUENCE,
    mint="WIF",
    owners=(Owner(wallets=("a", "b"), funder="f", usd=5.0, at=1.0), Owner(wallets=("c",), usd=2.0, at=2.0)),
    first_at=1.0,
    last_at=2.0,
)


def test_it_names_all_wallets_and_sums_what_is_known() -> None:
    assert (FOUND.wallet, FOUND.wallets, FOUND.usd) == ("a", ("a", "b", "c"), 7.0)
    unknown = Owner(wallets=("d",), at=3.0)
    assert structs.replace(FOUND, owners=(*FOUND.owners, unknown)).usd is None


def test_it_comes_back_from_its_row_and_defaults_are_not_written() -> None:
    assert json.decode(json.encode(FOUND), type=PatternFound) == FOUND
    assert json.encode(PatternSettings()) == b"{}"
