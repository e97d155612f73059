"""The shape of the code, read from its syntax trees: what imports what, and who touches whose insides.

`python -m tests.architecture.shape` prints what breaks a rule. `test_shape.py` allows nothing of it.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).parents[2]
LAYERS = (
    "bot",
    "chain",
    "domain",
    "messaging",
    "runtime",
    "sandbox",
    "scanner",
    "services",
    "storage",
    "web",
    "workers",
)
PRODUCT = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_MODULES = 20
FOREIGN_ATTRIBUTES = {"should_exit", "daemon", "excepthook", "unraisablehook"}
"""Of uvicorn's server, of a thread, and of Python itself: they are told so."""
SELDOM_LOADED = {
    "messaging/languages/choice.py",
    "messaging/telegram/charts/qr.py",
    "runtime/observability/traces.py",
    "services/names.py",
}
"""Who loads a large library when it is first needed, if ever: each says beside it what that spares."""
ONE_FILE_EACH = {"handlers", "texts", "keyboards", "decoders"}
"""Folders with one file for each command, text, keyboard or decoder may hold more than `MAX_MODULES`."""


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """All nodes of that tree, the outer ones first."""
    return list(ast.walk(tree_of(path)))


def at(path: Path, node: ast.expr | ast.stmt) -> str:
    """Return where something stands: `bot/wiring.py:12`."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


MODULES = {name_of(path): path for path in PRODUCT}


def imported(path: Path) -> set[str]:
    """The modules of the product that a module imports."""
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(name if name in MODULES else node.module for name in names)
    return found & MODULES.keys() - {name_of(path)}


def imports() -> dict[str, set[str]]:
    """Each module of the product with those that it imports."""
    return {name: imported(path) for name, path in MODULES.items()}


def circles(graph: Mapping[str, set[str]]) -> list[str]:
    """Groups of nodes that import each other, directly or through others (Tarjan's components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[str] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in stack:
                lowest[node] = min(lowest[node], order[other])
        if lowest[node] == order[node]:
            cut = stack.index(node)
            group = sorted(stack[cut:])
            del stack[cut:]
            if len(group) > 1:
                found.append(" <-> ".join(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def circles_of_modules() -> list[str]:
    """Modules that import each other."""
    return circles(imports())


def circles_of_siblings() -> list[str]:
    """Children of one folder, modules and folders, that import each other."""
    graph: dict[str, set[str]] = defaultdict(set)
    for name, others in imports().items():
        for other in others:
            mine, its = _apart(name, other)
            if mine and its:
                graph[mine].add(its)
    return circles(graph)


def _apart(name: str, other: str) -> tuple[str, str]:
    """The first names at which two modules part ways; empty where one is a package that holds the other."""
    first, second = name.split("."), other.split(".")
    for depth in range(min(len(first), len(second))):
        if first[depth] != second[depth]:
            return ".".join(first[: depth + 1]), ".".join(second[: depth + 1])
    return "", ""


def inner_imports() -> list[str]:
    """Imports within functions, however they are written, or only for the type checker."""
    return [
        at(path, node)
        for path in PRODUCT
        for outer in nodes_of(path)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.If)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (_is_import(node) and str(path.relative_to(ROOT)) not in SELDOM_LOADED)
    ]


def _is_import(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))


def outside_assignments() -> list[str]:
    """Attributes assigned to another object than `self` or `cls`, if not to a state.

    A state is a dataclass that is not frozen: who holds it may change what it declares.
    """
    declared = _fields_of_states() | FOREIGN_ATTRIBUTES
    return [
        f"{at(path, target)} {ast.unparse(target)}"
        for path in PRODUCT
        for target in _targets(tree_of(path))
        if isinstance(target, ast.Attribute)
        and target.attr not in declared
        and not (isinstance(target.value, ast.Name) and target.value.id in {"self", "cls"})
    ]


def _fields_of_states() -> set[str]:
    return {
        ast.unparse(item.target)
        for path in PRODUCT
        for node in nodes_of(path)
        if isinstance(node, ast.ClassDef) and any(_is_state(mark) for mark in node.decorator_list)
        for item in node.body
        if isinstance(item, ast.AnnAssign)
    }


def _is_state(decorator: ast.expr) -> bool:
    text = ast.unparse(decorator)
    return text.startswith("dataclass") and "frozen=True" not in text


def _targets(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from target.elts if isinstance(target, ast.Tuple | ast.List) else (target,)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            yield node.target


def private_overrides() -> list[str]:
    """Private methods that a class of the product has from one of its bases, too."""
    classes: dict[str, list[tuple[Path, ast.ClassDef]]] = defaultdict(list)
    for path in PRODUCT:
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef):
                classes[node.name].append((path, node))
    found = []
    for path, node in (entry for entries in classes.values() for entry in entries):
        inherited: set[str] = set()
        for base in node.bases:
            for _, parent in classes.get(ast.unparse(base).rpartition(".")[2], ()):
                inherited |= _private_methods(parent)
        found += [
            f"{at(path, node)} {node.name}.{name}" for name in sorted(_private_methods(node) & inherited)
        ]
    return found


def _private_methods(node: ast.ClassDef) -> set[str]:
    methods = (item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef))
    return {item.name for item in methods if item.name.startswith("_") and not item.name.endswith("__")}


def crowded_folders() -> list[str]:
    """Folders with more modules than `MAX_MODULES`."""
    folders = {path.parent for path in PRODUCT if path.parent.name not in ONE_FILE_EACH}
    sizes = {
        folder: len([path for path in folder.glob("*.py") if path.stem != "__init__"]) for folder in folders
    }
    return [
        f"{folder.relative_to(ROOT)}: {size} modules"
        for folder, size in sorted(sizes.items())
        if size > MAX_MODULES
    ]


def unmirrored_modules() -> list[str]:
    """Modules that do something and have no test module of their own.

    `a/b/c.py` is tested by `tests/a/b/test_c.py`, or with its whole folder by `tests/a/test_b.py`.
    """
    return [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if _does_something(path) and not any(map(_has_tests, _mirrors(path)))
    ]


def _mirrors(path: Path) -> tuple[Path, Path]:
    folder = ROOT / "tests" / path.relative_to(ROOT).parent
    name = "main" if path.stem == "__main__" else path.stem
    return folder / f"test_{name}.py", folder.parent / f"test_{folder.name}.py"


def _does_something(path: Path) -> bool:
    """Return whether any function has a body beyond its docstring; protocols and values have none."""
    functions = (node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(not all(isinstance(step, ast.Expr) for step in node.body) for node in functions)


def _has_tests(path: Path) -> bool:
    if not path.exists():
        return False
    functions = (node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(node.name.startswith("test_") for node in functions)


def imports_between_tests() -> list[str]:
    """Imports from one test module into another; what both need belongs into a conftest or a helper."""
    return [
        f"{at(path, node)} from {node.module}"
        for path in TESTS
        for node in nodes_of(path)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("tests.")
        and any(
            name.startswith("test_") for name in (*node.module.split("."), *(one.name for one in node.names))
        )
        and path.name != "conftest.py"
    ]


def silent_packages() -> list[str]:
    """Packages of the product without a docstring, or with a placeholder for one."""
    packages = [path for path in PRODUCT if path.stem == "__init__"]
    said = {path: ast.get_docstring(tree_of(path)) or "" for path in packages}
    return [str(path.relative_to(ROOT)) for path, text in said.items() if not text or text.startswith("TODO")]


RULES: tuple[Callable[[], list[str]], ...] = (
    circles_of_modules,
    circles_of_siblings,
    inner_imports,
    outside_assignments,
    private_overrides,
    crowded_folders,
    unmirrored_modules,
    imports_between_tests,
    silent_packages,
)


def main(folders: Iterable[str]) -> int:
    """Print what breaks each rule, in the folders named or in all; 1 if anything does."""
    wanted = tuple(folders)
    broken = 0
    for rule in RULES:
        found = [entry for entry in rule() if not wanted or any(folder in entry for folder in wanted)]
        broken += len(found)
        print(f"{rule.__name__}: {len(found)}")  # noqa: T201 - a script
        for entry in found:
            print(f"    {entry}")  # noqa: T201 - the same
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
