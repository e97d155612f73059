"""The four signs of /wallet that a record is no skill to follow. Pure."""

from domain.positions.risks import FAST_SECONDS, Risks
from messaging.languages.locale import ENGLISH, Locale


def risks_line(risks: Risks, *, locale: Locale = ENGLISH) -> str:
    """`⚖️ Risks: 3 of 40 tokens never seen bought · 0 of 20 round trips …`; empty: nothing was seen."""
    if not risks.are_known:
        return ""
    number = locale.number
    parts = [
        locale.gettext(
            "{number} of {of} tokens never seen bought",
            number=number(risks.unbought),
            of=number(risks.tokens),
        ),
        locale.gettext("{number} sold beyond what was seen bought", number=number(risks.oversold)),
        locale.gettext(
            "{number} of {of} round trips under {seconds} s",
            number=number(risks.fast),
            of=number(risks.trips),
            seconds=number(FAST_SECONDS),
        ),
    ]
    if risks.scanned:
        parts.append(
            locale.gettext(
                "{number} of {of} scanned tokens may not be sold freely",
                number=number(risks.unsellable),
                of=number(risks.scanned),
            )
        )
    else:
        parts.append(locale.gettext("no token scanned"))
    return locale.gettext("⚖️ Risks: {list}", list=" · ".join(parts))
