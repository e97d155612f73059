"""Docstrings say what parameters mean, and show the JSON that a struct is made of."""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from tests.architecture.shape import PRODUCT, at, name_of, nodes_of, tree_of

MIN_PARAMETERS = 3
"""From so many on a docstring says of each what it is."""
MIN_DECODED = 60
"""So many structs are found at least, else the search has gone blind."""
_SECTION = re.compile(r"^Args:\n(.*?)(?=^\w+:$|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(\w+): ", re.MULTILINE)
_JSON = re.compile(r"`([{\[].*?[}\]])`", re.DOTALL)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def parameters(function: Function, *, is_method: bool) -> list[str]:
    """The names of what a caller gives; `self` and `cls` are not given."""
    found = function.args
    marks = [ast.unparse(mark) for mark in function.decorator_list]
    given = [one.arg for one in (*found.posonlyargs, *found.args)][
        is_method and "staticmethod" not in marks :
    ]
    every = [*given, found.vararg, *found.kwonlyargs, found.kwarg]
    return [one if isinstance(one, str) else one.arg for one in every if one is not None]


def public_functions(
    body: list[ast.stmt], within: ast.ClassDef | None = None
) -> Iterator[tuple[Function, set[str]]]:
    """Functions and methods that others call, with what is explained; to `__init__` belongs its class's."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, node)
        elif isinstance(node, Function) and (
            not node.name.startswith("_") or node.name in {"__init__", "__call__"}
        ):
            of_class = explained(within) if within is not None and node.name == "__init__" else set()
            yield node, explained(node) | of_class


def explained(node: Function | ast.ClassDef) -> set[str]:
    """The names under `Args:` in a docstring."""
    sections = _SECTION.findall(ast.get_docstring(node) or "")
    return {name for section in sections for name in _ENTRY.findall(textwrap.dedent(section))}


def unexplained(path: Path) -> Iterator[str]:
    """The parameters of a module that no `Args:` names, and the names there that are no parameters."""
    methods = {id(node) for outer in nodes_of(path) if isinstance(outer, ast.ClassDef) for node in outer.body}
    for function, named in public_functions(tree_of(path).body):
        names = parameters(function, is_method=id(function) in methods)
        missing = set(names) - named if len(names) >= MIN_PARAMETERS else set()
        if wrong := missing | (named - set(names)):
            yield f"{at(path, function)} {function.name}: {', '.join(sorted(wrong))}"


def test_from_three_parameters_on_a_docstring_says_what_each_is() -> None:
    assert [one for path in PRODUCT for one in unexplained(path)] == []


def decoded_types(path: Path) -> set[str]:
    """The names of the types into which a module decodes JSON, as they stand in its calls."""
    found: set[str] = set()
    if "msgspec.json" not in path.read_text(encoding="utf-8"):
        return found
    for node in nodes_of(path):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "Decoder" and node.args:
            found |= _names(node.args[0])
        elif node.func.attr == "decode":
            found |= {name for one in node.keywords if one.arg == "type" for name in _names(one.value)}
    return found


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def shown_json(kind: type) -> list[str]:
    """The JSON in a docstring; `…` in it stands for the rest of an address or a signature."""
    found = _JSON.findall(inspect.cleandoc(kind.__doc__ or ""))
    return [" ".join(text.split()).replace("…", "1" * 40) for text in found]


def _read(kind: type, value: Any) -> object:
    return Fraction(value) if kind is Fraction else value


def _structs(names: Callable[[Path], set[str]]) -> dict[str, type]:
    """The structs that modules name, by module and name."""
    found: dict[str, type] = {}
    for path in PRODUCT:
        if path.stem == "__main__" or not (named := names(path)):
            continue
        module = importlib.import_module(name_of(path))
        kinds = [kind for name in named if isinstance(kind := getattr(module, name, None), type)]
        found |= {f"{kind.__module__}.{kind.__name__}": kind for kind in kinds if issubclass(kind, Struct)}
    return dict(sorted(found.items()))


def showing_json(path: Path) -> set[str]:
    """The classes of a module with JSON in their docstrings."""
    classes = [node for node in nodes_of(path) if isinstance(node, ast.ClassDef)]
    return {node.name for node in classes if _JSON.search(ast.get_docstring(node) or "")}


def test_each_struct_that_json_is_decoded_into_shows_a_line_of_it() -> None:
    kinds = _structs(decoded_types)
    assert len(kinds) > MIN_DECODED
    assert [name for name, kind in kinds.items() if not shown_json(kind)] == []


def test_the_json_that_a_struct_shows_can_be_decoded_into_it() -> None:
    wrong = {}
    for name, kind in _structs(showing_json).items():
        for text in shown_json(kind):
            try:
                msgspec.json.decode(text, type=kind, strict=False, dec_hook=_read)
            except msgspec.DecodeError as error:
                wrong[name] = str(error)
    assert wrong == {}


def test_what_is_not_explained_and_what_is_not_there_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "class Buyer:\n"
        '    """Buys.\n\n    Args:\n        price: in lamports.\n    """\n\n'
        "    def __init__(self, price, amount, *, seconds): ...\n\n"
        "    def buy(self, one, other): ...\n\n"
        "    def _sell(self, one, other, third): ...\n\n\n"
        "def sold(price):\n"
        '    """What it brings.\n\n    Args:\n        price: dollars.\n        fee: of the venue.\n\n'
        '    Raises:\n        ValueError: none.\n    """\n'
    )
    monkeypatch.setattr("tests.architecture.shape.ROOT", tmp_path)
    assert list(unexplained(file)) == ["module.py:8 __init__: amount, seconds", "module.py:15 sold: fee"]
