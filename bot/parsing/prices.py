"""Parses /price and /token: a token, and the condition of a price alert."""

import re
from decimal import Decimal

from bot.parsing.rules import parse_dollars
from domain.errors import BadInput
from domain.tokens.price_alerts import MAX_PERCENT, MIN_PERCENT, Condition
from messaging.telegram.texts.price_alert import price_usage

_PERCENT = re.compile(r"[+\-±]?\s*(\d{1,6}(?:[.,]\d{1,4})?)\s*(?:%|percent)")
_SIDE = re.compile(r"(above|over|below|under|[<>≤≥]=?)\s*\$?\s*(\S{1,40})")
_SMALL = re.compile(r"\d{0,12}[.]\d{1,30}|\d{1,12}")
_SHORT = re.compile(r"0[.,]0([₁-₉][₀-₉]?)(\d{1,20})")
"""As the bot writes small prices: below the line, how many zeros follow the point, at least one."""
_ZEROS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ABOVE = frozenset({"above", "over", ">", ">=", "≥"})


def parse_condition(words: str) -> tuple[Condition, Decimal]:
    """`10%`, `above 1.20`, `< 0.8`: what is waited for, and its target.

    Raises:
        BadInput: it is neither, or out of bounds; the text says how to write it.
    """
    text = words.strip().lower()
    if found := _PERCENT.fullmatch(text):
        share = Decimal(found[1].replace(",", ".")) / 100
        if not MIN_PERCENT <= share <= MAX_PERCENT:
            raise BadInput(price_usage)
        return Condition.PERCENT, share
    if found := _SIDE.fullmatch(text):
        return (Condition.ABOVE if found[1] in _ABOVE else Condition.BELOW), _target(found[2])
    raise BadInput(price_usage)


def _target(text: str) -> Decimal:
    """Dollars, with as many digits as a small price has."""
    if found := _SHORT.fullmatch(text):
        text = f"0.{'0' * int(found[1].translate(_ZEROS))}{found[2]}"
    try:
        usd = Decimal(text) if _SMALL.fullmatch(text) else parse_dollars(text)
    except BadInput:
        raise BadInput(price_usage) from None
    if usd <= 0:
        raise BadInput(price_usage)
    return usd
