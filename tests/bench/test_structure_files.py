from pathlib import Path

import pytest

from bench.structure_files import code_lines, imports_of, modules_of, rooms

SOURCE = '''"""A docstring
of two lines."""

import os  # a comment

VALUE = 1
"""Of an attribute."""


# a comment
def path() -> str:
    """What it does."""
    return os.path.join(
        "a",
        "b",
    )
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "bot/__init__.py": "",
        "bot/one.py": "from domain.two import VALUE\nfrom bot import three\n",
        "bot/three.py": "import domain.two\n",
        "domain/two.py": "VALUE = 1\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_lines_of_code_have_no_blanks_comments_and_docstrings(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(SOURCE)
    assert code_lines(file) == 7


def test_imports_are_those_of_the_checkout_alone(root: Path) -> None:
    modules = modules_of(root, ("bot", "domain"))
    assert modules.keys() == {"bot", "bot.one", "bot.three", "domain.two"}
    assert imports_of(modules["bot.one"], modules) == {"domain.two", "bot.three"}


def test_a_room_counts_imports_within_out_and_in(root: Path) -> None:
    assert rooms(root) == {
        "bot": {"modules": 2, "within": 1, "out": 2, "in": 0},
        "domain": {"modules": 1, "within": 0, "out": 0, "in": 2},
    }
