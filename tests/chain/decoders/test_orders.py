"""Orders that are opened and closed."""

from chain.decoders.activities import activities
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import USDC
from tests.chain.wallets import fault_activity, kind_and_amounts, recorded_transaction


def test_a_recurring_order_counts_what_went_into_it_without_its_rent() -> None:
    opened = fault_activity("b15-dca", "HTpoBR")
    assert kind_and_amounts(opened) == (Kind.ORDER_OPEN, {USDC: 25_000_000_000}, {})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_orders_of_every_program_are_opened_and_closed(self) -> None:
        for prefix, kind in (
            ("3QYNmrAW", Kind.ORDER_OPEN),
            ("4aBP4353", Kind.ORDER_OPEN),
            ("4iZxoW1D", Kind.ORDER_CLOSE),
            ("5EZNycMM", Kind.ORDER_CLOSE),
        ):
            signature = next(one for one in recorded.transactions() if one.startswith(prefix))
            (done,) = activities(recorded_transaction(signature), chain="solana", wallets=None)
            assert done.kind is kind, prefix

    def test_the_gain_of_who_fills_the_orders_of_others_is_no_order_of_theirs(self) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith("3HxfYpPA"))
        done = activities(recorded_transaction(signature), chain="solana", wallets=None)
        assert {one.kind for one in done} == {Kind.OTHER}
