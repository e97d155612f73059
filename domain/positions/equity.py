"""What a wallet has made over time: its round trips in the order in which they ended. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from domain.positions.holdings import Holding


class Step(Struct, frozen=True, kw_only=True):
    """A round trip that ended."""

    at: datetime
    gain: int
    """Lamports, after fees."""


def steps_of(holdings: Iterable[Holding]) -> list[Step]:
    """The round trips whose gain in SOL and end are known, in the order of time."""
    found = [
        Step(at=datetime.fromtimestamp(trip.closed_at, UTC), gain=trip.net_sol)
        for holding in holdings
        for trip in holding.trips
        if trip.closed_at and trip.net_sol is not None
    ]
    return sorted(found, key=lambda step: step.at)
