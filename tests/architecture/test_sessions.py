"""No statement leaves anything in its session, which behind a pooler is the next one's."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.shape import ROOT, nodes_of

PROGRAMS = ("bot", "scanner", "storage", "workers")
LEFT_BEHIND = re.compile(
    r"pg_(?:try_)?advisory_lock|\bCREATE TEMP|\bWITH HOLD\b|^\s*(?:UN)?LISTEN\s|^\s*PREPARE\s"
    r"|^\s*SET (?!LOCAL )[a-z_]+ (?:=|TO)\s|set_config\([^)]*,\s*false\)"
)
MODULES = sorted(path for folder in PROGRAMS for path in (ROOT / folder).rglob("*.py"))


def texts(path: Path) -> list[str]:
    return [n.value for n in nodes_of(path) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_scenario_32_no_statement_leaves_anything_in_its_session() -> None:
    assert [(path.name, text) for path in MODULES for text in texts(path) if LEFT_BEHIND.search(text)] == []


@pytest.mark.parametrize(
    "text",
    ["SELECT pg_advisory_lock(1)", "LISTEN alerts", "SET timezone = 'UTC'", "CREATE TEMP TABLE t ()"],
)
def test_what_is_left_behind_would_be_seen(text: str) -> None:
    assert LEFT_BEHIND.search(text)
