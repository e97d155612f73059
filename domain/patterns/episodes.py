"""What a chat got of a confluence, and what is next: a message for each new owner, else an edit. Pure."""

from collections.abc import Collection, Sequence
from enum import Enum, auto
from math import inf
from typing import NamedTuple

from domain.patterns.found import Owner
from domain.patterns.together import EPISODE_SECONDS, OwnerOf, Part, grouped, meeting


class Effect(Enum):
    """What becomes of a meeting."""

    NOTHING = auto()
    EDIT = auto()
    """More wallets of owners that were notified: the message changes, and nobody is woken."""
    PING = auto()
    """An owner who was not notified: a new message."""


class Episode(NamedTuple):
    """What a chat was sent about one token."""

    wallets: frozenset[str]
    at: float
    """When the latest of them took part, Unix seconds."""


class NextMessage(NamedTuple):
    """What a chat hears now."""

    effect: Effect
    owners: tuple[Owner, ...]
    """All that took part since the episode began."""


_NOTHING = NextMessage(Effect.NOTHING, ())


def next_message(
    found: Sequence[Part],
    owner_of: OwnerOf,
    before: Episode | None,
    *,
    owners: int,
    seconds: float,
    since: float = -inf,
) -> NextMessage:
    """Return what a chat gets alerts of those who took part recently.

    Args:
        found: by time, of the wallets that the chat follows.
        owner_of: tells which wallets are one owner's.
        before: what it was sent; None: nothing.
        owners: so many make a meeting.
        seconds: within which.
        since: what was done before may be what was told; it makes no meeting of now.
    """
    near = [part for part in found if part.done_at >= since]
    met = newly_met(near, owner_of, before, owners=owners, seconds=seconds)
    return message_of(found, owner_of, before, met)


def newly_met(
    near: Sequence[Part], owner_of: OwnerOf, before: Episode | None, *, owners: int, seconds: float
) -> tuple[Part, ...]:
    """Return the largest meeting with an owner whom the chat was not told of; empty: there is none.

    Args:
        near: by time, what was done recently; with the other four as in `next_message`.
        owner_of: see there.
        before: see there.
        owners: see there.
        seconds: see there.
    """
    return meeting(
        near, owner_of, owners=owners, seconds=seconds, notified=lambda at: notified_at(before, at)
    )


def message_of(
    found: Sequence[Part], owner_of: OwnerOf, before: Episode | None, met: Sequence[Part]
) -> NextMessage:
    """Return what a chat gets, once it is clear who newly met.

    Args:
        found: all parts that may count, by time.
        owner_of: tells which wallets are one owner's.
        before: what the chat was told last of this token; None: nothing.
        met: who newly met, as `newly_met` found them; empty: somebody known may still have joined.
    """
    if not met:
        return _joined(found, owner_of, before)
    wallets = {*notified_at(before, met[-1].done_at), *(part.wallet for part in met)}
    named = {part.wallet for part in found}  # over a day, who bought again meanwhile may not have left
    hidden = [part for part in met if part.wallet not in named]
    every = sorted([*found, *hidden], key=lambda part: part.done_at) if hidden else found
    return NextMessage(Effect.PING, _together(every, owner_of, wallets))


def notified_at(before: Episode | None, at: float) -> frozenset[str]:
    """The wallets that a chat was told of, if it still knows at this time."""
    if before is None or at - before.at > EPISODE_SECONDS:
        return frozenset()
    return before.wallets


def _joined(found: Sequence[Part], owner_of: OwnerOf, before: Episode | None) -> NextMessage:
    """Another wallet of an owner who was told of joins, also where too few meet by now."""
    if before is None or not found or not notified_at(before, found[-1].done_at):
        return _NOTHING
    every = _together(found, owner_of, {part.wallet for part in found} | before.wallets)
    known = tuple(owner for owner in every if not before.wallets.isdisjoint(owner.wallets))
    wallets = {wallet for owner in known for wallet in owner.wallets}
    return NextMessage(Effect.EDIT, known) if wallets - before.wallets else _NOTHING


def _together(found: Sequence[Part], owner_of: OwnerOf, wallets: Collection[str]) -> tuple[Owner, ...]:
    return grouped([part for part in found if part.wallet in wallets], owner_of)
