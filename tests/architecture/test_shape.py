"""The shape of the code: nothing of what `tests/architecture/shape.py` looks for is there."""

import ast
from collections.abc import Callable

import pytest

from tests.architecture.shape import PRODUCT, RULES, TESTS, circles, nodes_of

MIN_WORDS = 3
"""Of the name of a test, beside the first one."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_breaks_the_rule(rule: Callable[[], list[str]]) -> None:
    assert rule() == []


def test_the_product_is_read_at_all() -> None:
    assert len(PRODUCT) > 100


def test_a_circle_would_be_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set[str]()}
    assert circles(graph) == ["a <-> b <-> c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_the_name_of_a_test_says_what_happens() -> None:
    named = {
        node.name
        for path in TESTS
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    said_by_parameters = {"test_scenario"}  # their ids bear the number and the name of the fault
    assert [name for name in named - said_by_parameters if len(name.split("_")) <= MIN_WORDS] == []
