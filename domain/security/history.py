"""What changed of a token between two scans, and what is kept of it for the next one. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from domain.security.checks import CheckName, Grade, Verdict
from domain.security.facts import Creation, EarlierScans
from domain.security.scan import Figures, Scan, grade
from domain.sentences import Figure, Sentence, counted, sentence

_SHARE_MATTERS = 100
"""Hundredths of a per cent; a smaller change of a share is no news."""
_DOLLARS_MATTER = Decimal("0.1")
"""The part by which liquidity must change to be news."""


def differences(before: Scan, after: Scan) -> tuple[Sentence, ...]:
    """Return what is new since the scan before, in a few words each, the grade first."""
    old, new = before.figures, after.figures
    first, second = grade(before), grade(after)
    found = (
        sentence("grade {old} → {new}", old=first.value, new=second.value) if first is not second else None,
        _power(_MINTING, old.can_mint, new.can_mint),
        _power(_FREEZING, old.can_freeze, new.can_freeze),
        _fee(old.fee, new.fee),
        _supply(old.supply, new.supply),
        _share(_TOP_ONE, old.top_one, new.top_one),
        _share(_TOP_TEN, old.top_ten, new.top_ten),
        _liquidity(old.dollars, new.dollars),
        _paused(before, after),
    )
    return tuple(one for one in found if one)


def remembered(
    earlier: EarlierScans | None, found: Figures, *, now: int, creation: Creation | None = None
) -> EarlierScans:
    """What the next scan compares with: the first supply, and the most that there was of what may vanish.

    Args:
        earlier: what was kept so far; None: this is the first scan.
        found: what this scan read; what it could not read changes nothing.
        now: Unix seconds of this scan.
        creation: who made the token; None, or without a creator: what was known stays.
    """
    before = earlier or EarlierScans()
    return EarlierScans(
        dollars=_larger(before.dollars, None if found.dollars is None else Decimal(found.dollars)),
        supply=found.supply if before.supply is None else before.supply,
        creator_raw=_larger(before.creator_raw, found.creator_raw),
        had_mint_authority=found.can_mint if before.had_mint_authority is None else before.had_mint_authority,
        seen_at=now if before.seen_at is None else before.seen_at,
        creation=creation if creation is not None and creation.creator is not None else before.creation,
    )


N = TypeVar("N", int, Decimal)


def _larger(one: N | None, other: N | None) -> N | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)


_MINTING = (sentence("mint authority given up"), sentence("mint authority is there again"))
_FREEZING = (sentence("freeze authority given up"), sentence("freeze authority is there again"))
_TOP_ONE = sentence("top holder {old} → {new}").text
_TOP_TEN = sentence("top 10 {old} → {new}").text


def _power(words: tuple[Sentence, Sentence], old: bool | None, new: bool | None) -> Sentence | None:  # noqa: FBT001 - facts
    if old is None or new is None or old == new:
        return None
    return words[0] if old else words[1]


def _fee(old: int | None, new: int | None) -> Sentence | None:
    if old is None or new is None or old == new:
        return None
    return sentence(
        "transfer fee {old} → {new}", old=Figure(f"{old / 100:g}"), new=Figure(f"{new / 100:g} %")
    )


def _supply(old: int | None, new: int | None) -> Sentence | None:
    if not old or new is None or abs(new - old) * 1000 < old:
        return None
    change = (new - old) * 100 / old
    by = Figure(f"{abs(change):.1f} %")
    return sentence("supply grew by {by}", by=by) if change > 0 else sentence("supply fell by {by}", by=by)


def _share(words: str, old: int | None, new: int | None) -> Sentence | None:
    if old is None or new is None or abs(old - new) < _SHARE_MATTERS:
        return None
    return sentence(words, old=Figure(f"{old / 100:.0f}"), new=Figure(f"{new / 100:.0f} %"))


def _liquidity(old: int | None, new: int | None) -> Sentence | None:
    if old is None or new is None or abs(new - old) <= old * _DOLLARS_MATTER:
        return None
    return sentence("liquidity {old} → {new}", old=Figure(f"${old:,}"), new=Figure(f"${new:,}"))


def _paused(before: Scan, after: Scan) -> Sentence | None:
    """Return whether all transfers were stopped, or may continue again."""
    old, new = _is_paused(before), _is_paused(after)
    if old is None or new is None or old == new:
        return None
    return sentence("all transfers were stopped") if new else sentence("transfers may go on again")


def _is_paused(scan: Scan) -> bool | None:
    """None: not known. That somebody may stop them leaves a better grade than that they are stopped."""
    check = next((one for one in scan.checks if one.name == CheckName.PAUSE), None)
    if check is None or check.verdict is Verdict.UNKNOWN:
        return None
    return check.at_best is Grade.F


def since(seconds: float) -> Sentence:
    """When the scan before was: `Since 3 hours ago`, `Since a week ago`."""
    for length, name in ((604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // length)
        if count:
            return _SINCE[name](count)
    return sentence("Since a moment ago")


_SINCE: Mapping[str, Callable[[int], Sentence]] = {
    "week": lambda count: counted("Since a week ago", "Since {number} weeks ago", count),
    "day": lambda count: counted("Since a day ago", "Since {number} days ago", count),
    "hour": lambda count: counted("Since an hour ago", "Since {number} hours ago", count),
    "minute": lambda count: counted("Since a minute ago", "Since {number} minutes ago", count),
}
