"""What a stage of the dispatcher is, and what all stages work with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from domain.rules.tiers import NO_HOURLY_LIMITS, HourlyLimits
from runtime.processes.lifecycle import Stop
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps
from storage.postgres import Database

CallSenders = Callable[[], Awaitable[int]]
"""Calls the senders; how many heard it."""


async def call_nobody() -> int:
    """There is no sender to be called."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherConfig:
    """What an operator may set."""

    coalesce_seconds: float = 0.0
    """In which a wallet's alerts wait to go together; 0: none does."""
    hourly_limits: HourlyLimits = field(default_factory=lambda: NO_HOURLY_LIMITS)
    """Alerts an hour by tier."""
    stable_seconds: float = 60.0
    """An outage is announced when the feed has been stable for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What the stages of one dispatcher share."""

    database: Database
    queues: Queues
    wake_ups: WakeUps
    """Wait for alerts that were stored."""
    call_senders: CallSenders = call_nobody
    config: DispatcherConfig = DispatcherConfig()
    due: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a stage that made deliveries due: the senders are called at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row of the dispatcher's table: it runs again and again, with a wait after each run."""

    name: str
    """In the log, as in "No NAME at present"."""
    run: Callable[[Dispatch, Stop], Awaitable[None]]
    """Does what is due; raises Unavailable when a server is away, and is run again."""
    seconds: float
    """Between two runs, at most."""
    until: Callable[[Dispatch, float], Awaitable[object]] | None = None
    """Waits for something that ends the pause sooner; None: nothing does."""
