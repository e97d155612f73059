"""Hosts' clocks decide nothing: what is leased, and who lives, is told by the database's time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

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


LEASING = [
    path
    for path in sorted((ROOT / "storage").rglob("*.py"))
    if re.search(TIMES, path.read_text(encoding="utf-8"))  # else no text in it speaks of them: that is quick
    and any(re.search(TIMES, text) for text in texts(tree_of(path)))
]


def test_what_is_leased_is_known_here() -> None:
    assert {"leases.py", "deliveries.py", "updates.py", "questions.py", "instances.py"} <= {
        path.name for path in LEASING
    }


@pytest.mark.parametrize("path", LEASING, ids=lambda path: path.name)
def test_scenario_56_no_lease_is_written_from_a_hosts_clock(path: Path) -> None:
    tree = tree_of(path)
    assert [text for text in texts(tree) if BY_HOST.search(text)] == []
    assert not calls(tree) & CLOCKS
    assert not arguments(tree) & set(TIMES.split("|"))
