"""Names that people give wallets: checked, and looked up again. Pure."""

from collections.abc import Sequence

from domain.activity.addresses import short
from domain.errors import BadInput
from domain.rules.watches import MAX_LABEL, Watch
from messaging.telegram.escaping import clean
from messaging.telegram.texts import watches as texts

_FAR_MORE = MAX_LABEL * 4


def parse_label(text: str) -> str:
    """The name in `text`, in one line and without what could mislead; empty for an empty text.

    Raises:
        BadInput: too long, or nothing of it can be shown.
    """
    words = " ".join(text.split())
    label = clean(words, limit=_FAR_MORE)
    if len(label) > MAX_LABEL:
        raise BadInput(texts.label_too_long())
    if words and not label:
        raise BadInput(texts.label_empty())
    return label


def matching_watches(watches: Sequence[Watch], name: str) -> list[Watch]:
    """The watches that somebody may mean by an address, a shortened address or a name."""
    wanted = name.strip()
    by_address = [watch for watch in watches if wanted in {watch.wallet, short(watch.wallet)}]
    return by_address or [watch for watch in watches if watch.label.casefold() == wanted.casefold() != ""]


def look_alike(watches: Sequence[Watch], wallet: str) -> Watch | None:
    """A followed wallet whose shortened address is the same, though it is another one."""
    twins = (watch for watch in watches if watch.wallet != wallet and short(watch.wallet) == short(wallet))
    return next(twins, None)


def leading_name(watches: Sequence[Watch], words: str) -> tuple[list[Watch], str]:
    """Which watches the first words mean, and what is left: the longest name that fits wins.

    A comma may stand in between: `Old name, new name`.
    """
    before, comma, after = words.partition(",")
    if comma and (found := matching_watches(watches, before)):
        return found, after.strip()
    parts = words.split()
    for length in range(len(parts), 0, -1):
        if found := matching_watches(watches, " ".join(parts[:length])):
            return found, " ".join(parts[length:])
    return [], words
