"""Rules in words: what could not be checked, and why something was sent or not. Pure."""

from decimal import Decimal

from domain.rules.decisions import Gate
from domain.rules.reasons import Reasons
from domain.rules.rules import Quiet


def dollars(amount: Decimal) -> str:
    """`$1,000`, `$84.20`: cents only where there are any, cut, never rounded up."""
    cents = int(amount * 100)
    return f"${cents // 100:,}" + (f".{cents % 100:02}" if cents % 100 else "")


def duration(seconds: int) -> str:
    """`7 d`, `90 min`: in the largest unit that it fills twice, cut."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def clock(minute: int) -> str:
    """`07:30` for minutes since midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"


def hours(quiet: Quiet) -> str:
    """`23:00–07:00`."""
    return f"{clock(quiet.begin)}–{clock(quiet.end)}"


def unknown_notes(reasons: Reasons) -> list[str]:
    """What an alert says of rules that could not be checked; such an alert is sent all the same."""
    notes = []
    if {Gate.BELOW_MINIMUM, Gate.ABOVE_MAXIMUM} & set(reasons.unknown):
        notes.append("💲 Price unknown, so your dollar limits were not applied")
    if Gate.NOT_FIRST_BUY in reasons.unknown:
        notes.append("❔ Unknown whether this is the first buy")
    if Gate.NOT_FULL_EXIT in reasons.unknown:
        notes.append("❔ Unknown whether anything is left")
    if {Gate.TOO_YOUNG, Gate.TOO_OLD} & set(reasons.unknown):
        notes.append("❔ Token age unknown, so your age limits were not applied")
    if {Gate.MARKET_CAP_TOO_LOW, Gate.MARKET_CAP_TOO_HIGH} & set(reasons.unknown):
        notes.append("❔ Market cap unknown, so your limits on it were not applied")
    return notes
