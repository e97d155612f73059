"""Sales out of a seat at an exchange."""

from domain.activity.activity import Kind
from tests.chain.wallets import amounts, fault_activity


def test_what_lay_at_the_exchange_is_sold_though_no_account_of_the_wallet_lost_it() -> None:
    sold = fault_activity("b01-sale-out-of-funds", "6kntKa")
    assert (sold.kind, sold.paid, sold.tip) == (Kind.SELL, (), 18_000)
    (given,) = sold.from_order
    assert (given.mint[:6], given.raw, given.decimals) == ("J3NKxx", 15_716_000_000, 8)
    assert list(amounts(sold.received).values()) == [224_924_885]
