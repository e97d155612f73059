"""What an address holds, with the time of the reading. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from domain.activity.activity import SOL, SOL_DECIMALS, Leg
from domain.activity.amounts import BalanceFacts, Holding
from domain.activity.prices import Dollars, worth
from domain.security.mints import TokenName
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.market import short_dollars
from messaging.telegram.texts.times import time_of_day

NO_DOLLARS: Dollars = MappingProxyType({})
MAX_HOLDINGS = 15
"""Holdings listed one by one; of the rest only their number is given."""


def balance_card(
    facts: BalanceFacts,
    *,
    chain: str,
    names: Mapping[str, TokenName],
    read_at: datetime,
    label: str = "",
    dollars: Dollars = NO_DOLLARS,
) -> str:
    """The whole answer to a balance question, as Telegram HTML."""
    words = TokenNames(chain=chain, symbols={mint: name.symbol for mint, name in names.items()})
    visible = sorted(facts.holdings, key=lambda holding: (names.get(holding.mint) is None, holding.mint))
    hidden = len(visible) - MAX_HOLDINGS
    sol = worth(chain, SOL, facts.lamports, dollars) if facts.lamports else None
    values = [worth(chain, holding.mint, holding.raw, dollars) for holding in visible]
    what = _sol(facts.lamports, words) + _in_dollars(sol)
    listed = zip(visible[:MAX_HOLDINGS], values, strict=False)
    lines = [
        f"💰 <b>{wallet_name(label, facts.address)}</b> holds {what}",
        *(_line(holding, value, words) for holding, value in listed),
        f"… and {counted(hidden, 'more token')}." if hidden > 0 else "",
        "No tokens." if not visible else "",
        _total([sol, *values], is_sol_known=SOL in dollars),
        f"Read at slot {facts.slot:,} · {time_of_day(read_at)}"
        if facts.slot is not None
        else time_of_day(read_at),
        f"<code>{escape(facts.address)}</code>",
    ]
    return "\n".join(line for line in lines if line)


def _total(values: Sequence[Decimal | None], *, is_sol_known: bool) -> str:
    """What all is worth together, and whether something is not counted."""
    known = [value for value in values if value is not None]
    if not is_sol_known:
        return "Dollar values: the price of SOL is unknown at present."
    rest = " Other tokens aren't counted." if None in values[1:] else ""
    return f"Worth {short_dollars(sum(known, Decimal(0)))}.{rest}"


def _in_dollars(value: Decimal | None) -> str:
    return "" if value is None else f" ({short_dollars(value)})"


def balance_failed(address: str) -> str:
    """The answer when no node could be read in time."""
    return (
        f"💰 The balance of <code>{escape(address)}</code> is unknown: the network isn't responding."
        " Try /balance again in a minute."
    )


def balance_unreadable(address: str) -> str:
    """The answer when nodes send what cannot be read."""
    return (
        f"💰 The balance of <code>{escape(address)}</code> is unknown: the node sent something unreadable."
        " Try /balance again in a minute."
    )


def _sol(lamports: int, words: TokenNames) -> str:
    if lamports == 0:
        return f"0 {words.of(SOL)}"
    return words.exact(Leg(mint=SOL, raw=lamports, decimals=SOL_DECIMALS))


def _line(holding: Holding, value: Decimal | None, words: TokenNames) -> str:
    amount = words.exact(Leg(mint=holding.mint, raw=holding.displayed_raw, decimals=holding.decimals))
    return f"• {amount}{_in_dollars(value)}{' · ❄️ frozen' if holding.frozen else ''}"
