"""Four signs that what a wallet made is no skill to follow."""

from decimal import Decimal

from domain.activity.activity import Kind
from domain.positions.entries import Entry
from domain.positions.ledger import Ledger
from domain.positions.risks import Risks, risks_of
from tests.domain.positions.entries import TOKEN, WALLET, buy, entry, sell


def _risks(*entries: Entry) -> Risks:
    books = Ledger()
    mints = {booked.mint for booked in books.fold(entries)}
    return risks_of([books.holding(WALLET, mint) for mint in mints], scanned=4, unsellable=1)


def test_what_was_bought_and_sold_in_its_time_bears_no_sign() -> None:
    found = _risks(buy(0, 10, 100), sell(600, 10, 150))
    assert (found.tokens, found.unbought, found.oversold, found.trips, found.fast) == (1, 0, 0, 1, 0)
    assert (found.scanned, found.unsellable) == (4, 1)


def test_what_was_given_and_what_was_sold_beyond_purchases_is_counted() -> None:
    given = entry(0, kind=Kind.TRANSFER_IN, received={TOKEN: 30})
    assert _risks(given).unbought == 1
    assert _risks(given, sell(5, 30, 90)).unbought == 1
    beyond = _risks(given, buy(1, 10, 100), sell(600, 40, 150))
    assert (beyond.unbought, beyond.oversold) == (0, 1)


def test_what_was_bought_at_a_price_that_is_not_known_in_dollars_or_in_none_is_no_sale_beyond() -> None:
    unpriced = _risks(buy(0, 10, 100), sell(600, 10, 150, usd=Decimal(30)))
    assert unpriced.oversold == 0
    swapped = entry(0, kind=Kind.SWAP, paid={"other": 5}, received={TOKEN: 10})
    assert _risks(swapped, sell(600, 10, 150)).oversold == 0


def test_round_trips_within_a_minute_are_fast() -> None:
    assert _risks(buy(0, 10, 100), sell(59, 10, 150)).fast == 1


def test_of_nothing_nothing_is_known() -> None:
    assert not risks_of([]).are_known
