"""Whether activities explain how a wallet's SOL changed."""

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.amounts import SolReading
from domain.activity.balance_changes import is_large, unexplained

UNIT = 10**9


def reading(sol: float, slot: int = 1) -> SolReading:
    return SolReading(lamports=int(sol * UNIT), slot=slot)


def moved(kind: Kind, *, paid: float = 0, received: float = 0, fee: int = 0, rent: int = 0) -> Activity:
    def legs(sol: float) -> tuple[Leg, ...]:
        return (Leg(mint=SOL, raw=int(sol * UNIT), decimals=9),) if sol else ()

    return Activity(
        chain="solana",
        signature="s",
        slot=2,
        block_time=None,
        wallet="w",
        kind=kind,
        paid=legs(paid),
        received=legs(received),
        fee=fee,
        rent=rent,
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(100, 90, True), (100, 90.1, False), (0, 10, True), (1_000, 990, False), (1_000, 940, True)],
)
def test_a_large_change_is_ten_sol_and_a_twentieth(before: float, after: float, *, expected: bool) -> None:
    assert is_large(reading(before), reading(after)) is expected


def test_what_activities_moved_is_explained_with_fees_and_rent() -> None:
    seen = [
        moved(Kind.BUY, paid=30, fee=5_000, rent=2_039_280),
        moved(Kind.TRANSFER_IN, received=10),
    ]
    assert unexplained(reading(100), reading(79.99), seen) is None


def test_what_no_activity_moved_has_its_sign() -> None:
    assert unexplained(reading(100), reading(60), []) == -40 * UNIT
    assert unexplained(reading(10), reading(60), [moved(Kind.TRANSFER_IN, received=5)]) == 45 * UNIT


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.STAKE, Kind.ORDER_OPEN, Kind.LENDING_DEPOSIT])
def test_with_an_activity_of_unclear_effect_nothing_is_concluded(kind: Kind) -> None:
    assert unexplained(reading(100), reading(60), [moved(kind)]) is None
