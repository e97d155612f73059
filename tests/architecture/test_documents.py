"""Documents name files that exist."""

import re
from pathlib import Path

import pytest

from domain.delivery.deliveries import DeliveryKind
from sandbox.chain.rpc.methods.table import METHODS
from tests.architecture.shape import LAYERS

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


def code_map() -> dict[str, list[str]]:
    """The folders in the map of ARCHITECTURE.md, each with those inside of it that the map names."""
    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Code map")[2]
    rows = re.findall(r"^\| `(\w+)/` \|(.+)$", section.partition("\n## ")[0], re.MULTILINE)
    return {folder: re.findall(r"`(\w+)/`", row) for folder, row in rows}


def test_the_code_map_has_every_program_and_layer() -> None:
    assert set(LAYERS) <= code_map().keys()


def test_where_the_code_map_names_folders_inside_of_one_it_names_all() -> None:
    missing = {}
    for folder, named in code_map().items():
        inside = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
        if named and inside - {*named}:
            missing[folder] = inside - {*named}
    assert missing == {}


def test_the_table_of_kinds_of_deliveries_has_all_of_them() -> None:
    text = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE)
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert {kind.value for kind in DeliveryKind} <= named


def test_the_sandbox_says_how_many_methods_its_node_answers() -> None:
    text = (ROOT / "sandbox" / "README.md").read_text(encoding="utf-8")
    assert f"The node answers {len(METHODS)} RPC methods" in text
