"""What people read of paper campaigns."""

from domain.paper.stored import CampaignStatus, StoredFill
from domain.paper.trades import Cause, Side
from messaging.telegram.escaping import plain
from messaging.telegram.texts.paper import fills_text, paper_text
from tests.messaging.telegram.paper_samples import SOL, WALLET, campaign


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
