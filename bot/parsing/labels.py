"""Checks the names that people give wallets, and finds watches by name. Pure."""

from collections.abc import Sequence

from domain.activity.addresses import addresses_in, readable, short
from domain.errors import BadInput
from domain.rules.watches import MAX_LABEL, Watch
from messaging.telegram.escaping import clean
from messaging.telegram.texts import watches as texts

_FAR_MORE = MAX_LABEL * 4


def parse_label(text: str) -> str:
    """The name in `text`, on one line and without misleading characters; empty for an empty text.

    Raises:
        BadInput: it is too long, or none of its characters can be shown.
    """
    words = " ".join(text.split())
    label = clean(words, limit=_FAR_MORE)
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
    return by_address or [watch for watch in watches if watch.label.casefold() == wanted.casefold() != ""]


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
