"""/record: how alerts of a chat turned out, with spread, total losses and what has no price. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from domain.alerts.outcomes import OutcomeSummary
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.texts.market import change
from messaging.telegram.texts.times import in_unit

MIN_NUMBER = 5
"""Alerts from which on a median is shown."""
_MAX_ECHO = 60


def record_text(
    summaries: Sequence[OutcomeSummary],
    *,
    days: int,
    name: str = "",
    rule: str = "",
    locale: Locale = ENGLISH,
) -> str:
    """Return how purchases turned out.

    Args:
        summaries: by the time after them.
        days: how far back.
        name: of the wallet, as HTML; empty: all wallets.
        rule: what was asked for; empty: all alerts.
        locale: of who reads it.
    """
    title = _title(name, days, locale=locale)
    if rule:
        title = locale.gettext("{title}, by {rule}", title=title, rule=escape(rule[:_MAX_ECHO]))
    return "\n".join(
        [
            f"🎯 <b>{title}</b>",
            *(_line(one, locale=locale) for one in summaries),
            "",
            locale.gettext(
                "Against what the wallet paid: a reader pays more, by the seconds in between and by "
                "own impact."
            ),
        ]
    )


def _title(name: str, days: int, *, locale: Locale) -> str:
    if name:
        return locale.ngettext(
            "Purchases of <b>{name}</b>, {number} day",
            "Purchases of <b>{name}</b>, {number} days",
            days,
            name=name,
        )
    return locale.ngettext(
        "Purchases you were alerted on, {number} day", "Purchases you were alerted on, {number} days", days
    )


def nothing_yet(name: str = "", *, locale: Locale = ENGLISH) -> str:
    """No alert is an hour old, or none of those was a purchase."""
    if name:
        return locale.gettext(
            "🎯 No outcome yet: each purchase of <b>{name}</b> that you were alerted on is checked after 1 h"
            " and after 24 h.",
            name=name,
        )
    return locale.gettext(
        "🎯 No outcome yet: each purchase that you were alerted on is checked after 1 h and after 24 h."
    )


def usage(*, locale: Locale = ENGLISH) -> str:
    """Return how to ask."""
    return locale.gettext(
        "Write /record, /record Ahab, or /record min 5000: what the alerts of such a rule came to."
    )


def _line(one: OutcomeSummary, *, locale: Locale = ENGLISH) -> str:
    after = locale.gettext("After {time}", time=in_unit(one.hours, "h", locale=locale))
    if not one.number:
        return f"{after}: {locale.gettext('none is so old yet')}"
    notes = [
        locale.ngettext(
            "{priced} of {number} alert has a price",
            "{priced} of {number} alerts have a price",
            one.number,
            priced=one.priced,
        )
    ]
    if one.drained:
        notes.append(
            locale.ngettext("{number} pool drained (−100%)", "{number} pools drained (−100%)", one.drained)
        )
    if one.unknown:
        notes.append(
            locale.ngettext("{number} could not be priced", "{number} could not be priced", one.unknown)
        )
    return f"{after}: {_spread(one, locale=locale)}\n  {' · '.join(notes)}"


def _spread(one: OutcomeSummary, *, locale: Locale = ENGLISH) -> str:
    if one.median is None or one.low is None or one.high is None:
        return locale.gettext("no prices")
    if one.priced < MIN_NUMBER:
        return locale.gettext("median {gain}, of too few to say more", gain=_gain(one.median, locale=locale))
    return locale.gettext(
        "median <b>{gain}</b>, half between {low} and {high}",
        gain=_gain(one.median, locale=locale),
        low=_gain(one.low, locale=locale),
        high=_gain(one.high, locale=locale),
    )


def _gain(part: Decimal, *, locale: Locale = ENGLISH) -> str:
    return change(part, locale=locale)
