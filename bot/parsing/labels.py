"""Wallet labels: validation, and lookup of watches by label. Pure.

Links will do as well, and EXAMPLE_WALLETS=Label=ADDRESS,Label=ADDRESS.

There is no built-in list: a wallet that is a whale today may be anything tomorrow.
"""

from collections.abc import Sequence

from chain.parsing.names import name_in
from domain.activity.addresses import addresses_in, is_address, readable, short
from domain.errors import BadInput
from domain.rules.rules import MAX_LABEL, Watch
from messaging.telegram.escaping import clean
from messaging.telegram.texts import watches as texts
from services.acts.tags import tag_of, tagged
from services.wallet_lists import LabelFault, checked_label

_FAR_MORE = MAX_LABEL * 4
MAX_WALLETS = 50
"""Wallets that one message may follow."""
MAX_EXAMPLES = 3
"""More do not fit on one screen."""


def parse_label(text: str) -> str:
    """The name in `text`, on one line and without misleading characters; empty for an empty text.

    Raises:
        BadInput: it is too long, or none of its characters can be shown.
    """
    label, fault = checked_label(text)
    if fault is LabelFault.TOO_LONG:
        raise BadInput(texts.label_too_long)
    if fault is LabelFault.EMPTY:
        raise BadInput(texts.label_empty)
    return label


def matching_watches(watches: Sequence[Watch], name: str) -> list[Watch]:
    """The watches that match an address or a link to it, a shortened address, a name, or a #tag."""
    wanted = " ".join(readable(name).split()).strip("`\"'“”")
    if wanted.startswith("#") and (tag := tag_of(wanted)) is not None:
        return tagged(watches, tag)
    linked = addresses_in(wanted) if " " not in wanted else []
    named = {*linked, wanted}
    by_address = [watch for watch in watches if {watch.wallet, short(watch.wallet)} & named]
    label = clean(wanted, limit=_FAR_MORE).casefold()
    return by_address or [watch for watch in watches if watch.label.casefold() == label != ""]


def leading_name(watches: Sequence[Watch], words: str) -> tuple[list[Watch], str]:
    """The watches that the first words name, and the words after them; the longest match wins.

    A comma may separate the two: `Old name, new name`.
    """
    before, comma, after = words.partition(",")
    if comma and (found := matching_watches(watches, before)):
        return found, after.strip()
    parts = readable(words).split()
    for length in range(min(len(parts), MAX_LABEL), 0, -1):  # no name has more words than characters
        if found := matching_watches(watches, " ".join(parts[:length])):
            return found, " ".join(parts[length:])
    return [], words


def leading_tag(words: str) -> tuple[str, str]:
    """The tag that the first word is, written with #, and the words after it; empty: it is none."""
    first, _, rest = readable(words).strip().partition(" ")
    tag = tag_of(first) if first.startswith("#") else None
    return (tag, rest.strip()) if tag is not None else ("", words)


def leading_sol_name(words: str) -> tuple[str, str]:
    """The .sol name that the first word is, and the words after it; empty: it is none, or an address follows.

    A name beside an address is only what the wallet is called.
    """
    first, _, rest = readable(words).strip().partition(" ")
    name = name_in(first)
    return (name, rest.strip()) if name is not None and not addresses_in(words) else ("", words)


def parse_examples(text: str) -> tuple[tuple[str, str], ...]:
    """Labels and addresses; a pair without a valid address is left out."""
    pairs = (part.rpartition("=") for part in text.split(","))
    found = [(clean(label, limit=MAX_LABEL), address.strip()) for label, _, address in pairs]
    return tuple(pair for pair in found if is_address(pair[1]))[:MAX_EXAMPLES]
