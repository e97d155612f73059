"""The canary: everything about it follows from its number."""

from msgspec import structs

from domain.activity.activity import Activity
from domain.canary import canary, is_canary, number_of, whole_sol


def made(number: int) -> Activity:
    return canary(number, chain="solana", slot=5, block_time=100)


def test_each_has_another_signature_and_another_amount_than_the_one_before() -> None:
    first, second = made(1), made(2)
    assert len({first.signature, second.signature}) == 2
    assert (whole_sol(1), whole_sol(2)) == (1_001, 1_002)
    assert number_of(first) == 1


def test_it_is_known_again_whatever_the_slot_and_time_and_nothing_else_is() -> None:
    assert is_canary(canary(7, chain="solana", slot=9, block_time=0), number=7)
    assert not is_canary(made(8), number=7)
    assert not is_canary(structs.replace(made(7), wallet="somebody"), number=7)
    assert number_of(structs.replace(made(7), paid=())) == 0
