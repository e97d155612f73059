"""Detectors of single-wallet patterns: slices, sleepers, moves. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from domain.activity.activity import Activity
from domain.patterns.sightings import Action, PastOfAddress, Sighting, sightings_of

SLICES = 5
"""So many purchases of one token, with no sale between them, are slices."""
SLICES_SECONDS = 6 * 3_600.0
MAX_SLICE = 0.5
"""None of them is more than this part of all."""
MIN_SLICES_USD = 1_000.0
QUIET_SECONDS = 30 * 86_400.0
"""Who did nothing for this long was asleep."""
MOVE_SECONDS = 3_600.0
MIN_MOVED = 0.7
"""Of what the wallet had, the part that goes to one address within `MOVE_SECONDS`."""
MIN_MOVED_USD = 1_000.0
MAX_ADDRESS_AGE = 86_400.0
"""Who lives at an older address was there before."""
UNTOUCHED_SECONDS = 86_400.0
"""What nobody has touched for this long lies at home: exchanges empty addresses sooner."""
MIN_PASSED_ON = 0.5
"""An address that has sent on more than this keeps it for somebody else."""


class Slices(NamedTuple):
    """Purchases of one token by one wallet."""

    trades: tuple[Sighting, ...]
    usd: float | None
    largest: float | None
    """The part of the largest of all; None: not known."""


def slices(trades: Sequence[Sighting]) -> Slices | None:
    """Purchases in slices up to the latest of these trades; None: they are none.

    Args:
        trades: of one wallet and token, by time.
    """
    last = trades[-1]
    if last.action is not Action.BUY:
        return None
    found: list[Sighting] = []
    for trade in reversed(trades):
        if trade.action is Action.SELL or last.at - trade.at > SLICES_SECONDS:
            break
        found.append(trade)
    if len(found) < SLICES:
        return None
    known = [trade.usd for trade in found if trade.usd is not None]
    usd = sum(known) if len(known) == len(found) else None
    largest = None if usd is None else max(known) / max(usd, 1e-9)
    if usd is not None and (usd < MIN_SLICES_USD or (largest is not None and largest > MAX_SLICE)):
        return None
    return Slices(tuple(reversed(found)), usd, largest)


def acts(seen: Sighting) -> bool:
    """Return whether the wallet did something itself: what others send to it wakes nobody."""
    return seen.by_itself and seen.action is not Action.GOT


class LastAct(NamedTuple):
    """When a wallet did something itself last."""

    at: float
    """Unix seconds."""
    is_bound: bool = False
    """Whether it was then or earlier: of what was before nothing is known."""


class Sleep(NamedTuple):
    """How long a wallet had done nothing."""

    seconds: float
    is_bound: bool = False
    """Whether it may have been longer."""


def slept(seen: Sighting, last: LastAct | None) -> Sleep | None:
    """How long a wallet had done nothing, where that was a sleep; None: it was none, or unknown.

    Args:
        seen: what it does now.
        last: when it did something last; None: not known.
    """
    if last is None or not acts(seen) or seen.at - last.at < QUIET_SECONDS:
        return None
    return Sleep(seen.at - last.at, last.is_bound)


def last_act(done: Sequence[Activity], *, is_whole: bool) -> LastAct | None:
    """When a wallet did something itself last, by its history; None: never, or not known.

    Args:
        done: what it did and got, in any order, the latest of it without a gap.
        is_whole: whether there was nothing before.
    """
    times = [(one.block_time, _acted(one)) for one in done if one.block_time is not None]
    own = [float(at) for at, acted in times if acted]
    if own:
        return LastAct(max(own))
    return None if is_whole or not times else LastAct(float(min(at for at, _ in times)), is_bound=True)


def _acted(activity: Activity) -> bool:
    seen = sightings_of(activity, usd=None, market_cap=None, at=0.0, event_id=0)
    return any(map(acts, seen))


class Moving(NamedTuple):
    """Most of what a wallet had goes to one address."""

    to: str
    sent: tuple[Sighting, ...]
    usd: float
    share: float
    """Of what it had."""
    small: float
    """Of what went, the part in tokens that no exchange takes."""


def moving(sent: Sequence[Sighting], listed: Collection[str]) -> Moving | None:
    """Return what the latest of these transfers completes; None: it is no move.

    Args:
        sent: by one wallet, by time.
        listed: exchanges.
    """
    last = sent[-1]
    if not last.party or last.party in listed:
        return None
    same = [one for one in sent if one.party == last.party and last.at - one.at <= MOVE_SECONDS]
    known = [one.usd for one in same if one.usd is not None]
    book, usd = next((one.book for one in same if one.book is not None), None), sum(known)
    if book is None or book <= 0 or usd < MIN_MOVED_USD or usd < MIN_MOVED * book:
        return None
    small = sum(one.usd or 0 for one in same if one.is_small)
    return Moving(last.party, tuple(same), usd, min(1.0, usd / book), small / usd)


class Verdict(NamedTuple):
    """Whether an address is a new home."""

    is_home: bool
    is_final: bool
    """Whether looking again later would change nothing."""


_NO = Verdict(is_home=False, is_final=True)
_NOT_YET = Verdict(is_home=False, is_final=False)
_YES = Verdict(is_home=True, is_final=True)


def judged(found: Moving, past: PastOfAddress, payers: int) -> Verdict:
    """Return whether what moved has found a home at its address, which is no exchange's and no hub's.

    An exchange's address of a customer is as new, and sends on what it gets. So an address counts once it
    does something else itself, or has what no exchange takes, or is left untouched for a day.

    Args:
        found: what went there.
        past: what the chain shows of the address now.
        payers: wallets that were seen to deal with it within a month.
    """
    moved_at = found.sent[-1].at
    if past.first_at is None or found.sent[0].at - past.first_at > MAX_ADDRESS_AGE or payers > _MAX_PAYERS:
        return _NO
    if past.passed_on > MIN_PASSED_ON:
        return _NO
    if past.acts or found.small > MIN_SMALL:
        return _YES
    return _YES if past.seen_until - moved_at >= UNTOUCHED_SECONDS else _NOT_YET


_MAX_PAYERS = 20
MIN_SMALL = 0.1
"""Of what went, so much in tokens that no exchange takes shows that it went to none."""
