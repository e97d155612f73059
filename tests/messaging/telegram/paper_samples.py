"""A paper campaign, for the tests of its message and buttons."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import structs

from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, Figures, StoredCampaign
from domain.paper.trades import Result

SOL = 10**9
WALLET = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
RESULT = Result(
    trades=5,
    wins=3,
    unfilled=1,
    realised=-SOL // 10,
    fees=SOL // 33,
    max_drawdown=SOL // 5,
    holding=5 * SOL // 2,
    end=241 * SOL // 100,
)


NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PLAN = Plan(
    size_sol=Decimal("0.5"),
    delay_s=2,
    take_profit_pct=Decimal(50),
    wallets=frozenset({WALLET}),
    since=int(NOW.timestamp()) - 60,
)


def campaign(**changes: Any) -> StoredCampaign:
    known: dict[str, Any] = {
        "campaign_id": 7,
        "plan": PLAN,
        "status": CampaignStatus.RUNNING,
        "figures": Figures(own=RESULT, whale=structs.replace(RESULT, end=57 * SOL // 20), open_positions=1),
        "error": None,
        "read_until": None,
        "created_at": datetime(2026, 11, 29, tzinfo=UTC),
    }
    return StoredCampaign(**(known | changes))
