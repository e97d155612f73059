"""The shape of the code: nothing of what `tests/architecture/shape.py` looks for is there."""

from collections.abc import Callable

import pytest

from tests.architecture.shape import PRODUCT, RULES, circles


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nothing_breaks_the_rule(rule: Callable[[], list[str]]) -> None:
    assert rule() == []


def test_the_product_is_read_at_all() -> None:
    assert len(PRODUCT) > 100


def test_a_circle_would_be_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set[str]()}
    assert circles(graph) == ["a <-> b <-> c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
