"""What people read of paper campaigns."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import structs

from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, StoredCampaign, StoredFill
from domain.paper.trades import Cause, Result, Side
from messaging.telegram.escaping import plain
from messaging.telegram.texts.paper import fills_text, paper_text

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


def campaign(**changes: Any) -> StoredCampaign:
    known: dict[str, Any] = {
        "campaign_id": 7,
        "wallet": WALLET,
        "plan": Plan(size_sol=Decimal("0.5"), delay_s=2, take_profit_pct=Decimal(50)),
        "status": CampaignStatus.RUNNING,
        "result": RESULT,
        "whale": structs.replace(RESULT, end=57 * SOL // 20),
        "open_positions": 1,
        "error": None,
        "created_at": datetime(2026, 11, 29, tzinfo=UTC),
    }
    return StoredCampaign(**(known | changes))


def test_a_campaign_says_what_it_came_to_also_when_that_is_bad() -> None:
    assert plain(paper_text([campaign()], {WALLET: "Ahab"})).split("\n") == [
        "🧪 7 · Ahab · running",
        "0.5 SOL each · profit 50% · 2 s later",
        "2.41 of 2.5 SOL (−3.6%; the whale +14%) · 1 open",
        "5 sales, 3 won · 1 without a price in time",
        "Deepest fall 0.2 SOL · fees 0.0303 SOL",
        "",
        "Virtual money: nothing is signed or sent.",
    ]


def test_a_campaign_that_was_broken_off_says_so() -> None:
    broken = campaign(error="ValueError", status=CampaignStatus.STOPPED)
    assert "broken off" in plain(paper_text([broken], {}))
    assert "ValueError" not in paper_text([broken], {})


def test_without_campaigns_it_says_how_to_start_one() -> None:
    assert "/paper Ahab 0.5" in plain(paper_text([], {}))


def test_fills_are_named_with_what_they_made() -> None:
    bought = StoredFill(
        side=Side.BUY,
        cause=Cause.WHALE,
        token=WALLET,
        signature="s",
        ordered_at=1,
        filled_at=2,
        quantity="1",
        lamports=SOL // 2,
        fees=1,
        gain=None,
    )
    sold = StoredFill(
        side=Side.SELL,
        cause=Cause.STOP,
        token=WALLET,
        signature="s",
        ordered_at=1,
        filled_at=2,
        quantity="1",
        lamports=SOL // 4,
        fees=1,
        gain=-SOL // 4,
    )
    assert plain(fills_text([sold, bought], {WALLET: "KRILL"}, "solana")).split("\n") == [
        "🔴 KRILL for 0.25 SOL · −0.25 SOL · stop",
        "🟢 KRILL for 0.5 SOL",
    ]
    assert fills_text([], {}, "solana") == "No order of it was filled yet."
