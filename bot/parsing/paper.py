"""What people write behind /paper: a wallet that they follow, how much, and when to leave. Pure."""

import re
from collections.abc import Callable
from decimal import Decimal

from msgspec import structs

from domain.errors import BadInput
from domain.paper.plan import Plan
from messaging.telegram.texts.paper import paper_usage

FEE_BPS = 100
"""What venue and bot take of each side, where nobody says another share."""
DELAY_SECONDS = 2
_SIZE = re.compile(r"(\d{1,7}(?:[.,]\d{1,9})?)\s*(?:sol)?", re.IGNORECASE)
_OPTION = re.compile(r"(profit|stop|delay|open|fee)\s*(\d{1,7}(?:[.,]\d{1,2})?)\s*(?:%|s)?", re.IGNORECASE)


def parse_plan(wallet: str, words: str, *, since: int) -> Plan:
    """`0.5 profit 50% stop 20% delay 2s open 5 fee 1%`: in any order behind the size.

    Args:
        wallet: whom the plan follows.
        words: what was written behind it.
        since: the moment from which on it follows, Unix seconds.

    Raises:
        BadInput: it is nothing of that, or out of bounds; the text says how to write it.
    """
    text = words.strip()
    size = _SIZE.match(text)
    if size is None:
        raise BadInput(paper_usage)
    plan = Plan(
        size_sol=Decimal(1), delay_s=DELAY_SECONDS, fee_bps=FEE_BPS, wallets=frozenset({wallet}), since=since
    )
    try:
        plan = structs.replace(plan, size_sol=_number(size[1]))
        for option in _OPTION.finditer(text, size.end()):
            plan = _OPTIONS[option[1].lower()](plan, _number(option[2]))
    except (ValueError, ArithmeticError) as error:
        raise BadInput(paper_usage) from error
    if _OPTION.sub("", text[size.end() :]).strip(" ,"):
        raise BadInput(paper_usage)
    return plan


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


_OPTIONS: dict[str, Callable[[Plan, Decimal], Plan]] = {
    "profit": lambda plan, number: structs.replace(plan, take_profit_pct=number),
    "stop": lambda plan, number: structs.replace(plan, stop_pct=number),
    "delay": lambda plan, number: structs.replace(plan, delay_s=int(number)),
    "open": lambda plan, number: structs.replace(plan, max_open=int(number)),
    "fee": lambda plan, number: structs.replace(plan, fee_bps=int(number * 100)),
}
