"""An alert of an activity, for the tests of its message."""

from datetime import UTC, datetime

from domain.activity.activity import SOL, Activity, Kind, Leg
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from sandbox.telegram.formatting.html import parse_html

WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "So11111111111111111111111111111111111111113"
NOW = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)
SOLS = Leg(mint=SOL, raw=84_200_000_000, decimals=9)
TOKENS = Leg(mint=MINT, raw=38_410_250_000, decimals=6)


def activity(kind: Kind = Kind.BUY, **changes: object) -> Activity:
    values: dict[str, object] = {
        "chain": "solana",
        "signature": "5sig",
        "slot": 341_220_118,
        "block_time": 1,
        "wallet": WALLET,
        "kind": kind,
        "paid": (SOLS,),
        "received": (TOKENS,),
        "route": ("Jupiter", "Raydium"),
    }
    return Activity(**{**values, **changes})  # type: ignore[arg-type]


def facts(of: Activity, **changes: object) -> AlertFacts[Activity]:
    values: dict[str, object] = {
        "event": of,
        "label": "Toly-2",
        "symbols": {MINT: "KRILL"},
        "happened_at": NOW,
        "age": 1.0,
    }
    return AlertFacts(**{**values, **changes})  # type: ignore[arg-type]


def lines(of: Activity, **changes: object) -> list[str]:
    return parse_html(alert_text(facts(of, **changes)))[0].splitlines()
