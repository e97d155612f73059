"""Compiles a fresh clone once for all processes of a run.

Each process of pytest-xdist imports every module, all at the same moment, and would compile each of them and
rewrite its assertions: that is two thirds of what collecting takes. Hypothesis reads each again, for the
numbers and texts in it. So each does its share first, and helps the others with their compiling.
"""

import compileall
import contextlib
import importlib.util
import itertools
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis.internal.constants_ast import constants_from_module

ROOT = Path(__file__).parents[1]
FOLDERS = (
    *("bench", "bot", "chain", "domain", "messaging", "runtime", "sandbox", "scanner"),
    *("services", "storage", "tests", "tools", "web", "workers"),
)


def compile_share(rewriting: Any, number: int, count: int, root: Path = ROOT) -> None:
    """Compile each `count`th module of those that are not compiled yet, then the others.

    Args:
        rewriting: pytest's loader of test modules.
        number: of this process, from 0.
        count: of processes.
        root: where the folders are.
    """
    if sys.dont_write_bytecode:
        return
    files = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))]
    fresh = tuple(_fresh(files))
    for file in itertools.chain.from_iterable(fresh[(number + one) % count :: count] for one in range(count)):
        if any((file.parent / "__pycache__").glob(f"{file.stem}.*.pyc")):
            continue  # another process was quicker
        if _is_rewritten(file):
            _rewrite(rewriting, file)
        else:
            compileall.compile_file(file, quiet=2)


def read_share(number: int, count: int, root: Path = ROOT) -> None:
    """Let Hypothesis read each `count`th module of the product, and keep what numbers and texts are in it."""
    product = (folder for folder in FOLDERS if folder != "tests")
    files = [file for folder in product for file in sorted((root / folder).rglob("*.py"))]
    for file in files[number::count]:
        module = ModuleType(file.stem)
        module.__file__ = str(file)
        constants_from_module(module)


def _is_rewritten(file: Path) -> bool:
    return file.name.startswith("test_") or file.name == "conftest.py"


def _fresh(files: Iterable[Path]) -> Iterable[Path]:
    """Those of which nothing compiled is there; what is out of date is compiled when it is imported."""
    compiled: dict[Path, set[str]] = {}
    for file in files:
        folder = file.parent / "__pycache__"
        if folder not in compiled:
            compiled[folder] = {one.name.partition(".")[0] for one in folder.glob("*.pyc")}
        if file.stem not in compiled[folder]:
            yield file


def _rewrite(rewriting: Any, file: Path) -> None:
    """Let pytest rewrite and keep a module, which ends at its first import."""
    spec = importlib.util.spec_from_file_location(file.stem, file, loader=rewriting)
    if spec is not None:
        module = ModuleType(file.stem)
        module.__spec__ = spec
        vars(module)["__builtins__"] = {}
        with contextlib.suppress(ImportError, SyntaxError):
            rewriting.exec_module(module)
