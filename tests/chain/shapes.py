"""The line of JSON in the docstring of a shape, which is read by the shape itself."""

import re
from types import ModuleType
from typing import Any

import msgspec


def shapes_of(module: ModuleType) -> list[Any]:
    """The shapes of foreign JSON that a module defines: those whose docstring has an example."""
    structs = [
        one for one in vars(module).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)
    ]
    return [one for one in structs if one.__module__ == module.__name__ and examples_of(one)]


def examples_of(shape: Any) -> list[str]:
    """The examples in the docstring of a shape."""
    text = re.sub(r"\n\s*", "", shape.__doc__ or "")
    return re.findall(r"`(\{.*?\})`", text)
