"""Modules and functions stay small."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.shape import PRODUCT as MODULES
from tests.architecture.shape import ROOT, nodes_of, tree_of

MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_module_is_longer_than_300_lines() -> None:
    assert [
        path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > MAX_MODULE_LINES
    ] == []


def test_functions_fit_a_screen() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in functions(path)
    }
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION_LINES} == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without signature and docstring: what it says of itself makes it no longer."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_most_functions_are_short() -> None:
    bodies = sorted(body_lines(node) for path in MODULES for node in functions(path))
    assert bodies[len(bodies) // 2] <= 5
    assert bodies[int(len(bodies) * 0.9)] <= 16


def test_every_module_says_what_it_holds() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(tree_of(path))]
    assert silent == []


def test_no_name_says_nothing() -> None:
    empty = {"manager", "helper", "helpers", "util", "utils", "common", "misc"}
    named = [path for path in MODULES if path.stem in empty]
    assert not named
