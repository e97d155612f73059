"""The words for what was done."""

import pytest

from domain.activity.activity import SOL, Kind, Leg
from sandbox.actors.operations import arrival, kind_of_trade


def leg(mint: str) -> Leg:
    return Leg(mint=mint, raw=1, decimals=0)


@pytest.mark.parametrize(
    ("paid", "received", "kind"),
    [
        (SOL, "cat", Kind.BUY),
        ("dollar", "cat", Kind.BUY),
        ("cat", SOL, Kind.SELL),
        ("cat", "dollar", Kind.SELL),
        ("cat", "dog", Kind.SWAP),
        (SOL, "dollar", Kind.SWAP),
    ],
)
def test_a_trade_is_called_by_which_side_is_money(paid: str, received: str, kind: Kind) -> None:
    assert kind_of_trade(leg(paid), leg(received), frozenset({"dollar"})) is kind


def test_an_arrival_was_paid_for_by_somebody_else() -> None:
    operation = arrival("signature", 5, "wallet", leg(SOL))
    assert (operation.kind, operation.paid, operation.received, operation.failed) == (
        Kind.TRANSFER_IN,
        (),
        (leg(SOL),),
        False,
    )
