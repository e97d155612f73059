"""Which test modules need not be imported, since `-m` leaves nothing of them.

`make check` leaves out what needs servers, a third of the modules, and CI then runs that third alone. Each
process of a run would import the others, too.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

BEYOND_UNIT = frozenset({"services", "e2e", "browser", "measures"})
"""Markers of tests that are no unit tests. A module names those that its tests bear."""
_BETWEEN = re.compile(r" and (?![^(]*\))")
_ALTERNATIVES = re.compile(r"\w+|\(\w+(?: or \w+)*\)")
_MARKED = re.compile(r"^pytestmark = (\[[^\]]*\]|.*)", re.MULTILINE)
_MARKER = re.compile(r"\bmark\.(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an expression of `-m` asks of a test."""

    without: Collection[str] = ()
    """Markers of which it bears none."""
    one_of_each: Collection[frozenset[str]] = ()
    """Of each of these it bears at least one."""


@cache
def selection(expression: str) -> Selection:
    """What it asks; nothing where it says anything else than such as `not a and not b and (c or d)`."""
    without: set[str] = set()
    one_of_each: list[frozenset[str]] = []
    for term in _BETWEEN.split(expression):
        if excluded := re.fullmatch(r"not (\w+)", term):
            without.add(excluded[1])
        elif _ALTERNATIVES.fullmatch(term):
            one_of_each.append(frozenset(term.strip("()").split(" or ")))
        else:
            return Selection()
    return Selection(without=without, one_of_each=[some for some in one_of_each if some <= BEYOND_UNIT])


def is_left_out(text: str, expression: str) -> bool:
    """Whether nothing runs of a module with this text: all its tests bear a marker too many, or lack one."""
    asked = selection(expression)
    borne_by_all = {marker for value in _MARKED.findall(text) for marker in _MARKER.findall(value)}
    return not borne_by_all.isdisjoint(asked.without) or any(
        some.isdisjoint(_named(text)) for some in asked.one_of_each
    )


def unnamed(text: str, borne: Collection[str]) -> frozenset[str]:
    """Markers that a test bears and its module does not name: who asks for them would not find it."""
    return BEYOND_UNIT.intersection(borne).difference(_named(text))


@cache
def _named(text: str) -> frozenset[str]:
    """All markers that a text names; each of its tests asks for them."""
    return frozenset(_MARKER.findall(text))
