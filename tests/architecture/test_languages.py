"""What followers read is looked up in their language: no English stands in texts and buttons by itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.shape import ROOT, tree_of

TELEGRAM = ROOT / "messaging" / "telegram"
OF_OPERATORS = frozenset(
    {
        "broadcasts.py",
        "operator_alerts.py",
        "operators.py",
        "queues.py",
        "unexplained.py",
        "whale_searches.py",
        "whales.py",
    }
)
"""Texts for operators, who read English; what followers read among them is looked up as well."""
MODULES = [
    path
    for folder in ("texts", "keyboards")
    for path in sorted((TELEGRAM / folder).glob("*.py"))
    if path.name not in OF_OPERATORS
]
_COMMAND = r"(?<!\w)/[a-z]+(?: \S+)*"
MARKUP = re.compile(rf"<code>.*?</code>|<[^<>]*>|&\w+;|{_COMMAND}|\b(?:SOL|UTC)\b", re.DOTALL)
WORDS = re.compile(r"[A-Za-z]{2,}.*\s.*[A-Za-z]{2,}|[A-Z][a-z]{2,}|[^\x00-\x7f] ?[A-Za-z]{2,}", re.DOTALL)
"""Several words, a word that begins large, or one behind a sign: what people read, no verb of a button."""
LOOKED_UP = frozenset({"cast", "gettext", "gettext_noop", "ngettext", "ngettext_noop", "pgettext"})
WRITTEN = frozenset({"wake on", "wake off", "daily 08.00", "no limit", "no budget", "\0 an hour", "\0 a day"})
"""What buttons write as a person would."""


def unlooked(node: ast.AST) -> Iterator[str]:
    """The English in an expression or statement that is not looked up."""
    if isinstance(node, ast.Call) and _name(node.func) in LOOKED_UP:
        for value in (*(one.value for one in node.keywords), *node.args):
            if not isinstance(value, ast.Constant):
                yield from unlooked(value)
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
        yield from _english(text)
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                yield from unlooked(one.value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _english(node.value)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.arguments):
            yield from unlooked(child)


def _english(text: str) -> Iterator[str]:
    if text not in WRITTEN and WORDS.search(MARKUP.sub(" ", text)):
        yield text


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def english_of(tree: ast.AST) -> list[str]:
    """Return what the functions of a module say in English alone, their docstrings aside."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            for statement in node.body[has_docstring:]:
                if not isinstance(statement, ast.FunctionDef | ast.Raise):
                    found += unlooked(statement)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_followers_read_nothing_that_is_not_looked_up(path: Path) -> None:
    assert english_of(tree_of(path)) == []


def test_what_is_not_looked_up_is_seen() -> None:
    source = """
def text(locale, number):
    '''Not this one.'''
    if number == "some verb":
        return locale.gettext("{name} is fine", name=f"<b>{number}</b> SOL")
    row = [("🛡 Scan", "scan")]
    return f"{number} wallets follow" + locale.gettext("fine", name="Not fine")
"""
    assert english_of(ast.parse(source)) == ["some verb", "🛡 Scan", "\0 wallets follow"]
