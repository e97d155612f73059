"""Several owners buy one token within some minutes, or leave it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.patterns.found import Owner, Pattern
from domain.patterns.sightings import Action, Sighting

MIN_USD = 20.0
"""Who moved less, where that is known, does not count."""
MAX_LEFT = 0.1
"""Who leaves has at most this part left of what they had when they began to sell."""
EPISODE_SECONDS = 86_400.0
"""A chat that was told hears of new owners of the same for so long; then it begins anew."""

OwnerOf = Callable[[Sequence[str]], Mapping[str, tuple[str, str | None]]]
"""For wallets in the order of time, the owner of each and the funder that showed it."""


class Part(NamedTuple):
    """What one wallet did of it, all of it together."""

    wallet: str
    at: float
    """When it began."""
    done_at: float
    """When it counted."""
    usd: float | None


def parts(pattern: Pattern, trades: Sequence[Sighting]) -> list[Part]:
    """What each wallet did of a pattern, by time.

    Args:
        pattern: one of several wallets.
        trades: of one token, by time; what lies too far back is left out before.
    """
    of: Callable[[Sequence[Sighting]], Part | None]
    of = _purchase if pattern is Pattern.CONFLUENCE else _exit
    action = Action.BUY if pattern is Pattern.CONFLUENCE else Action.SELL
    by_wallet: dict[str, list[Sighting]] = {}
    for trade in trades:
        if trade.action is action:
            by_wallet.setdefault(trade.wallet, []).append(trade)
    found = (of(same) for same in by_wallet.values())
    return sorted((part for part in found if part is not None), key=lambda part: (part.done_at, part.wallet))


def meeting(found: Sequence[Part], owner_of: OwnerOf, *, owners: int, seconds: float) -> tuple[Owner, ...]:
    """Those who met within the time, if they are enough owners; else nobody. The most of all such times.

    Args:
        found: by time, one for each wallet.
        owner_of: tells which wallets are one owner's.
        owners: so many are enough.
        seconds: within which.
    """
    best: tuple[Owner, ...] = ()
    begin = 0
    for end, part in enumerate(found):
        while part.done_at - found[begin].done_at > seconds:
            begin += 1
        if end - begin + 1 < max(owners, len(best) + 1):
            continue
        met = grouped(found[begin : end + 1], owner_of)
        if len(met) >= owners and len(met) >= len(best):
            best = met
    return best


def grouped(found: Sequence[Part], owner_of: OwnerOf) -> tuple[Owner, ...]:
    """The owners of these parts, by time."""
    tied = owner_of([part.wallet for part in found])
    by_owner: dict[str, list[Part]] = {}
    for part in found:
        by_owner.setdefault(tied[part.wallet][0], []).append(part)
    return tuple(_owner(same, tied) for same in by_owner.values())


def _owner(same: Sequence[Part], tied: Mapping[str, tuple[str, str | None]]) -> Owner:
    known = [part.usd for part in same]
    return Owner(
        wallets=tuple(part.wallet for part in same),
        funder=next((tied[part.wallet][1] for part in same if tied[part.wallet][1] and len(same) > 1), None),
        usd=None if None in known else sum(usd for usd in known if usd is not None),
        at=min(part.at for part in same),
    )


def _purchase(buys: Sequence[Sighting]) -> Part | None:
    usd = _sum(buys)
    if usd is not None and usd < MIN_USD:
        return None
    return Part(buys[0].wallet, buys[0].at, buys[0].at, usd)


def _exit(sells: Sequence[Sighting]) -> Part | None:
    """An exit, if what is left is known to be next to nothing."""
    first, last, usd = sells[0], sells[-1], _sum(sells)
    if first.before is None or last.after is None or (usd is not None and usd < MIN_USD):
        return None
    if last.after > MAX_LEFT * first.before:
        return None
    return Part(first.wallet, first.at, last.at, usd)


def _sum(trades: Sequence[Sighting]) -> float | None:
    known = [trade.usd for trade in trades]
    return None if None in known else sum(usd for usd in known if usd is not None)
