"""Hosts' clocks decide nothing: what is leased, and who lives, is told by the database's time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.sql_files import FILE, statements_in
from tests.architecture.shape import tree_of

ROOT = Path(__file__).parents[2]
TIMES = r"lease_until|expires_at|heartbeat_at|beat_at"
"""Columns by which one process judges another."""
BY_HOST = re.compile(rf"(?<!AND )(?<!WHERE )\b(?:{TIMES})\s*=\s*\$\d")
CLOCKS = {"now", "datetime.now", "time.time", "datetime.utcnow"}


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def arguments(tree: ast.AST) -> set[str]:
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def read_by(path: Path) -> list[str]:
    """The statements of a module that stand in the file of its folder."""
    file = path.with_name(FILE)
    found = statements_in(file).items() if file.is_file() else ()
    return [text for name, text in found if name.startswith(f"{path.stem}.")]


LEASING = [
    path
    for path in sorted((ROOT / "storage").rglob("*.py"))
    if re.search(TIMES, "".join([path.read_text(encoding="utf-8"), *read_by(path)]))  # quick: else none does
    and any(re.search(TIMES, text) for text in [*texts(tree_of(path)), *read_by(path)])
]


def test_what_is_leased_is_known_here() -> None:
    known = {path.stem for path in LEASING}
    assert {"leases", "deliveries", "updates", "update_leases", "questions", "instances"} <= known


@pytest.mark.parametrize("path", LEASING, ids=lambda path: path.name)
def test_scenario_56_no_lease_is_written_from_a_hosts_clock(path: Path) -> None:
    tree = tree_of(path)
    assert [text for text in [*texts(tree), *read_by(path)] if BY_HOST.search(text)] == []
    assert not calls(tree) & CLOCKS
    assert not arguments(tree) & set(TIMES.split("|"))
