"""Long statements stand in `statements.sql` of their folder, each under the name that a module reads."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.sql_files import FILE
from tests.architecture.shape import ROOT, nodes_of, tree_of

STORAGE = ROOT / "storage"
FILES = sorted(STORAGE.glob(f"*/{FILE}"))
MAX_LINES = 7
"""So long a statement may be in a module; those that are put together from parts may be longer."""
MAX_WIDTH = 110
_STATEMENT = re.compile(r"\s*(?:--[^\n]*\s+)*(?:WITH|SELECT|INSERT|UPDATE|DELETE|MERGE|VALUES)\b")
_BEGINNING = re.compile(r"^-- name: (\S+)\n((?:-- .+\n)*)", re.MULTILINE)


def read_by(module: Path) -> Iterator[str]:
    """What a module reads, as `claims.CLAIM`, once for each time."""
    constants = {
        id(node.value): ast.unparse(node.targets[0])
        for node in tree_of(module).body
        if isinstance(node, ast.Assign)
    }
    for node in nodes_of(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "read_statement":
            where, name = node.args
            assert ast.unparse(where) == "__name__"
            assert isinstance(name, ast.Constant)
            constant = str(name.value)
            assert constants.get(id(node), constant) == constant
            yield f"{module.stem}.{constant}"


def long_statements(module: Path) -> Iterator[str]:
    """The statements of a module that ought to stand in the file; parts of others are no statements."""
    parts = {
        id(inner)
        for node in nodes_of(module)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant)
    }
    put_in = {
        inner.id
        for node in nodes_of(module)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name)
    }
    parts |= {
        id(node.value)
        for node in tree_of(module).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in put_in
    }
    for node in nodes_of(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            lines = node.value.strip().splitlines()
            if len(lines) > MAX_LINES and _STATEMENT.match(node.value):
                yield f"{module.name}:{node.lineno}"


def test_no_module_holds_a_long_statement() -> None:
    assert [one for module in sorted(STORAGE.rglob("*.py")) for one in long_statements(module)] == []


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ('TAKE = """LONG"""', True),
        ('ROWS = (dict(statement="""\n-- why\nLONG"""),)', True),
        ('TAKE = """SHORT"""', False),
        ('_PART = """LONG"""\nTAKE = f"{_PART}"', False),
        ('TAKE = f"""LONG {PART}"""', False),
        ('TAKE = """A LONG"""', False),
    ],
)
def test_a_long_statement_is_seen_unless_it_is_put_together(tmp_path: Path, code: str, *, seen: bool) -> None:
    long = "SELECT a" + "\nFROM t" * MAX_LINES
    module = tmp_path / "module.py"
    module.write_text(code.replace("LONG", long).replace("SHORT", long.removesuffix("\nFROM t")))
    assert len(list(long_statements(module))) == seen


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_statement_of_a_file_is_read_once_by_the_module_that_it_is_named_after(file: Path) -> None:
    named = [name for name, _ in _BEGINNING.findall(file.read_text(encoding="utf-8"))]
    assert named == [name for module in sorted(file.parent.glob("*.py")) for name in read_by(module)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_lines_are_no_longer_than_in_a_module(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > MAX_WIDTH] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_statement_is_explained(file: Path) -> None:
    explained = dict(_BEGINNING.findall(file.read_text(encoding="utf-8")))
    assert [name for name, comment in explained.items() if not comment.rstrip().endswith(".")] == []
