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
