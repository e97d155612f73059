"""Takes wallets out of what people paste: links, lists, an address with a name beside it. Pure."""

import re
from dataclasses import dataclass

from domain.activity.addresses import addresses_in, readable

MAX_WALLETS = 50
"""Wallets that one message may follow."""
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_EDGES = " \t,;:|=-–—>•*·.\"'`“”‘’«»()[]{}<"
_NUMBERING = re.compile(r"^\s*\d{1,3}[.)]\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedWallet:
    """An address in a message, and the name beside it."""

    address: str
    name: str = ""
    """As it was written; empty: none."""


def pasted_wallets(text: str) -> list[PastedWallet]:
    """Each address of the message once, with the name that its line gives it.

    The words after an address are its name: `ADDRESS Toly`. So is what stands before it, if the address ends
    the line and a colon, a comma or the like parts the two: `Toly: ADDRESS`.
    """
    found: dict[str, PastedWallet] = {}
    for line in readable(text).split("\n"):
        for wallet in _of_line(line):
            found.setdefault(wallet.address, wallet)
    return list(found.values())


def wallet_and_rest(text: str) -> tuple[str, str]:
    """The first address in `text`, empty if there is none; and the words after it."""
    found = addresses_in(text)
    if not found:
        return "", text.strip()
    _, after = _around(readable(text), found[0])
    return found[0], after


def _of_line(line: str) -> list[PastedWallet]:
    addresses = addresses_in(line)
    if len(addresses) != 1:
        return [PastedWallet(address=address) for address in addresses]
    before, after = _around(line, addresses[0])
    return [PastedWallet(address=addresses[0], name=_name(before, after))]


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
