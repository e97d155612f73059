"""Documents name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
EVERY_NAME = {path.name for folder in ROOT.glob("[a-z]*") for path in folder.rglob("*.py")}
_FILE = re.compile(r"`((?:[\w.]+/)*\w+\.py)`")
_FOLDER = re.compile(r"`((?:[\w.]+/)+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_that_is_named_exists(document: Path) -> None:
    named = _FILE.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if "/" in name and not (ROOT / name).is_file()] == []
    assert [name for name in named if "/" not in name and name not in EVERY_NAME] == []


def test_a_step_of_the_flows_names_modules_of_the_folders_that_it_names() -> None:
    flows = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## The two flows")[2]
    steps = re.split(r"\n(?=\d\. )", flows.partition("\n## ")[0])
    assert len(steps) > 10
    missing = []
    for step in steps:
        folders = [name.rpartition("/")[0] for name in _FILE.findall(step) if "/" in name]
        folders += _FOLDER.findall(step)
        bare = [name for name in _FILE.findall(step) if "/" not in name]
        around = {ROOT / folder / name for name in bare for folder in (*folders, *map(_outer, folders))}
        missing += [name for name in bare if not any(path.name == name and path.is_file() for path in around)]
    assert missing == []


def _outer(folder: str) -> str:
    return folder.rpartition("/")[0]
