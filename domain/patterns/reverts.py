"""What is left of an alerted pattern once one of its transactions was reverted. Pure."""

from collections.abc import Sequence

from msgspec import structs

from domain.patterns.alone import MIN_MOVED, MIN_MOVED_USD, acts, slices
from domain.patterns.found import TOGETHER, Owner, Pattern, PatternFound
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import grouped, meeting, parts

MOVED_SECONDS = 150.0
"""By so much later a transaction may stand in another block than the one that died: its blockhash expires."""


def owners_left(
    event: PatternFound, trades: Sequence[Sighting], *, owners: int, seconds: float
) -> tuple[Owner, ...]:
    """Return who of those that were notified did meet; nobody: too few of them.

    Args:
        event: what was announced, of several wallets.
        trades: what stands of the token's trades since it began, by time; who left later did meet.
        owners: so many make a meeting.
        seconds: within which.
    """
    tied = {wallet: (owner.wallets[0], owner.funder) for owner in event.owners for wallet in owner.wallets}
    standing = [
        one
        for one in trades
        if one.wallet in tied and event.first_at <= one.at <= event.last_at + _moved_seconds(event, one)
    ]
    found = parts(event.pattern, standing)
    met = meeting(found, lambda _: tied, owners=owners, seconds=seconds)
    return grouped(found, lambda _: tied) if met else ()


def _moved_seconds(event: PatternFound, trade: Sighting) -> float:
    """By so much later the trade may stand; who sells what was bought together leaves once that is told."""
    is_exit = event.pattern is Pattern.CONFLUENCE and trade.action is Action.SELL
    return 0.0 if is_exit else MOVED_SECONDS


def with_owners(event: PatternFound, owners: tuple[Owner, ...]) -> PatternFound:
    """The event as it is told of these owners."""
    return structs.replace(event, owners=owners, first_at=min(owner.at for owner in owners))


def left_alone(event: PatternFound, standing: Sequence[Sighting]) -> PatternFound | None:
    """Return what is left of a pattern of one wallet; None: nothing, it never was.

    Args:
        event: what was announced.
        standing: what stands of what the wallet did since it began, by time; of a token or an address, that
            with it alone.
    """
    assert event.pattern not in TOGETHER  # noqa: S101 - says who calls it
    seen = [one for one in standing if event.first_at <= one.at <= event.last_at + MOVED_SECONDS]
    if event.pattern is Pattern.AWAKENING:
        return event if any(map(acts, seen)) else None
    return _fewer_slices(event, seen) if event.pattern is Pattern.ACCUMULATION else _less_moved(event, seen)


def _fewer_slices(event: PatternFound, trades: Sequence[Sighting]) -> PatternFound | None:
    bought = [one for one in trades if one.action is Action.BUY]
    found = slices(bought) if bought else None
    if found is None:
        return None
    if len(found.trades) == event.times:
        return event
    owner = structs.replace(event.owners[0], usd=found.usd, at=found.trades[0].at)
    return structs.replace(
        event, owners=(owner,), first_at=owner.at, times=len(found.trades), largest=found.largest
    )


def _less_moved(event: PatternFound, sent: Sequence[Sighting]) -> PatternFound | None:
    """Return what went is compared with what the wallet had then, which has not changed."""
    whole, usd = event.usd or 0.0, sum(one.usd or 0.0 for one in sent)
    if len(sent) == event.times or not whole:
        return event if sent else None
    share = (event.share or 0.0) * min(1.0, usd / whole)
    if usd < MIN_MOVED_USD or share < MIN_MOVED:
        return None
    owner = structs.replace(event.owners[0], usd=usd, at=sent[0].at)
    return structs.replace(event, owners=(owner,), first_at=owner.at, times=len(sent), share=share)
