"""What is not compiled yet is compiled once, each module by one process."""

import sys
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest
from hypothesis.internal.constants_ast import Constants, constants_from_module

from tests import rewriting
from tests.rewriting import compile_share, read_share

TEST = "import os\n\ndef test_it() -> None:\n    assert os.sep\n"


def compiled(folder: Path) -> set[str]:
    return {one.name.partition(".")[0] for one in folder.glob("__pycache__/*.pyc")}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "tests"
    folder.mkdir()
    for name in ("conftest", "test_a", "test_b", "words"):
        (folder / f"{name}.py").write_text(TEST)
    return tmp_path


def test_each_module_is_compiled_as_it_will_be_imported(tree: Path, pytestconfig: pytest.Config) -> None:
    compile_share(pytestconfig.pluginmanager.rewrite_hook, 1, 2, tree)
    assert compiled(tree / "tests") == {"conftest", "test_a", "test_b", "words"}
    assert "-pytest-" in next((tree / "tests/__pycache__").glob("test_a.*")).name
    assert "-pytest-" not in next((tree / "tests/__pycache__").glob("words.*")).name


def test_a_process_begins_with_its_own_share(tree: Path) -> None:
    class Rewriting:
        files: ClassVar[list[str]] = []

        def exec_module(self, module: ModuleType) -> None:
            assert module.__spec__ is not None
            self.files.append(Path(module.__spec__.origin or "").stem)

    compile_share(Rewriting(), 1, 2, tree)
    assert Rewriting.files == ["test_a", "conftest", "test_b"]


def test_hypothesis_knows_what_numbers_the_product_names(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[Constants] = []
    monkeypatch.setattr(
        rewriting, "constants_from_module", lambda one: noted.append(constants_from_module(one))
    )
    (tree / "domain").mkdir()
    (tree / "domain" / "limits.py").write_text("MAX_WHALES = 8_765_432\n")
    (tree / "domain" / "moments.py").write_text("NEVER = 7_654_321\n")
    read_share(1, 2, tree)
    assert [(8_765_432 in constants, 7_654_321 in constants) for constants in noted] == [(False, True)]


def test_what_is_compiled_is_left_alone(tree: Path, pytestconfig: pytest.Config) -> None:
    hook = pytestconfig.pluginmanager.rewrite_hook
    compile_share(hook, 0, 1, tree)
    (kept,) = (tree / "tests/__pycache__").glob("test_a.*")
    kept.write_bytes(b"")
    compile_share(hook, 0, 1, tree)
    assert kept.read_bytes() == b""


def test_a_module_that_cannot_be_read_is_left_to_whoever_imports_it(
    tree: Path, pytestconfig: pytest.Config
) -> None:
    (tree / "tests" / "test_a.py").write_text("def (")
    compile_share(pytestconfig.pluginmanager.rewrite_hook, 0, 1, tree)
    assert compiled(tree / "tests") == {"conftest", "test_b", "words"}
