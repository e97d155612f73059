"""One wallet's side of a transaction, as decoders are given it."""

from chain.decoders.instructions import Operation
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import route_of
from chain.decoders.wallet_view import CallReading, WalletView
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Leg
from tests.chain import recorded, samples
from tests.chain.wallets import MINT, recorded_transaction, view_of

TRADER, POOL = samples.address("trader"), samples.address("pool")


def test_it_says_who_signed_and_whether_something_was_exchanged() -> None:
    swap = read_transaction(samples.raw(samples.swap()))
    trader, pool = view_of(swap, TRADER), view_of(swap, POOL)
    assert (trader.signed, trader.is_exchange) == (True, True)
    assert (pool.signed, pool.is_exchange) == (False, True)
    nothing = WalletView(CallReading(swap), TRADER, (), trader.received, route_of(swap), QUOTE_MINTS)
    assert not nothing.is_exchange


def test_the_supply_of_sol_never_changes_and_a_tokens_is_what_appeared() -> None:
    view = view_of(read_transaction(samples.raw(samples.swap())), TRADER)
    assert view.supply_change(Leg(mint="SOL", raw=5, decimals=9)) == 0
    assert view.supply_change(Leg(mint=MINT, raw=250, decimals=6)) == 0


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_operations_are_read_once_when_they_are_asked_for(self) -> None:
        signature = "2BhH7DcQJMPBZfLQDjLCSqhygzzwXiviGmLaLaojNUm3StihhLZaD1A7TXdfm6V8vR76VVsXvXmqTdVy2KPwYJau"
        view = view_of(recorded_transaction(signature), "HuUpZe8dH1ttFoEtwpGjatcaoQrJ7PpeSUpBZH1Hh2G3")
        assert view.reading.known_operations is None
        assert Operation.STAKE in view.operations
        assert view.operations is view.reading.known_operations
