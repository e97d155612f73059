"""Several owners buy one token within some minutes, or leave it. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from domain.patterns.found import Owner, Pattern
from domain.patterns.sightings import Action, Sighting

MIN_USD = 20.0
"""Who moved less, where that is known, does not count."""
MAX_LEFT = 0.1
"""Who leaves has at most this part left of what they had when they began to sell."""
EPISODE_SECONDS = 86_400.0
"""After an alert a chat is notified of new owners for this long; then it begins again."""

OwnerOf = Callable[[Sequence[str]], Mapping[str, tuple[str, str | None]]]
"""For wallets in the order of time, the owner of each and the funder that showed it."""
NotifiedAt = Callable[[float], Collection[str]]
"""Which wallets a chat was told of, for what happens at a time."""


class Part(NamedTuple):
    """A purchase, or all sales of an exit."""

    wallet: str
    at: float
    """When it began."""
    done_at: float
    """When it counted."""
    usd: float | None


def _nobody(_: float) -> Collection[str]:
    return ()


def parts(pattern: Pattern, trades: Sequence[Sighting]) -> list[Part]:
    """Each purchase by who has not left since, or each wallet's exit, that counts for a pattern, by time.

    Args:
        pattern: one of several wallets.
        trades: of one token, by time; what lies too far back is left out before.
    """
    if pattern is Pattern.CONFLUENCE:
        return _purchases(trades)
    by_wallet: dict[str, list[Sighting]] = {}
    for trade in trades:
        if trade.action is Action.SELL:
            by_wallet.setdefault(trade.wallet, []).append(trade)
    found = (_exit(same) for same in by_wallet.values())
    return sorted((part for part in found if part is not None), key=lambda part: (part.done_at, part.wallet))


def _purchases(trades: Sequence[Sighting]) -> list[Part]:
    bought: dict[str, list[tuple[int, Part]]] = {}
    sold: dict[str, list[Sighting]] = {}
    for number, trade in enumerate(trades):
        if trade.action is Action.BUY and not _is_residue(trade.usd):
            bought.setdefault(trade.wallet, []).append((number, _part(trade)))
            sold.pop(trade.wallet, None)
        elif trade.action is Action.SELL and trade.wallet in bought:
            since = sold.setdefault(trade.wallet, [])
            since.append(trade)
            if _has_left(since):
                del bought[trade.wallet], sold[trade.wallet]
    return [part for _, part in sorted(one for same in bought.values() for one in same)]


def meeting(
    found: Sequence[Part], owner_of: OwnerOf, *, owners: int, seconds: float, notified: NotifiedAt = _nobody
) -> tuple[Part, ...]:
    """The parts of those who met within the time, the most of all times; none if they are too few owners.

    Args:
        found: by time.
        owner_of: tells which wallets are one owner's.
        owners: so many are enough.
        seconds: within which.
        notified: of which wallets the chat was notified, for what ends at a time: where all who met are of
            their owners, that is no meeting.
    """
    best, best_number = slice(0), owners
    begin = 0
    for end, part in enumerate(found):
        while part.done_at - found[begin].done_at > seconds:
            begin += 1
        if end - begin + 1 < best_number:
            continue
        wallets = list(dict.fromkeys([one.wallet for one in found[begin : end + 1]]))
        if len(wallets) >= best_number and (
            number := _fresh_number(wallets, owner_of, notified(part.done_at), best_number)
        ):
            best, best_number = slice(begin, end + 1), number
    return tuple(found[best])


def _fresh_number(wallets: Sequence[str], owner_of: OwnerOf, notified: Collection[str], enough: int) -> int:
    """How many owners that is; 0: too few, or the chat was notified of all of them."""
    if notified and all(wallet in notified for wallet in wallets):
        return 0
    tied = owner_of([*wallets, *notified])
    mine = {tied[wallet][0] for wallet in wallets}
    known = {tied[wallet][0] for wallet in notified}
    return len(mine) if len(mine) >= enough and not mine <= known else 0


def grouped(found: Sequence[Part], owner_of: OwnerOf) -> tuple[Owner, ...]:
    """The owners of these parts, by time."""
    tied = owner_of(list(dict.fromkeys(part.wallet for part in found)))
    by_owner: dict[str, list[Part]] = {}
    for part in found:
        by_owner.setdefault(tied[part.wallet][0], []).append(part)
    return tuple(_owner(same, tied) for same in by_owner.values())


def _owner(same: Sequence[Part], tied: Mapping[str, tuple[str, str | None]]) -> Owner:
    if len(same) == 1:
        return Owner(wallets=(same[0].wallet,), usd=same[0].usd, at=same[0].at)
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


def _is_residue(usd: float | None) -> bool:
    return usd is not None and usd < MIN_USD


def _exit(sells: Sequence[Sighting]) -> Part | None:
    first, last, usd = sells[0], sells[-1], _sum([sale.usd for sale in sells])
    if _is_residue(usd) or not _has_left(sells):
        return None
    return Part(first.wallet, first.at, last.at, usd)


def _has_left(sells: Sequence[Sighting]) -> bool:
    """Whether what is left is known to be next to nothing; an order sells what no account had before."""
    before, after = sells[0].before, sells[-1].after
    return False if not before or after is None else after <= MAX_LEFT * before


def _sum(dollars: Sequence[float | None]) -> float | None:
    return None if None in dollars else sum(usd for usd in dollars if usd is not None)
