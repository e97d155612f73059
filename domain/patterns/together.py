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
    """A purchase, or all sales of an exit."""

    wallet: str
    at: float
    """When it began."""
    done_at: float
    """When it counted."""
    usd: float | None


def parts(pattern: Pattern, trades: Sequence[Sighting]) -> list[Part]:
    """Each purchase, or each wallet's exit, that counts for a pattern, by time.

    Args:
        pattern: one of several wallets.
        trades: of one token, by time; what lies too far back is left out before.
    """
    if pattern is Pattern.CONFLUENCE:
        return [_part(one) for one in trades if one.action is Action.BUY and not _is_crumb(one.usd)]
    by_wallet: dict[str, list[Sighting]] = {}
    for trade in trades:
        if trade.action is Action.SELL:
            by_wallet.setdefault(trade.wallet, []).append(trade)
    found = (_exit(same) for same in by_wallet.values())
    return sorted((part for part in found if part is not None), key=lambda part: (part.done_at, part.wallet))


def meeting(found: Sequence[Part], owner_of: OwnerOf, *, owners: int, seconds: float) -> tuple[Owner, ...]:
    """Those who met within the time, if they are enough owners; else nobody. The most of all such times.

    Args:
        found: by time.
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
    tied = owner_of(list(dict.fromkeys(part.wallet for part in found)))
    by_owner: dict[str, list[Part]] = {}
    for part in found:
        by_owner.setdefault(tied[part.wallet][0], []).append(part)
    return tuple(_owner(same, tied) for same in by_owner.values())


def _owner(same: Sequence[Part], tied: Mapping[str, tuple[str, str | None]]) -> Owner:
    wallets = tuple(dict.fromkeys(part.wallet for part in same))
    funders = (tied[wallet][1] for wallet in wallets)
    return Owner(
        wallets=wallets,
        funder=next((one for one in funders if one is not None), None) if len(wallets) > 1 else None,
        usd=_sum([part.usd for part in same]),
        at=min(part.at for part in same),
    )


def _part(trade: Sighting) -> Part:
    return Part(trade.wallet, trade.at, trade.at, trade.usd)


def _is_crumb(usd: float | None) -> bool:
    return usd is not None and usd < MIN_USD


def _exit(sells: Sequence[Sighting]) -> Part | None:
    """An exit, if what is left is known to be next to nothing."""
    first, last, usd = sells[0], sells[-1], _sum([sale.usd for sale in sells])
    if first.before is None or last.after is None or _is_crumb(usd):
        return None
    if last.after > MAX_LEFT * first.before:
        return None
    return Part(first.wallet, first.at, last.at, usd)


def _sum(dollars: Sequence[float | None]) -> float | None:
    return None if None in dollars else sum(usd for usd in dollars if usd is not None)
