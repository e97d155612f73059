"""Each fault in docs/scenarios.md is played by a test that bears its number, and no other number is borne."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.architecture.shape import ROOT, TESTS, tree_of

LIST = ROOT / "docs" / "scenarios.md"
BORNE = re.compile(r"test_(?:scenario_|[a-h])(\d{1,3})_(?:and_[a-h]?(\d{1,3})_)?")
KEY = re.compile(r"(\d{1,3}) ")
"""Of a fault in a table named FAULTS, whose entries are parameters of one test."""


@cache
def trees() -> list[ast.Module]:
    return [tree_of(path) for path in TESTS if path.name.startswith("test_")]


@cache
def numbers_in_names() -> frozenset[int]:
    nodes = (node for tree in trees() for node in ast.walk(tree))
    names = (node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    matches = (found for name in names if (found := BORNE.match(name)))
    return frozenset(int(number) for found in matches for number in found.groups() if number)


def numbers_of_parameters() -> Iterator[int]:
    for tree in trees():
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "FAULTS":
                yield from (int(found[1]) for key in _keys(node.value) if (found := KEY.match(key)))


def _keys(table: ast.expr | None) -> Iterator[str]:
    for key in table.keys if isinstance(table, ast.Dict) else ():
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def listed() -> list[int]:
    return [
        int(number) for number in re.findall(r"^\| (\d+) \|", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def test_each_number_stands_once_in_the_list_and_in_order() -> None:
    assert listed() == sorted(set(listed()))


def test_every_fault_in_the_list_is_played_by_a_test_that_bears_its_number() -> None:
    assert set(listed()) - set(numbers_in_names()) - set(numbers_of_parameters()) == set()


def test_every_number_that_a_test_bears_is_in_the_list() -> None:
    assert {*numbers_in_names(), *numbers_of_parameters()} - set(listed()) == set()
