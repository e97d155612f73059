"""Which activities are trades of a followed token."""

from msgspec import structs

from domain.activity.activity import Kind
from domain.tokens.token_trades import trades_of
from tests.storage.sample_data import MINT, purchase


def test_trades_count_and_transfers_and_money_do_not() -> None:
    bought = purchase(1)
    sent = structs.replace(bought, kind=Kind.TRANSFER_IN)
    assert trades_of([bought, sent], frozenset({MINT, "SOL"})) == [(MINT, bought), ("SOL", bought)]
    assert trades_of([bought], frozenset({"other"})) == []


def test_a_market_maker_that_signs_as_well_makes_no_second_trade_of_it() -> None:
    bought = purchase(1)
    maker = structs.replace(
        bought, wallet="maker", kind=Kind.SELL, paid=bought.received, received=bought.paid
    )
    together = structs.replace(bought, wallet="another")
    assert trades_of([bought, maker, together], frozenset({MINT})) == [(MINT, bought), (MINT, together)]
    assert trades_of([maker, bought], frozenset({MINT})) == [(MINT, maker)]
