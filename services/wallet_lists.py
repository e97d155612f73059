"""Lists of wallets as people and other trackers write them: lines, CSV, JSON; all of it hostile. Pure.

ADDRESS Toly            Toly: ADDRESS           ADDRESS,Toly,group
Name,Wallet             ["ADDRESS", …]          [{"trackedWalletAddress": "ADDRESS", "name": "Toly"}, …]
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from domain.activity.addresses import addresses_in, is_address, readable
from domain.rules.rules import MAX_LABEL
from messaging.telegram.escaping import clean
from services.wallet_rows import (
    ADDRESS_KEYS,
    NAME_KEYS,
    NO_HEADER,
    cells_of,
    header_of,
    key_of,
    wallets_of_row,
)

MAX_IMPORT = 500
"""Wallets of one file."""
MAX_FILE_BYTES = 256 * 1024
"""Five hundred wallets with everything that other trackers write beside them take less."""
_FAR_MORE = MAX_LABEL * 4
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_EDGES = " \t,;:|=-–—>•*·.\"'`“”‘’«»()[]{}<"
_NUMBERING = re.compile(r"^\s*\d{1,3}[.)]\s+")
_ADJOINING_COMMA = re.compile(
    r"[1-9A-HJ-NP-Za-km-z]{32,44}\"?[ ]{0,4}[,;\t]|[,;\t][ ]{0,4}\"?[1-9A-HJ-NP-Za-km-z]{32,44}"
)
_MIN_LINE = 32
"""Characters of an address: a shorter line holds none, so that few of a file's lines are checked."""
_DELIMITERS = ",;\t"
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWallet:
    """An address, and the name beside it."""

    address: str
    name: str = ""
    """As it was written; empty: none."""


class LabelFault(StrEnum):
    """Why a name cannot be used."""

    TOO_LONG = "too_long"
    EMPTY = "empty"
    """None of its characters can be shown."""


class ListFault(StrEnum):
    """Why a file cannot be read as a list."""

    TOO_LARGE = "too_large"
    BINARY = "binary"
    """It is no text."""
    BAD_JSON = "bad_json"
    NO_ADDRESS = "no_address"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletList:
    """What a file or a text holds."""

    wallets: tuple[NamedWallet, ...] = ()
    """Each address once, in the order of the file."""
    fault: ListFault | None = None
    """Why it cannot be taken; None: it can."""


def checked_label(text: str) -> tuple[str, LabelFault | None]:
    """The name in a text, on one line and without misleading characters; and what is wrong with it."""
    words = " ".join(text.split())
    label = clean(_LINK.sub("", words), limit=_FAR_MORE)
    if len(label) > MAX_LABEL:
        return label, LabelFault.TOO_LONG
    return label, LabelFault.EMPTY if words and not label else None


def fitting_label(text: str) -> str:
    """The name in a text, cut to what a name may be; empty if nothing of it can be shown."""
    return clean(_LINK.sub("", " ".join(text.split())), limit=MAX_LABEL)


def read_file(content: bytes, *, name: str = "") -> WalletList:
    """The wallets in a file that somebody sent.

    Args:
        content: of the file.
        name: of the file; `.csv` and `.json` say how it is meant, else its content does.
    """
    if len(content) > MAX_FILE_BYTES:
        return WalletList(fault=ListFault.TOO_LARGE)
    text = _decoded(content)
    return WalletList(fault=ListFault.BINARY) if text is None else read_text(text, name=name)


def read_text(text: str, *, name: str = "") -> WalletList:
    """The wallets in a text: a file's, or a message's."""
    begins = text.lstrip()[:1]
    if name.lower().endswith(".json") or begins in {"[", "{"}:
        return _read_json(text)
    is_table = name.lower().endswith((".csv", ".tsv")) or _ADJOINING_COMMA.search(text) is not None
    return _listed(_of_table(text) if is_table else pasted_wallets(text))


def pasted_wallets(text: str) -> list[NamedWallet]:
    """Each address of a text once, with the name that its line gives it.

    The words after an address are its name: `ADDRESS Toly`. So is what stands before it, if the address ends
    the line and a colon, a comma or the like parts the two: `Toly: ADDRESS`.
    """
    found: dict[str, NamedWallet] = {}
    for line in readable(text).split("\n"):
        for wallet in _of_line(line) if len(line) >= _MIN_LINE else ():
            found.setdefault(wallet.address, wallet)
    return list(found.values())


def _listed(wallets: Sequence[NamedWallet]) -> WalletList:
    once: dict[str, NamedWallet] = {}
    for wallet in wallets:
        once.setdefault(wallet.address, wallet)
    if not once:
        return WalletList(fault=ListFault.NO_ADDRESS)
    fault = ListFault.TOO_MANY if len(once) > MAX_IMPORT else None
    return WalletList(wallets=tuple(once.values()), fault=fault)


def _decoded(content: bytes) -> str | None:
    """The text of a file; None: it is none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_line(line: str) -> list[NamedWallet]:
    addresses = addresses_in(line)
    if len(addresses) != 1:
        return [NamedWallet(address=address) for address in addresses]
    before, after = _around(line, addresses[0])
    return [NamedWallet(address=addresses[0], name=_name(before, after))]


def _name(before: str, after: str) -> str:
    lead = _NUMBERING.sub("", before).rstrip(" \t\"'`“”‘’«»([{<")
    if after:
        return "" if lead.strip(_EDGES) else after
    return lead.strip(_EDGES) if lead[-1:] in ":,;|=–—-" else ""


def _around(line: str, address: str) -> tuple[str, str]:
    """The words before and after an address, or the link that holds it."""
    for link in _LINK.finditer(line):
        if address in addresses_in(link.group()):
            return line[: link.start()], line[link.end() :].strip(_EDGES)
    before, _, after = line.partition(address)
    return before, after.strip(_EDGES)


def _of_table(text: str) -> list[NamedWallet]:
    lines = text.splitlines()
    sample = "\n".join(lines[:20])
    delimiter = max(_DELIMITERS, key=sample.count)
    wallets: list[NamedWallet] = []
    header = NO_HEADER
    for number, line in enumerate(lines):
        if number and len(line) < _MIN_LINE:
            continue
        cells = cells_of(line, delimiter)
        if found := wallets_of_row(cells, header):
            wallets += [NamedWallet(address=address, name=name) for address, name in found]
        elif not number and not addresses_in(line):
            header = header_of(cells)
        else:
            wallets += _of_line(readable(line))
    return wallets


def _read_json(text: str) -> WalletList:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return WalletList(fault=ListFault.BAD_JSON)
    return _listed(list(_of_value(found, _MAX_DEPTH)))


def _of_value(value: Any, depth: int) -> Iterator[NamedWallet]:
    if isinstance(value, str):
        yield from pasted_wallets(value)
    elif isinstance(value, list) and depth:
        yield from _of_array(value, depth)
    elif isinstance(value, dict) and depth:
        yield from _of_object(value, depth)


def _of_array(value: list[Any], depth: int) -> Iterator[NamedWallet]:
    first, *others = [one for one in value[:3] if isinstance(one, str)] or [""]
    is_pair = (
        is_address(first.strip()) and len(value) == len(others) + 1 > 1 and not is_address(others[0].strip())
    )
    if is_pair:
        yield NamedWallet(address=first.strip(), name=others[0])
        return
    for one in value:
        yield from _of_value(one, depth - 1)


def _of_object(value: dict[str, Any], depth: int) -> Iterator[NamedWallet]:
    fields = {key_of(key): one for key, one in value.items() if isinstance(one, str)}
    address = next(
        (fields[key].strip() for key in ADDRESS_KEYS if is_address(fields.get(key, "").strip())), None
    )
    name = next((fields[key] for key in NAME_KEYS if key in fields), "")
    if address is not None:
        yield NamedWallet(address=address, name=name)
        return
    for key, one in value.items():
        if is_address(key):
            yield NamedWallet(address=key, name=_name_in(one))
        else:
            yield from _of_value(one, depth - 1)


def _name_in(value: Any) -> str:
    if isinstance(value, dict):
        fields = {key_of(key): one for key, one in value.items() if isinstance(one, str)}
        return next((fields[key] for key in NAME_KEYS if key in fields), "")
    return value if isinstance(value, str) else ""
