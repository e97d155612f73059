"""A campaign and its fills as a chat keeps them. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.paper.plan import Plan
from domain.paper.trades import Cause, Result, Side


class CampaignStatus(StrEnum):
    """What a campaign does."""

    RUNNING = "running"
    PAUSED = "paused"
    """It sees nothing until it runs again; what is open stays open."""
    STOPPED = "stopped"
    """For good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """A campaign of a chat, and what it has come to."""

    campaign_id: int
    wallet: str
    plan: Plan
    status: CampaignStatus
    result: Result
    whale: Result
    """What the same sizes came to at the whale's own prices, without delay and costs."""
    open_positions: int
    error: str | None
    """Why it was broken off; None: it was not."""
    created_at: datetime


class StoredFill(msgspec.Struct, frozen=True, kw_only=True):
    """One order that was filled; lamports."""

    side: Side
    cause: Cause
    token: str
    signature: str
    """Of the trade that caused it."""
    ordered_at: int
    filled_at: int
    quantity: str
    """In parts of a token, of which a million millions are one."""
    lamports: int
    fees: int
    gain: int | None
