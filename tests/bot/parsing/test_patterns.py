"""What people write about patterns."""

import pytest

from bot.parsing.patterns import meeting, parse_confluence, switched
from domain.errors import BadInput
from domain.patterns.found import Pattern, PatternSettings

NONE = PatternSettings()


def test_numbers_and_switches_are_read() -> None:
    assert parse_confluence("4 45m")(NONE) == PatternSettings(owners=4, minutes=45)
    assert parse_confluence("5")(NONE) == PatternSettings(owners=5)
    assert parse_confluence("off")(NONE) == PatternSettings(off=frozenset({Pattern.CONFLUENCE}))
    off = parse_confluence("off")(NONE)
    assert parse_confluence("on")(off) == NONE
    assert parse_confluence("3 1h")(off) == PatternSettings(minutes=60)
    assert switched(Pattern.MOVE, is_on=False)(NONE).off == {Pattern.MOVE}


@pytest.mark.parametrize(
    "words", ["1", "21", "three", "3 30s", "3 2d", "9999999999 1h", "³", "00039999999999", "3" * 5_000]
)
def test_what_is_no_number_of_owners_or_minutes_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        parse_confluence(words)


@pytest.mark.parametrize("owners", [-1, 1, 21, 39_999_999_999])
def test_no_button_sets_a_number_of_owners_beyond_the_bounds(owners: int) -> None:
    with pytest.raises(BadInput):
        meeting(owners, 30)
