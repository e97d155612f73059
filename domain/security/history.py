"""What changed of a token between two scans, and what is kept of it for the next one. Pure."""

from decimal import Decimal
from typing import TypeVar

from domain.security.facts import Creation, EarlierLook
from domain.security.scan import Figures, Scan, grade

_SHARE_MATTERS = 100
"""Hundredths of a per cent; a smaller change of a share is no news."""
_DOLLARS_MATTER = Decimal("0.1")
"""The part by which liquidity must change to be news."""


def differences(before: Scan, after: Scan) -> tuple[str, ...]:
    """What is new since the scan before, in a few words each, the grade first."""
    old, new = before.figures, after.figures
    first, second = grade(before), grade(after)
    found = (
        f"grade {first} → {second}" if first is not second else None,
        _power("mint authority", old.can_mint, new.can_mint),
        _power("freeze authority", old.can_freeze, new.can_freeze),
        _fee(old.fee, new.fee),
        _supply(old.supply, new.supply),
        _share("top holder", old.top_one, new.top_one),
        _share("top 10", old.top_ten, new.top_ten),
        _liquidity(old.dollars, new.dollars),
        _paused(before, after),
    )
    return tuple(one for one in found if one)


def remembered(
    earlier: EarlierLook | None, found: Figures, *, now: int, creation: Creation | None = None
) -> EarlierLook:
    """What the next scan compares with: the first supply, and the most that there was of what may vanish."""
    before = earlier or EarlierLook()
    return EarlierLook(
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


def _power(name: str, old: bool | None, new: bool | None) -> str | None:  # noqa: FBT001 - facts
    if old is None or new is None or old == new:
        return None
    return f"{name} given up" if old else f"{name} is there again"


def _fee(old: int | None, new: int | None) -> str | None:
    if old is None or new is None or old == new:
        return None
    return f"transfer fee {old / 100:g} → {new / 100:g} %"


def _supply(old: int | None, new: int | None) -> str | None:
    if not old or new is None or abs(new - old) * 1000 < old:
        return None
    change = (new - old) * 100 / old
    return f"supply {'grew' if change > 0 else 'fell'} by {abs(change):.1f} %"


def _share(name: str, old: int | None, new: int | None) -> str | None:
    if old is None or new is None or abs(old - new) < _SHARE_MATTERS:
        return None
    return f"{name} {old / 100:.0f} → {new / 100:.0f} %"


def _liquidity(old: int | None, new: int | None) -> str | None:
    if old is None or new is None or abs(new - old) <= old * _DOLLARS_MATTER:
        return None
    return f"liquidity ${old:,} → ${new:,}"


def _paused(before: Scan, after: Scan) -> str | None:
    """Whether all transfers were stopped, or may go on again."""
    old, new = _is_paused(before), _is_paused(after)
    if old is None or new is None or old == new:
        return None
    return "all transfers were stopped" if new else "transfers may go on again"


def _is_paused(scan: Scan) -> bool | None:
    check = next((one for one in scan.checks if one.name == "pause"), None)
    return None if check is None else check.reason.startswith("All transfers are stopped")


def ago(seconds: float) -> str:
    """How long ago the scan before was: `3 hours`, `a week`."""
    for length, name in ((604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // length)
        if count:
            article = "an" if name == "hour" else "a"
            return f"{article} {name}" if count == 1 else f"{count} {name}s"
    return "a moment"
