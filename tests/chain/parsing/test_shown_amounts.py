"""Amounts as wallets show them, where a token scales them."""

import json

import pytest

from chain.parsing.shown_amounts import may_scale, shown_ratios, shown_units
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded, samples
from tests.chain.wallets import fault_activity

MINT = "XsoCS1TfEyfFhfvj8EtZ528L3CaKBDBRqRapnBbDF2W"


def test_a_token_that_is_shown_tenfold_is_sent_tenfold_and_kept_exactly() -> None:
    bought = fault_activity("b11-scaled", "7w5gqU")
    (spent,), (got,) = bought.paid, bought.received
    assert (bought.kind, got.mint, got.raw, got.displayed_raw) == (Kind.BUY, MINT, 100_000_000, 1_000_000_000)
    assert (spent.raw, spent.displayed_raw, spent.scaled) == (700_000_000, 700_000_000, None)


def test_the_ratio_is_that_of_the_largest_balance_in_every_wrapping() -> None:
    plain = json.loads(recorded.fault("b11-scaled"))
    for sample in (plain, {"result": plain}, {"params": {"result": {"transaction": plain, "slot": 5}}}):
        transaction = read_transaction(samples.raw(sample))
        assert may_scale(transaction)
        displayed_raw, raw = shown_ratios(transaction)[MINT]
        assert displayed_raw == 10 * raw


def test_without_a_token_of_the_newer_program_nothing_is_scaled() -> None:
    assert not may_scale(read_transaction(samples.raw(samples.swap())))
    assert shown_ratios(read_transaction(samples.raw(samples.swap()))) == {}


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [
        ("10", 8, 1_000_000_000),
        ("0.00000001", 8, 1),
        ("1.0039", 2, 100),
        (None, 8, None),
        ("10", None, None),
        ("much", 8, None),
        ("NaN", 8, None),
        ("9" * 50, 8, None),
    ],
)
def test_what_a_node_writes_for_people_is_read_as_units(
    text: str | None, decimals: int | None, units: int | None
) -> None:
    assert shown_units(text, decimals) == units


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_no_recorded_token_of_the_older_kind_is_shown_otherwise(self) -> None:
        for raw in recorded.transactions().values():
            transaction = read_transaction(raw)
            if may_scale(transaction):
                assert all(displayed_raw > 0 for displayed_raw, _ in shown_ratios(transaction).values())
