"""`make reference` writes docs/reference.md from the code: commands, settings, metrics, tables and so on.

A test compares the file with what this writes.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from domain import jobs
from messaging.telegram.texts.help import COMMANDS, OPERATOR_COMMANDS
from runtime.observability import metrics
from runtime.settings.secret import env_text
from runtime.settings.settings import Settings
from tools.fault_tests import played_by

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "reference.md"
MIGRATIONS = ROOT / "storage" / "migrations"
KEYS = ROOT / "storage" / "keys.py"
_TABLE = re.compile(r"((?:^--[^\n]*\n)*)^CREATE TABLE (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)
"""Its comment, its name and its body; partitions have no body."""
_COLUMN = re.compile(r"^    (?!PRIMARY|UNIQUE|CHECK|FOREIGN|CONSTRAINT|EXCLUDE)(\w+) +[a-z]", re.MULTILINE)
_HEAD = """\
# Reference

Written by `make reference` from the code: what an operator may set, read and look up.
Words: [glossary](glossary.md).
"""


def reference() -> str:
    """The whole page."""
    parts = (_commands(), _settings(), _metrics(), _tables(), _keys(), _jobs(), _faults())
    return _HEAD + "".join("\n" + "\n".join(part) + "\n" for part in parts)


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> list[str]:
    lines = [f"## {title}", "", _row(heads), _row(["---"] * len(heads))]
    return lines + [_row([cell.replace("|", "\\|").replace("\n", " ") for cell in row]) for row in rows]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _commands() -> list[str]:
    rows = (
        (f"`/{name}`", arguments, what, who)
        for commands, who in ((COMMANDS, "everybody"), (OPERATOR_COMMANDS, "operators"))
        for name, arguments, what in commands
    )
    return _table("Commands", ("command", "arguments", "what it does", "for"), rows)


def _settings() -> list[str]:
    rows = (
        (
            f"`{spec.name.upper()}`",
            f"`{default}`" if (default := env_text(spec.default)) else "",
            _said(spec.metadata),
        )
        for spec in fields(Settings)
    )
    return _table("Settings", ("setting", "unless set", "what it is"), rows)


def _said(metadata: object) -> str:
    return str(metadata["sentence"])  # type: ignore[index]


def _metrics() -> list[str]:
    found = (
        value for _, value in sorted(vars(metrics).items()) if isinstance(value, Counter | Gauge | Histogram)
    )
    rows = (
        (f"`{family.name}`", family.type, ", ".join(value._labelnames), family.documentation)  # noqa: SLF001 - the library says it nowhere else
        for value in found
        for family in value.collect()
    )
    return _table("Metrics", ("metric", "type", "labels", "meaning"), rows)


def _tables() -> list[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("*.sql")))
    rows = (
        (f"`{name}`", _comment(comment), ", ".join(_COLUMN.findall(body)))
        for comment, name, body in _TABLE.findall(text)
    )
    return _table("Tables", ("table", "what it holds", "columns"), rows)


def _comment(lines: str) -> str:
    words = [line.removeprefix("--").strip() for line in lines.splitlines()]
    return " ".join(word for word in words if word and not word.startswith("---"))


def _keys() -> list[str]:
    return _table("Keys and channels in Redis", ("name", "key", "what it is"), _keys_of_module())


def _keys_of_module() -> Iterator[Sequence[str]]:
    """Constants with the sentence below them, and functions with theirs."""
    body = ast.parse(KEYS.read_text(encoding="utf-8")).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef):
            sentence = (ast.get_docstring(node) or "").partition("\n")[0]
            yield f"`{node.name}`", f"`{_returned(node)}`", sentence
        if isinstance(node, ast.Assign) and (text := _text(node.value)):
            yield f"`{ast.unparse(node.targets[0])}`", f"`{text}`", _text(getattr(after, "value", None))


def _text(node: object) -> str:
    """Of a constant; empty: it is none, or no text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _returned(function: ast.FunctionDef) -> str:
    (last,) = [node.value for node in function.body if isinstance(node, ast.Return)][-1:]
    return ast.unparse(last).removeprefix("f").strip("'\"") if last else ""


def _jobs() -> list[str]:
    rows = (
        (f"`{queue.value}`", f"`{function}`", *_rules(jobs.QUEUE_RULES[queue]))
        for queue, function in jobs.FUNCTIONS.items()
    )
    return _table("Jobs", ("queue", "function", "at once", "seconds", "attempts"), rows)


def _rules(rules: jobs.QueueRules) -> tuple[str, str, str]:
    return str(rules.concurrency), f"{rules.seconds:g}", str(rules.attempts)


def _faults() -> list[str]:
    rows = ((str(number), ", ".join(f"`{test}`" for test in tests)) for number, tests in played_by().items())
    return _table("Tests of faults", ("fault of [scenarios](scenarios.md)", "tests that play it"), rows)


def main() -> int:
    """Write the file."""
    FILE.write_text(reference(), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
