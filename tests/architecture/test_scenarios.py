"""Each fault in docs/scenarios.md is played by a test that bears its number, and no other number is borne."""

import re

from tests.architecture.shape import ROOT
from tools.fault_tests import played_by

LIST = ROOT / "docs" / "scenarios.md"


def listed() -> list[int]:
    return [
        int(number) for number in re.findall(r"^\| (\d+) \|", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def test_each_number_stands_once_in_the_list_and_in_order() -> None:
    assert listed() == sorted(set(listed()))


def test_every_fault_in_the_list_is_played_by_a_test_that_bears_its_number() -> None:
    assert set(listed()) - set(played_by()) == set()


def test_every_number_that_a_test_bears_is_in_the_list() -> None:
    assert set(played_by()) - set(listed()) == set()
