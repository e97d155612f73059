"""/record: how alerts of a chat turned out, with spread, total losses and what has no price. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from domain.alerts.turnouts import TurnoutSummary
from messaging.telegram.escaping import escape
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.market import change

MIN_NUMBER = 5
"""Alerts from which on a median is told."""
_MAX_ECHO = 60


def record_text(summaries: Sequence[TurnoutSummary], *, days: int, name: str = "", rule: str = "") -> str:
    """How purchases turned out.

    Args:
        summaries: by the time after them.
        days: how far back.
        name: of the wallet, as HTML; empty: all wallets.
        rule: what was asked for; empty: all alerts.
    """
    who = f"Purchases of <b>{name}</b>" if name else "Purchases you were alerted on"
    asked = f", by {escape(rule[:_MAX_ECHO])}" if rule else ""
    return "\n".join(
        [
            f"🎯 <b>{who}, {days} days{asked}</b>",
            *(_line(one) for one in summaries),
            "",
            "Against what the wallet paid: a reader pays more, by the seconds in between and by own impact.",
        ]
    )


def nothing_yet(name: str = "") -> str:
    """No alert is an hour old, or none of those was a purchase."""
    of = f" of <b>{name}</b>" if name else ""
    return (
        f"🎯 No purchase{of} that you were alerted on has been looked at again yet:"
        " that is done after 1 h and after 24 h."
    )


def usage() -> str:
    """How to ask."""
    return "Write /record, /record Ahab, or /record min 5000: what the alerts of such a rule came to."


def _line(one: TurnoutSummary) -> str:
    after = f"After {one.hours} h"
    if not one.number:
        return f"{after}: none is so old yet"
    notes = [f"{one.priced} of {counted(one.number, 'alert')} have a price"]
    if one.drained:
        notes.append(f"{counted(one.drained, 'pool')} drained (−100%)")
    if one.unknown:
        notes.append(f"{one.unknown} could not be priced")
    return f"{after}: {_spread(one)}\n  {' · '.join(notes)}"


def _spread(one: TurnoutSummary) -> str:
    if one.median is None or one.low is None or one.high is None:
        return "no prices"
    if one.priced < MIN_NUMBER:
        return f"median {_gain(one.median)}, of too few to say more"
    return f"median <b>{_gain(one.median)}</b>, half between {_gain(one.low)} and {_gain(one.high)}"


def _gain(part: Decimal) -> str:
    return change(part)
