"""The recipes of CONTRIBUTING.md name files and symbols that exist, and ask for few files each."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Recipes")[2]
RECIPES = {
    title: re.findall(r"^\d+\. (.+(?:\n   .+)*)", body, re.MULTILINE)
    for title, body in re.findall(r"^### (.+)\n((?:(?!### ).*\n?)*)", TEXT, re.MULTILINE)
}
MAX_FILES = 5
NEEDED = {
    "command",
    "alert",
    "channel",
    "source",
    "question",
    "decoder",
    "gate",
    "setting",
    "metric",
    "migration",
}


def path_and_names(step: str) -> tuple[str, list[str]]:
    """The file that a step begins with, and the names behind it."""
    path, *names = re.findall(r"`([^`]+)`", step)
    return path, names


def test_there_is_a_recipe_for_whatever_is_likely_to_be_added() -> None:
    assert {word for word in NEEDED if any(word in title for title in RECIPES)} == NEEDED


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_asks_for_few_files(title: str) -> None:
    assert 1 <= len(RECIPES[title]) <= MAX_FILES


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_names_files_and_symbols_that_exist(title: str) -> None:
    missing = []
    for step in RECIPES[title]:
        path, names = path_and_names(step)
        folder = ROOT / path.partition("<")[0].rpartition("/")[0]
        if "<" in path:
            missing += [] if folder.is_dir() else [path]
            continue
        if not (ROOT / path).is_file():
            missing.append(path)
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        missing += [f"{path}: {name}" for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert missing == []


def test_every_file_that_a_recipe_refers_to_exists() -> None:
    named = re.findall(r"`([\w.]+/[\w./]+\.(?:py|md|sql))`", TEXT)
    assert [name for name in named if not (ROOT / name).exists()] == []
