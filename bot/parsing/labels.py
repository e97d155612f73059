"""Wallets and the names that people give them: checked, found by name, taken out of what people paste. Pure.

Lists and links will do, an address with a name beside it, and EXAMPLE_WALLETS=Label=ADDRESS,Label=ADDRESS.

There is no built-in list: a wallet that is a whale today may be anything tomorrow.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.activity.addresses import addresses_in, is_address, readable, short
from domain.errors import BadInput
from domain.rules.rules import MAX_LABEL, Watch
from messaging.telegram.escaping import clean
from messaging.telegram.texts import watches as texts

_FAR_MORE = MAX_LABEL * 4
MAX_WALLETS = 50
"""Wallets that one message may follow."""
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_EDGES = " \t,;:|=-–—>•*·.\"'`“”‘’«»()[]{}<"
_NUMBERING = re.compile(r"^\s*\d{1,3}[.)]\s+")
MAX_EXAMPLES = 3
"""More do not fit on one screen."""


def parse_label(text: str) -> str:
    """The name in `text`, on one line and without misleading characters; empty for an empty text.

    Raises:
        BadInput: it is too long, or none of its characters can be shown.
    """
    words = " ".join(text.split())
    label = clean(_LINK.sub("", words), limit=_FAR_MORE)
    if len(label) > MAX_LABEL:
        raise BadInput(texts.label_too_long())
    if words and not label:
        raise BadInput(texts.label_empty())
    return label


def matching_watches(watches: Sequence[Watch], name: str) -> list[Watch]:
    """The watches that match an address or a link to it, a shortened address or a name."""
    wanted = " ".join(readable(name).split()).strip("`\"'“”")
    linked = addresses_in(wanted) if " " not in wanted else []
    named = {*linked, wanted}
    by_address = [watch for watch in watches if {watch.wallet, short(watch.wallet)} & named]
    label = clean(wanted, limit=_FAR_MORE).casefold()
    return by_address or [watch for watch in watches if watch.label.casefold() == label != ""]


def look_alike(watches: Sequence[Watch], wallet: str) -> Watch | None:
    """A followed wallet with the same shortened address that is another wallet."""
    twins = (watch for watch in watches if watch.wallet != wallet and short(watch.wallet) == short(wallet))
    return next(twins, None)


def leading_name(watches: Sequence[Watch], words: str) -> tuple[list[Watch], str]:
    """The watches that the first words name, and the words after them; the longest match wins.

    A comma may separate the two: `Old name, new name`.
    """
    before, comma, after = words.partition(",")
    if comma and (found := matching_watches(watches, before)):
        return found, after.strip()
    parts = readable(words).split()
    for length in range(len(parts), 0, -1):
        if found := matching_watches(watches, " ".join(parts[:length])):
            return found, " ".join(parts[length:])
    return [], words


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


def parse_examples(text: str) -> tuple[tuple[str, str], ...]:
    """Labels and addresses; a pair without a valid address is left out."""
    pairs = (part.rpartition("=") for part in text.split(","))
    found = [(clean(label, limit=MAX_LABEL), address.strip()) for label, _, address in pairs]
    return tuple(pair for pair in found if is_address(pair[1]))[:MAX_EXAMPLES]
