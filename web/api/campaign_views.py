"""What programs send and read of paper campaigns; each type stands in the reference with an example."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from domain.paper.plan import MAX_TIME
from domain.paper.stored import CampaignStatus
from services.paper import MAX_OPEN, MAX_WALLETS
from web.api.watches import Address

Second = Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME)]


class CampaignParameter(msgspec.Struct, frozen=True, kw_only=True):
    """Which campaign."""

    campaign_id: Annotated[int, msgspec.Meta(ge=1, le=2**62)]


class NewCampaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign to be started, of wallets that the chat follows.

    `{"wallets": ["86xC…"], "size_sol": "0.5", "take_profit_pct": "50", "from": 1764435787}`.
    """

    wallets: Annotated[list[Address], msgspec.Meta(min_length=1, max_length=MAX_WALLETS)]
    size_sol: Decimal
    """SOL that each purchase takes."""
    delay_s: int = 2
    """Seconds from the whale's trade to one's own."""
    fee_bps: int = 100
    """Hundredths of a percent that venue and bot take of each side."""
    take_profit_pct: Decimal | None = None
    stop_pct: Decimal | None = None
    max_open: Annotated[int, msgspec.Meta(ge=1, le=MAX_OPEN)] = 10
    """Positions at a time."""
    priority_sol: Decimal | None = None
    """SOL that each own transaction takes besides; null: the whale's."""
    since: Second | None = msgspec.field(name="from", default=None)
    """Unix seconds, past or to come; null: from now on."""
    until: Second | None = None
    """Unix seconds; null: no end."""


class NewStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a campaign shall do.

    `{"status": "paused"}`.
    """

    status: CampaignStatus


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign and what it has come to. Lamports are texts.

    `{"campaign_id": 7, "wallets": ["86xC…"], "status": "running", "size_sol": "0.5", "delay_s": 2, "fee_bps":
    100, "take_profit_pct": "50", "stop_pct": null, "max_open": 10, "priority_sol": null, "from": 1764435787,
    "until": null, "read_until": null, "error": null, "open_positions": 1, "trades": 8, "wins": 3, "unfilled":
    1, "late": 0, "refused": 0, "realised_lamports": "-90000000", "fees_lamports": "30300000",
    "max_drawdown_lamports": "200000000", "holding_lamports": "500000000", "end_lamports": "2410000000",
    "whale_end_lamports": "2850000000", "created_at": "2026-11-29T17:00:00Z"}`.
    """

    campaign_id: int
    wallets: list[str]
    status: str
    size_sol: Decimal
    delay_s: int
    fee_bps: int
    take_profit_pct: Decimal | None
    stop_pct: Decimal | None
    max_open: int
    priority_sol: Decimal | None
    since: int | None = msgspec.field(name="from")
    until: int | None
    read_until: datetime | None
    """How far it has read what is stored; null: it follows what happens."""
    error: str | None
    open_positions: int
    trades: int
    wins: int
    unfilled: int
    """Purchases for which nobody showed a price in time."""
    late: int
    """Sales that waited longer than a minute for a price."""
    refused: int
    """Purchases for which there was not enough SOL."""
    realised_lamports: str
    fees_lamports: str
    max_drawdown_lamports: str
    holding_lamports: str
    end_lamports: str
    whale_end_lamports: str
    """The same sizes at the whale's own prices, without delay and costs."""
    created_at: datetime


class PointView(msgspec.Struct, frozen=True, kw_only=True):
    """What campaign and whale had. Lamports are texts.

    `{"at": "2026-11-29T17:00:00Z", "lamports": "2410000000", "whale_lamports": "2850000000"}`.
    """

    at: datetime
    lamports: str
    whale_lamports: str


class FillView(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was filled. Lamports are texts; of the quantity 10¹² are one whole token.

    `{"side": "buy", "cause": "whale", "wallet": "86xC…", "mint": "EKpQ…", "symbol": "WIF", "signature":
    "5h6x…", "ordered_at": 1764435787, "filled_at": 1764435789, "quantity": "228000000000000", "lamports":
    "500000000", "fees_lamports": "5100000", "gain_lamports": null}`.
    """

    side: str
    cause: str
    wallet: str
    mint: str
    symbol: str | None
    signature: str
    ordered_at: int
    filled_at: int
    quantity: str
    lamports: str
    fees_lamports: str
    gain_lamports: str | None
