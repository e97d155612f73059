"""Rows of tables of wallets: which cells are wallets, and which one names each. Pure.

ADDRESS,Toly,group        name,funder,wallet        ADDRESS,Toly,ADDRESS,Ahab        ADDRESS,ADDRESS,ADDRESS
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.activity.addresses import is_address, readable

MAX_CELLS = 100
"""Of one line."""
ADDRESS_KEYS = (
    "address",
    "walletaddress",
    "trackedwalletaddress",
    "wallet",
    "publickey",
    "pubkey",
    "account",
)
NAME_KEYS = ("name", "label", "nickname", "alias", "title", "walletname", "remark", "note", "notes")
_OTHER_SIGNS = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first line says of the columns."""

    wallets: tuple[int, ...] = ()
    """Those of wallets; what is an address in another one is a token, a funder or the like."""
    name: int | None = None


NO_HEADER = Header()


def key_of(text: str) -> str:
    """A key, or the head of a column, as it stands among the known ones."""
    return _OTHER_SIGNS.sub("", text.lower())


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; a name with a line break in it is no name."""
    try:
        return [
            readable(cell).strip().removeprefix("'")
            for cell in next(csv.reader([line], delimiter=delimiter), [])[:MAX_CELLS]
        ]
    except csv.Error:  # longer than any cell
        return []


def header_of(cells: Sequence[str]) -> Header:
    """Return what a first line without an address says of the columns."""
    keys = [key_of(cell) for cell in cells]
    name = next((keys.index(key) for key in NAME_KEYS if key in keys), None)
    return Header(wallets=tuple(at for at, key in enumerate(keys) if key in ADDRESS_KEYS), name=name)


def wallets_of_row(cells: Sequence[str], header: Header) -> list[tuple[str, str]]:
    """The wallets of a row, each in a cell of its own, with its name; empty: it has none.

    Where the header names their column, only those in it count. The name stands in its column, beside the
    only address, or between several of them.
    """
    every = [at for at, cell in enumerate(cells) if is_address(cell)]
    places = [at for at in every if at in header.wallets] or every
    return [(cells[at], _name(cells, _name_places(cells, at, header, places))) for at in places]


def _name_places(cells: Sequence[str], at: int, header: Header, places: Sequence[int]) -> Sequence[int]:
    if header.name is not None:
        return [header.name]
    if len(places) == 1:
        return [at + 1, at - 1]
    is_named_before = places[0] > 0 and places[-1] == len(cells) - 1
    return [at - 1 if is_named_before else at + 1]


def _name(cells: Sequence[str], places: Sequence[int]) -> str:
    names = (cells[at] for at in places if 0 <= at < len(cells) and not is_address(cells[at]))
    return next(filter(None, names), "")
