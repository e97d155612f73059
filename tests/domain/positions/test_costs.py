"""What quantities had cost: shares of it, sums of it."""

import pytest

from domain.positions.costs import (
    MAX_LOTS,
    NO_PART,
    Basis,
    Lot,
    Part,
    after_fee,
    bound,
    held_seconds,
    joined,
)


def test_a_basis_known_of_a_part_gives_its_share() -> None:
    basis = Basis(quantity=5, cost=100)
    assert basis.take(5, 10) == (2, 40)
    assert (basis.quantity, basis.cost) == (3, 60)


def test_what_has_no_cost_in_a_currency_takes_none() -> None:
    assert Basis().take(5, 10) == (0, 0)


@pytest.mark.parametrize(("proceeds", "gain"), [(300, 100), (None, None)])
def test_a_sale_of_unknown_proceeds_is_not_known_to_have_gained(
    proceeds: int | None, gain: int | None
) -> None:
    basis = Basis()
    part = Part(10, 10, (10, 50), (0, 0), ())
    assert basis.sell((10, 50), part, proceeds) == gain
    assert basis.is_realised_known == (proceeds is not None)


def test_parts_are_added_up() -> None:
    part = Part(1, 2, (1, 10), (1, 20), ((5, 1),))
    assert joined(part, NO_PART) == part
    assert joined(part, part) == Part(2, 4, (2, 20), (2, 40), ((5, 1), (5, 1)))


def test_the_oldest_lots_are_joined_at_their_middle() -> None:
    lots: list[Lot] = [(0, 1), (10, 3), *[(100, 1)] * (MAX_LOTS - 1)]
    bound(lots)
    assert (len(lots), lots[0]) == (MAX_LOTS, (7.5, 4))
    unknown: list[Lot] = [(None, 1), (10, 3), *[(100, 1)] * (MAX_LOTS - 1)]
    bound(unknown)
    assert unknown[0] == (None, 4)


def test_lots_without_a_time_do_not_count_in_the_time_held() -> None:
    assert held_seconds(((0, 1), (None, 100)), 50) == 50
    assert held_seconds(((None, 100),), 50) is None
    assert held_seconds(((90, 1),), 50) == 0


@pytest.mark.parametrize(
    ("sold", "part", "from_claims"),
    [
        ((0, 0), Part(100, 100, (0, 0), (100, 5_000), (), 100), 1_000),
        ((50, 10), Part(100, 100, (50, 10), (100, 5_000), (), 100), 1_000),
        ((100, 10), Part(100, 100, (100, 10), (100, 5_000), (), 50), 500),
        ((0, 0), Part(0, 100, (0, 0), (0, 0), (), 100), 2_000),
    ],
)
def test_claims_brought_no_more_than_their_share_of_what_has_no_cost_in_this_currency(
    sold: tuple[int, int], part: Part, from_claims: int
) -> None:
    basis = Basis()
    basis.sell(sold, part, 2_000)
    assert basis.from_claims == from_claims <= basis.without_cost


def test_a_fee_leaves_no_cost_without_a_quantity_that_bears_it() -> None:
    rest = after_fee(Part(known=1, unknown=1_000_000, sol=(1, 5_000), usd=(1, 70), lots=((3, 1),)), 400_000)
    assert rest == Part(known=0, unknown=400_000, sol=(0, 0), usd=(0, 0), lots=())
    part = Part(known=100, unknown=0, sol=(100, 5_000), usd=(40, 70), lots=((3, 100),))
    assert after_fee(part, 90) == Part(known=90, unknown=0, sol=(90, 5_000), usd=(36, 70), lots=((3, 90),))
