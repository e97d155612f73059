"""What quantities had cost: shares of it, sums of it."""

import pytest

from domain.positions.costs import MAX_LOTS, NO_PART, Basis, Lot, Part, bound, held_seconds, joined


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
    assert (len(lots), lots[0]) == (MAX_LOTS, (7, 4))
    unknown: list[Lot] = [(None, 1), (10, 3), *[(100, 1)] * (MAX_LOTS - 1)]
    bound(unknown)
    assert unknown[0] == (None, 4)


def test_lots_without_a_time_do_not_count_in_the_time_held() -> None:
    assert held_seconds(((0, 1), (None, 100)), 50) == 50
    assert held_seconds(((None, 100),), 50) is None
    assert held_seconds(((90, 1),), 50) == 0
