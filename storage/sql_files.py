"""Reads the long statements of a folder from its file `statements.sql`.

A statement stands under its name, which metrics give it as well, with the sentences that explain it:

    -- name: leases.RELEASE
    -- Of another owner it deletes nothing.
    DELETE FROM leases WHERE name = $1 AND owner = $2;

What is shorter than 8 lines, or put together from parts, stands in the module that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = "statements.sql"
_STORAGE = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\S+)\n", re.MULTILINE)
_COMMENT = re.compile(r"('[^']*')|--[^\n]*")
"""A comment, or a text, in which two hyphens are none."""


def read_statement(module: str, constant: str) -> str:
    """Return a statement without its comments.

    Args:
        module: `__name__` of the module that uses it.
        constant: the name there that holds it.

    Raises:
        LookupError: the file of the module's folder has no such statement, or has it twice.
    """
    _, *folders, name = module.split(".")
    return named_in(_STORAGE.joinpath(*folders, FILE), f"{name}.{constant}")


def named_in(file: Path, name: str) -> str:
    """Return the statement of a file by its whole name, as `read_statement` does."""
    text = statements_in(file).get(name)
    if text is None:
        raise LookupError(f"{file} names no statement {name}.")
    return text


@cache
def statements_in(file: Path) -> Mapping[str, str]:
    """Return all statements of a file by their names, as `leases.RELEASE`.

    Raises:
        LookupError: two of them have one name.
    """
    _, *parts = _NAME.split(file.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name, commented in zip(parts[::2], parts[1::2], strict=True):
        if name in found:
            raise LookupError(f"{file} names two statements {name}.")
        found[name] = _without_comments(commented)
    return MappingProxyType(found)


def _without_comments(text: str) -> str:
    bare = _COMMENT.sub(lambda found: found[1] or "", text)
    return "\n".join(line.rstrip() for line in bare.splitlines() if line.strip()).removesuffix(";")
