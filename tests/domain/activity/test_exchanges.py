"""Addresses of exchanges."""

from domain.activity.addresses import parse_address
from domain.activity.exchanges import EXCHANGES


def test_every_one_is_an_address_and_has_a_name() -> None:
    assert all(parse_address(address) == address and name for address, name in EXCHANGES.items())
