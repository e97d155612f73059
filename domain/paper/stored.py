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
    ENDED = "ended"
    """The time of its plan is over."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign has come to, as it is summed up repeatedly.

    As it is stored: `{"own": {"trades": 0, "wins": 0, "unfilled": 0, "realised": 0, "fees": 0,
    "max_drawdown": 0, "holding": 1, "end": 1}, "whale": {"trades": 0, "wins": 0, "unfilled": 0, "realised":
    0, "fees": 0, "max_drawdown": 0, "holding": 1, "end": 1}}`.
    """

    own: Result
    whale: Result
    """What the same sizes came to at the whale's own prices, without delay and costs."""
    open_positions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """A campaign of a chat, and what it has come to."""

    campaign_id: int
    plan: Plan
    status: CampaignStatus
    figures: Figures
    error: str | None
    """Why it was broken off; None: it was not."""
    read_until: datetime | None
    """How far it has read what is stored; None: as far as all."""
    created_at: datetime

    @property
    def result(self) -> Result:
        """What it has come to."""
        return self.figures.own

    @property
    def wallets(self) -> tuple[str, ...]:
        """Whom it follows, in one order."""
        return tuple(sorted(self.plan.wallets))


class StoredFill(msgspec.Struct, frozen=True, kw_only=True):
    """One order that was filled; lamports.

    `{"side": "sell", "cause": "whale", "token": "EKpQ…", "signature": "5Nf2…", "ordered_at": 1764435787,
    "filled_at": 1764435789, "quantity": "228000000000000", "lamports": 510000000, "fees": 5200000, "gain":
    9895000}`.
    """

    side: Side
    cause: Cause
    token: str
    signature: str
    """Of the trade that caused it; empty: the price of a candle did."""
    ordered_at: int
    filled_at: int
    quantity: str
    """In parts of a token, of which a million millions are one."""
    lamports: int
    fees: int
    gain: int | None
    wallet: str = ""
    """Whose trade was followed."""
