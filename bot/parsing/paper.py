"""Parses /paper: wallets, size, exits, and the time span. Pure."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from msgspec import structs

from bot.parsing.labels import leading_name
from bot.parsing.times import parse_span
from domain.errors import BadInput
from domain.paper.plan import Plan
from domain.rules.rules import Watch
from messaging.telegram.texts.paper import paper_usage
from messaging.telegram.texts.paper_refusals import STATED_TWICE, WHOLE_NUMBER

FEE_BPS = 100
"""What venue and bot take of each side, where nobody says another share."""
DELAY_SECONDS = 2
_SIZE = re.compile(r"(\d{1,7}(?:[.,]\d{1,9})?)\s*(?:sol\b)?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(profit|stop|delay|open|fee)\s*(\d{1,7}(?:[.,]\d{1,2})?)\s*(%|s(?![a-z]))?", re.IGNORECASE
)
_UNITS = {"delay": "s", "open": ""}
"""Of numbers that are no percentages."""
_SPAN = re.compile(r"(past|in|for)\s+(\d{1,6}\s*[a-z]{1,7})", re.IGNORECASE)
_DATE = re.compile(r"(from|until)\s+(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}:\d{2}))?", re.IGNORECASE)


def leading_wallets(watches: Sequence[Watch], words: str) -> tuple[list[Watch], str]:
    """The watches that the first words name, with commas between them, and the words after them."""
    found: list[Watch] = []
    rest = words
    while True:
        named, after = leading_name(watches, rest)
        if not named:
            return found, rest
        found += named
        if not rest.removesuffix(after).rstrip().endswith(","):
            return found, after
        rest = after


def parse_plan(wallets: Collection[str], words: str, *, now: datetime, zone: tzinfo) -> Plan:
    """`0.5 profit 50% stop 20% delay 2s open 5 fee 1% past 7d for 3d`: in any order behind the size.

    Args:
        wallets: whom the plan follows.
        words: what was written behind them.
        now: from which on it follows, where nothing else is said.
        zone: in which dates are meant.

    Raises:
        BadInput: it is nothing of that, said twice, or out of bounds; the text says how to write it.
    """
    text = words.strip()
    size = _SIZE.match(text)
    if size is None:
        raise BadInput(paper_usage)
    plan = Plan(size_sol=Decimal(1), delay_s=DELAY_SECONDS, fee_bps=FEE_BPS, wallets=frozenset(wallets))
    left = text[size.end() :]
    try:
        plan = structs.replace(plan, size_sol=_number(size[1]))
        _refuse_twice(left)
        for option in _NUMBER.finditer(left):
            word, unit = option[1].lower(), option[3] or ""
            if unit.lower() not in {"", _UNITS.get(word, "%")}:
                raise BadInput(paper_usage)
            plan = _OPTIONS[word](plan, _number(option[2]))
        since, until = _times(left, now, zone)
        plan = structs.replace(plan, since=since, until=until)
    except (ValueError, ArithmeticError) as error:
        raise BadInput(paper_usage) from error
    for pattern in (_NUMBER, _SPAN, _DATE):
        left = pattern.sub("", left)
    if left.strip(" ,"):
        raise BadInput(paper_usage)
    return plan


def _refuse_twice(words: str) -> None:
    """Refuse what is said twice: nobody could tell which is meant."""
    said: set[str] = set()
    for pattern in (_NUMBER, _SPAN, _DATE):
        for found in pattern.finditer(words):
            word = found[1].lower()
            if word in said:
                raise BadInput(STATED_TWICE, word=word)
            said.add(word)


def _times(words: str, now: datetime, zone: tzinfo) -> tuple[int, int | None]:
    """From when and until when, Unix seconds.

    Raises:
        ValueError: a date is none, or two contradict each other.
    """
    dates = {word[1].lower(): _moment(word[2], word[3], zone) for word in _DATE.finditer(words)}
    spans = {word[1].lower(): int(parse_span(word[2])) for word in _SPAN.finditer(words)}
    if len({"past", "in", "from"} & {*dates, *spans}) > 1 or {"for", "until"} <= {*dates, *spans}:
        raise ValueError(words)
    since = dates.get("from", int(now.timestamp()) - spans.get("past", 0) + spans.get("in", 0))
    return since, since + spans["for"] if "for" in spans else dates.get("until")


def _moment(date: str, clock: str | None, zone: tzinfo) -> int:
    written = f"{date} {clock or '0:00'}"
    return int(datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=zone).timestamp())


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _whole(word: str, number: Decimal) -> int:
    if number != int(number):
        raise BadInput(WHOLE_NUMBER, word=word)
    return int(number)


_OPTIONS: dict[str, Callable[[Plan, Decimal], Plan]] = {
    "profit": lambda plan, number: structs.replace(plan, take_profit_pct=number),
    "stop": lambda plan, number: structs.replace(plan, stop_pct=number),
    "delay": lambda plan, number: structs.replace(plan, delay_s=_whole("delay", number)),
    "open": lambda plan, number: structs.replace(plan, max_open=_whole("open", number)),
    "fee": lambda plan, number: structs.replace(plan, fee_bps=int(number * 100)),
}
