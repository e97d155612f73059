"""Parses /mysize: dollars, and the limit above the fill. Pure."""

import re
from decimal import Decimal

from bot.parsing.rules import parse_dollars
from domain.errors import BadInput
from messaging.telegram.texts.mysize import size_usage

MAX_SIZE = Decimal(10_000_000)
MAX_LIMIT = Decimal(10)
"""Ten times more; beyond that no limit says anything."""
_PERCENT = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*%")


def parse_size(words: str) -> tuple[Decimal | None, Decimal | None]:
    """`500`, `$1.5k 3%`, `off`: dollars, None: no size; and the limit as a part, None: as it is.

    Raises:
        BadInput: it is neither, or out of bounds; the text says how to write it.
    """
    amount, _, rest = words.strip().partition(" ")
    limit = None
    if rest.strip():
        found = _PERCENT.fullmatch(rest.strip())
        if found is None:
            raise BadInput(size_usage)
        limit = Decimal(found[1].replace(",", ".")) / 100
    usd = parse_dollars(amount)
    if usd > MAX_SIZE or (limit is not None and not 0 < limit <= MAX_LIMIT):
        raise BadInput(size_usage)
    return usd or None, limit
