"""Import-linter keeps the levels of every folder: what may import what among its modules and folders."""

from configparser import ConfigParser
from itertools import chain

from tests.architecture.shape import MODULES, ONE_FILE_EACH, ROOT

GROWING = {"domain", "workers.questions"}
"""Folders to which a recipe adds a module that needs no level of its own: their contracts name the others."""


def children() -> dict[str, set[str]]:
    """The modules and folders of each package of the product, by its dotted name."""
    found: dict[str, set[str]] = {}
    for name in MODULES:
        package, _, child = name.rpartition(".")
        if package:
            found.setdefault(package, set()).add(child)
    return found


def contracts() -> ConfigParser:
    """What `.importlinter` says."""
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def levels() -> dict[str, set[str]]:
    """The containers of contracts of layers, each with the modules and folders that stand in it."""
    found: dict[str, set[str]] = {}
    for section in contracts().values():
        if section.get("type") == "layers" and "containers" in section:
            named = (
                section["layers"].replace("|", " ").split() + section.get("exhaustive_ignores", "").split()
            )
            found |= {container: set(named) for container in section["containers"].split()}
    return found


def independent() -> set[str]:
    """The folders whose modules do not know each other."""
    kept = [one["modules"].split() for one in contracts().values() if one.get("type") == "independence"]
    return {name.removesuffix(".*") for name in chain.from_iterable(kept)}


def test_every_folder_has_a_contract_that_keeps_its_levels() -> None:
    several = {package for package, inside in children().items() if len(inside) > 1}
    free = {package for package in several if package.rpartition(".")[2] in ONE_FILE_EACH}
    assert several - free - levels().keys() - independent() == set()


def test_a_contract_of_levels_names_every_module_and_folder() -> None:
    missing = {
        package: children()[package] - named
        for package, named in levels().items()
        if package not in GROWING and children()[package] - named
    }
    assert missing == {}
