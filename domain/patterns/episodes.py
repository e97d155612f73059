"""What a chat was told of a token, and what it hears next: a ping for each new owner, else an edit. Pure."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from domain.patterns.found import Owner
from domain.patterns.together import EPISODE_SECONDS, OwnerOf, Part, grouped, meeting


class Effect(Enum):
    """What becomes of a meeting."""

    NOTHING = auto()
    EDIT = auto()
    """More wallets of owners that were told: the message changes, and nobody is woken."""
    PING = auto()
    """An owner who was not told: a new message."""


class Episode(NamedTuple):
    """What a chat was told of one token."""

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
) -> NextMessage:
    """What a chat hears of those who took part lately.

    Args:
        found: by time, one for each wallet that the chat follows.
        owner_of: tells which wallets are one owner's.
        before: what it was told; None: nothing.
        owners: so many make a meeting.
        seconds: within which.
    """
    met = meeting(found, owner_of, owners=owners, seconds=seconds)
    if not met:
        return _joined(found, owner_of, before)
    last_at = max(owner.at for owner in met)
    known = before.wallets if before is not None and last_at - before.at <= EPISODE_SECONDS else frozenset()
    fresh = [owner for owner in met if known.isdisjoint(owner.wallets)]
    together = _together(found, owner_of, known | {wallet for owner in met for wallet in owner.wallets})
    if fresh:
        return NextMessage(Effect.PING, together)
    return _edit(together, known)


def _joined(found: Sequence[Part], owner_of: OwnerOf, before: Episode | None) -> NextMessage:
    """Another wallet of an owner who was told of joins, also where too few meet by now."""
    if before is None or not found or found[-1].done_at - before.at > EPISODE_SECONDS:
        return _NOTHING
    every = _together(found, owner_of, frozenset(part.wallet for part in found) | before.wallets)
    known = tuple(owner for owner in every if not before.wallets.isdisjoint(owner.wallets))
    return _edit(known, before.wallets)


def _edit(together: tuple[Owner, ...], known: frozenset[str]) -> NextMessage:
    wallets = {wallet for owner in together for wallet in owner.wallets}
    return NextMessage(Effect.EDIT, together) if wallets - known else _NOTHING


def _together(found: Sequence[Part], owner_of: OwnerOf, wallets: frozenset[str]) -> tuple[Owner, ...]:
    return grouped([part for part in found if part.wallet in wallets], owner_of)
