"""What people read of filled orders."""

from msgspec import structs

from domain.paper.stored import StoredFill
from domain.paper.trades import Cause, Side
from messaging.telegram.escaping import plain
from messaging.telegram.texts.paper_fills import fills_text
from tests.messaging.telegram.paper_samples import NOW, SOL, WALLET

AT = int(NOW.timestamp())


def test_fills_are_named_with_what_they_made() -> None:
    bought = StoredFill(
        side=Side.BUY,
        cause=Cause.WHALE,
        token=WALLET,
        signature="s",
        ordered_at=AT,
        filled_at=AT,
        quantity="1",
        lamports=SOL // 2,
        fees=1,
        gain=None,
    )
    sold = structs.replace(bought, side=Side.SELL, cause=Cause.STOP, lamports=SOL // 4, gain=-SOL // 4)
    assert plain(fills_text([sold, bought], {WALLET: "KRILL"}, "solana", NOW)).split("\n") == [
        "🔴 KRILL for 0.25 SOL · −0.25 SOL · stop · 12:00 UTC",
        "🟢 KRILL for 0.5 SOL · 12:00 UTC",
    ]
    assert fills_text([], {}, "solana", NOW) == "No order of it was filled yet."
