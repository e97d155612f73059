"""Whale searches: each reads the chain in the background and finds who moves much SOL, or dollars. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.activity.activity import SOL, TRADES, Activity, Kind, Leg
from domain.activity.prices import DOLLAR_DECIMALS, DOLLAR_MINTS

LAMPORTS = 1_000_000_000
DOLLAR = 10**DOLLAR_DECIMALS
DEFAULT_MIN_SOL = 100
DEFAULT_MINUTES = 30
MAX_MINUTES = 24 * 60
CREDITS = {"getBlock": 10, "getBlocks": 10}
"""What a provider counts for a question, by method; any other is one. So Helius does; others differ."""
MAX_ERRORS_IN_ROW = 10
"""So many failed steps in a row end a whale search."""
SILENT_SECONDS = 30.0
"""A running whale search whose heartbeat is older than this has lost its job."""

_TRANSFERS = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT})


class WhaleSearchStatus(StrEnum):
    """The state of a whale search."""

    RUNNING = "running"
    STOPPED = "stopped"
    """By an operator."""
    EXPIRED = "expired"
    """Its time is over."""
    FAILED = "failed"
    """Too many errors in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaleSearch:
    """One whale search, as it stands now. Amounts are lamports."""

    search_id: int
    chain: str
    update_id: int
    chat_id: int
    status: WhaleSearchStatus
    min_lamports: int
    slots_per_step: int
    step_number: int
    """Rises with each write of a step; who comes with an older one is too late."""
    first_slot: int | None
    last_slot: int | None
    """Every slot after `first_slot` up to and with this one is counted; None: not begun."""
    slots_scanned: int
    swaps: int
    """Transactions with a trade of `min_lamports` or more."""
    transfers: int
    volume: int
    """What these transactions moved, each counted once."""
    addresses_found: int
    """Those that were not known before."""
    undecodable: int
    requests: int
    """Questions to nodes."""
    credits: int = 0
    """What these cost, by CREDITS."""
    errors: int
    errors_in_row: int
    last_error: str | None
    started_at: datetime
    seconds_left: float
    """Until it expires; below zero: its time is over."""
    silent_seconds: float
    """Since its last sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whale:
    """An address that was found. Amounts are lamports."""

    address: str
    times_seen: int
    volume: int
    largest: int
    kinds: tuple[str, ...]
    venues: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    last_slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhalePage:
    """One page of a list of whales."""

    whales: Sequence[Whale]
    number: int
    """From 0."""
    total: int
    """Whales on all pages."""
    search_id: int | None = None
    """The one search that found them; None: all did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one address did within one step. Amounts are lamports."""

    address: str
    times_seen: int
    volume: int
    largest: int
    kinds: frozenset[str]
    venues: frozenset[str]
    block_time: int | None
    """Unix seconds of the latest; None: not known."""
    slot: int
    """Of the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one step found."""

    swaps: int = 0
    transfers: int = 0
    volume: int = 0
    sightings: tuple[Sighting, ...] = ()
    """By address."""


def moved_sol(activity: Activity, sol_usd: Decimal | None = None) -> int:
    """Lamports that went out or came in, whichever is more; dollar tokens count as the SOL that they buy.

    Args:
        activity: what moved; other tokens have no price here, and do not count.
        sol_usd: what SOL costs in dollars; None: nobody knows, and dollar tokens do not count.
    """
    return max(_lamports(activity.paid, sol_usd), _lamports(activity.received, sol_usd))


def _lamports(legs: Sequence[Leg], sol_usd: Decimal | None) -> int:
    sol = sum(leg.raw for leg in legs if leg.mint == SOL)
    dollars = sum(leg.raw for leg in legs if leg.mint in DOLLAR_MINTS)
    return sol + (int(dollars * LAMPORTS / (sol_usd * DOLLAR)) if sol_usd else 0)


def findings(
    activities: Iterable[Activity], *, min_lamports: int, sol_usd: Decimal | None = None
) -> Findings:
    """The activities of at least `min_lamports`, put together by address and by transaction.

    Pools are left out: nobody follows the other side of everybody's trades. It is decided by transaction, so
    that what is found does not depend on how the slots are cut into steps.

    A transaction is one swap or one transfer and its volume counts once, though several signers were in it.

    Args:
        activities: of one step, all wallets of each transaction together.
        min_lamports: as `moved_sol` counts; below 1 it counts as 1.
        sol_usd: dollars for one SOL; None: dollar tokens do not count.
    """
    minimum = max(min_lamports, 1)
    every = list(activities)
    counted = [(activity, moved) for activity in every if (moved := moved_sol(activity, sol_usd)) >= minimum]
    pools = _pools(every)  # whoever changes token for token moves no SOL, and its pools do
    by_address: dict[str, list[tuple[Activity, int]]] = {}
    largest: dict[str, int] = {}
    for activity, moved in counted:
        if (activity.signature, activity.wallet) not in pools:
            by_address.setdefault(activity.wallet, []).append((activity, moved))
        largest[activity.signature] = max(moved, largest.get(activity.signature, 0))
    swaps = {activity.signature for activity, _ in counted if activity.kind in TRADES}
    transfers = {activity.signature for activity, _ in counted if activity.kind in _TRANSFERS}
    return Findings(
        swaps=len(swaps),
        transfers=len(transfers - swaps),
        volume=sum(largest.values()),
        sightings=tuple(_sighting(address, seen) for address, seen in sorted(by_address.items())),
    )


def _pools(activities: Iterable[Activity]) -> frozenset[tuple[str, str]]:
    """By transaction, who signs for the other side of its trade: gives what its author gets, or the reverse.

    The author is who pays the network fee; a pool, or a market maker of quotes on request, does not.
    """
    by_transaction: dict[str, list[Activity]] = {}
    for activity in activities:
        if activity.kind in TRADES:
            by_transaction.setdefault(activity.signature, []).append(activity)
    return frozenset(
        (other.signature, other.wallet)
        for signers in by_transaction.values()
        for author in signers
        for other in signers
        if author.fee and not other.fee and _is_other_side(author, other)
    )


def _is_other_side(author: Activity, other: Activity) -> bool:
    gives, gets = ({leg.mint for leg in legs} for legs in (other.paid, other.received))
    return any(leg.mint in gives for leg in author.received) or any(leg.mint in gets for leg in author.paid)


def _sighting(address: str, seen: Sequence[tuple[Activity, int]]) -> Sighting:
    times = [activity.block_time for activity, _ in seen if activity.block_time is not None]
    return Sighting(
        address=address,
        times_seen=len(seen),
        volume=sum(moved for _, moved in seen),
        largest=max(moved for _, moved in seen),
        kinds=frozenset(activity.kind.value for activity, _ in seen),
        venues=frozenset(activity.venue for activity, _ in seen if activity.venue is not None),
        block_time=max(times, default=None),
        slot=max(activity.slot for activity, _ in seen),
    )
