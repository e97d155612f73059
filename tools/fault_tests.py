"""Which tests play which fault of docs/scenarios.md, by the numbers that they bear."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
BORNE = re.compile(r"test_(?:scenario_|[a-h])(\d{1,3})_(?:and_[a-h]?(\d{1,3})_)?")
KEY = re.compile(r"(\d{1,3}) ")
"""Of a fault in a table named FAULTS, whose entries are parameters of one test."""


@cache
def played_by() -> Mapping[int, tuple[str, ...]]:
    """The tests of each fault as pytest names them; entries of tables as `file: name`."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in sorted(TESTS.rglob("test_*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if not (BORNE.search(text) or "FAULTS" in text):
            continue  # to parse all would take seconds
        for number, test in (*_by_name(tree := ast.parse(text)), *_by_parameter(tree)):
            found[number].add(f"{name}{test}")
    return {number: tuple(sorted(tests)) for number, tests in sorted(found.items())}


def _by_name(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (borne := BORNE.match(node.name)):
            yield from ((int(number), f"::{node.name}") for number in borne.groups() if number)


def _by_parameter(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "FAULTS":
            for key in node.value.keys if isinstance(node.value, ast.Dict) else ():
                text = key.value if isinstance(key, ast.Constant) else None
                if isinstance(text, str) and (number := KEY.match(text)):
                    yield int(number[1]), f": {text}"
