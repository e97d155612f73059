"""Detects when an alerted token becomes dangerous, from its states before and now. Pure."""

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import msgspec

_Amount = TypeVar("_Amount", int, Decimal)

MIN_LIQUIDITY = Decimal(1_000)
"""Dollars; a pool with less was no market before either."""
GONE_PART = Decimal("0.2")
"""Of the most liquidity that was seen; at so little or less it is gone."""
MAX_HOLDERS = 20
"""Wallets that are remembered as free, those that were checked latest."""
MIN_MINTED = Decimal("0.01")
"""Of the supply; less is no re-minting."""
SUPPLY_SLOTS = 1_000_000
"""Two to five days; what is made little by little within so long counts together."""
LEFT_PART = Decimal("0.05")
"""Of the most that a creator had; with so little or less they are out."""


class Danger(StrEnum):
    """What has changed for the worse."""

    LIQUIDITY = "liquidity"
    """Four fifths or more of what could be traded against are gone."""
    FROZEN = "frozen"
    """Transfers are stopped, the pool is frozen, or new accounts begin frozen."""
    HOLDERS = "holders"
    """The tokens of followed wallets that hold it were frozen: freeze abuse, whoever comes next."""
    REMINTED = "reminted"
    """There are more of it than before."""
    FEE = "fee"
    """Each transfer costs more than before."""
    CREATOR = "creator"
    """Its creator has sold or moved all that they had, or nearly all."""
    HOOK = "hook"
    """Another program than before is asked at each transfer, and may refuse it."""


HOLDERS_LOSE = frozenset({Danger.LIQUIDITY, Danger.CREATOR})
"""After these nobody who holds the token may wait: its pool is drained, or its creator is out."""


class TokenState(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a token; what could not be read is None.

    As it is stored: `{"slot": 341220118, "supply": 1000000000000000, "free_holders": ["86xC…"], "fee": null,
    "liquidity": "412000", "creator_raw": null}`.
    """

    slot: int
    supply: int
    """In the smallest unit; of a stored state the least since `supply_slot`."""
    supply_slot: int | None = None
    """Of a stored state since when its supply counts; None: since `slot`."""
    is_frozen: bool = False
    frozen_holders: tuple[str, ...] = ()
    """Followed wallets whose tokens are frozen, of those that were checked."""
    free_holders: tuple[str, ...] = ()
    """The others; of a stored state all that were free when they were checked last."""
    fee: int | None = None
    """Basis points; None: no fee can be taken."""
    liquidity: Decimal | None = None
    """Dollars in its best pool; of a stored state the most since people were notified last."""
    creator_raw: int | None = None
    """What its creator has of it, of a stored state the most of it; None: unknown who that is."""
    has_creator_left: bool = False
    """Of a stored state: next to nothing was left of that."""
    hook: str | None = None
    """The program that is asked at each transfer; empty: there is none; None: not read."""
    is_issued: bool = False
    """An issuer or a staking pool mints it as people come and go."""


class SafetyChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A token became dangerous between two readings.

    In an alert's payload: `{"chain": "solana", "mint": "EKpQ…", "dangers": ["liquidity"], "before": {"slot":
    1, "supply": 5}, "after": {"slot": 2, "supply": 5, "liquidity": "90"}}`.
    """

    chain: str
    mint: str
    dangers: tuple[Danger, ...]
    """At least one, the gravest first."""
    before: TokenState
    after: TokenState


def dangers(before: TokenState, after: TokenState) -> tuple[Danger, ...]:
    """Return what has changed for the worse; what is unknown in either has not."""
    found = {
        Danger.LIQUIDITY: _is_drained(before.liquidity, after.liquidity),
        Danger.FROZEN: after.is_frozen and not before.is_frozen,
        Danger.HOOK: bool(after.hook) and before.hook not in {None, after.hook},
        Danger.HOLDERS: bool(newly_frozen(before, after)),
        Danger.REMINTED: _is_reminted(before, after),
        Danger.FEE: (after.fee or 0) > (before.fee or 0),
        Danger.CREATOR: not before.has_creator_left and _has_left(before.creator_raw, after.creator_raw),
    }
    return tuple(danger for danger, is_there in found.items() if is_there)


def newly_frozen(before: TokenState, after: TokenState) -> frozenset[str]:
    """The followed wallets whose tokens were free and are frozen now; one that came frozen is none."""
    return frozenset(before.free_holders) & frozenset(after.frozen_holders)


def _is_drained(before: Decimal | None, after: Decimal | None) -> bool:
    if before is None or after is None or before < MIN_LIQUIDITY:
        return False
    return after <= before * GONE_PART


def _is_reminted(before: TokenState, after: TokenState) -> bool:
    return not after.is_issued and after.supply - before.supply > MIN_MINTED * before.supply


def _has_left(before: int | None, after: int | None) -> bool:
    return before is not None and before > 0 and after is not None and after <= before * LEFT_PART


_FIELDS = {
    Danger.LIQUIDITY: "liquidity",
    Danger.FROZEN: "is_frozen",
    Danger.HOLDERS: "free_holders",
    Danger.REMINTED: "supply",
    Danger.FEE: "fee",
    Danger.CREATOR: "has_creator_left",
    Danger.HOOK: "hook",
}
"""In which field of a state each danger shows."""


def remembered(
    before: TokenState | None, after: TokenState, *, silent: Collection[Danger] = ()
) -> TokenState:
    """What the next reading is compared with: the newer one, the most liquidity, and nothing forgotten.

    Once people were told that the liquidity is gone, what is left counts as the most.

    Args:
        before: the stored state; None: there was none.
        after: the reading.
        silent: dangers of it that nobody is notified at present: they count from `before` on.
    """
    if before is None:
        return after
    drained = _is_drained(before.liquidity, after.liquidity)
    largest = after.liquidity if drained else _largest(before.liquidity, after.liquidity)
    of_creator = _largest(before.creator_raw, after.creator_raw)
    is_left = (
        before.has_creator_left if after.creator_raw is None else _has_left(of_creator, after.creator_raw)
    )
    free = [one for one in before.free_holders if one not in {*after.frozen_holders, *after.free_holders}]
    kept = {
        "liquidity": largest,
        "creator_raw": of_creator,
        "has_creator_left": is_left,
        "hook": before.hook if after.hook is None else after.hook,
        "free_holders": (*after.free_holders, *free)[:MAX_HOLDERS],
    }
    kept |= _supply(before, after, is_silent=Danger.REMINTED in silent)
    kept |= {_FIELDS[danger]: getattr(before, _FIELDS[danger]) for danger in silent}
    return msgspec.structs.replace(after, **kept)


def _largest(*amounts: _Amount | None) -> _Amount | None:
    return max((one for one in amounts if one is not None), default=None)


def _supply(before: TokenState, after: TokenState, *, is_silent: bool) -> dict[str, int]:
    """Return from which supply on, and since when, what is made counts.

    The least of some days, so that nobody makes much by making little often.
    """
    since = before.slot if before.supply_slot is None else before.supply_slot
    is_announced = _is_reminted(before, after) and not is_silent
    if is_announced or after.supply <= before.supply or after.slot - since > SUPPLY_SLOTS:
        return {"supply": after.supply, "supply_slot": after.slot}
    return {"supply": before.supply, "supply_slot": since}
